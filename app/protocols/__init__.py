"""The department's own protocols: read from a folder, searched in full text, cited by page."""
