"""The commands of ``medtriage``, one module an area; each imports what it needs when it runs."""
