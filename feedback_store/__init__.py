"""Keeps what happened and what nurses said: append-only journals and what is derived from them."""
