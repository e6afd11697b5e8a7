"""Turns clicks and requests into calls on the core, and its answers into French."""
