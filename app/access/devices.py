"""Browsers that somebody has signed in from: their attempts are counted apart.

Whoever guesses passwords without end holds a name and an address shut to all but these: a nurse's own station always
lets her in. Such a browser proves nothing else, and has no more guesses than a stranger.
"""

import secrets
import time
from collections.abc import Callable

from app.access.keys import digest
from app.access.vault import Vault

KNOWN_S = 90 * 24 * 3600.0


class Devices:
    """The browsers of one vault, each by the digest of a random number in a cookie of its own."""

    def __init__(self, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._vault, self._clock = vault, clock

    def knows(self, device: str | None, user_id: str) -> bool:
        """Whether this person signed in from this browser not long ago."""
        with self._vault.reading() as db:
            row = db.execute(
                "SELECT 1 FROM devices WHERE digest = ? AND user_id = ? AND seen_at > ?",
                (digest(device or ""), user_id, self._clock() - KNOWN_S),
            ).fetchone()
        return row is not None

    def remember(self, device: str | None, user_id: str) -> str:
        """Note that she signed in from here; returns the browser's number, a new one for a browser we never named."""
        now = self._clock()
        with self._vault.transaction() as db:
            db.execute("DELETE FROM devices WHERE seen_at <= ?", (now - KNOWN_S,))
            is_ours = db.execute("SELECT 1 FROM devices WHERE digest = ?", (digest(device or ""),)).fetchone()
            named = device if device and is_ours else secrets.token_urlsafe(32)
            db.execute("INSERT OR REPLACE INTO devices VALUES (?, ?, ?)", (digest(named), user_id, now))
        return named
