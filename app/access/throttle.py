"""Wrong passwords cost time: a growing delay per name and per address, kept over restarts.

The delay is counted before the password is looked at, so that a hundred attempts at once are not a hundred chances.
"""

import time
from collections.abc import Callable, Sequence
from math import ceil

from app.access.errors import TooManyAttempts
from app.access.keys import digest
from app.access.vault import Vault

FREE_ATTEMPTS = {"name": 4, "address": 20}  # a ward shares one address
LONGEST_DELAY_S = 900.0
FORGOTTEN_AFTER_S = 24 * 3600.0


class Throttle:
    """Counts failures. ``clock`` gives seconds since the epoch."""

    def __init__(self, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._vault, self._clock = vault, clock

    def begin(self, name: str, address: str, device: str | None = None) -> None:
        """Count an attempt as failed until ``succeeded`` says otherwise; ``TooManyAttempts`` is raised uncounted.

        ``device``: a browser this very person has signed in from, whose attempts are counted apart from all others.
        """
        keys = _keys(name, address, device)
        now = self._clock()
        with self._vault.transaction() as db:
            db.execute("DELETE FROM attempts WHERE last_at < ?", (now - FORGOTTEN_AFTER_S,))
            known = {key: self._standing(db.execute(_READ, (key,)).fetchone()) for key, _ in keys}
            blocked = max(until for _, until in known.values()) - now
            if blocked > 0:
                raise TooManyAttempts(ceil(blocked))
            for key, free in keys:
                failures = known[key][0] + 1
                db.execute(_WRITE, (key, failures, now, now + _delay(failures - free)))

    def succeeded(self, name: str, address: str, device: str | None = None) -> None:
        """Forget the failures of a name, or of a person on her browser, and this one attempt of the address."""
        (of_name, _), *of_others = _keys(name, address, device)
        with self._vault.transaction() as db:
            db.execute("DELETE FROM attempts WHERE origin = ?", (of_name,))
            for of_address, _ in of_others:
                db.execute(_ONE_LESS, (of_address,))

    @staticmethod
    def _standing(row: Sequence[float] | None) -> tuple[int, float]:
        return (0, 0.0) if row is None else (int(row[0]), float(row[1]))


_READ = "SELECT failures, blocked_until FROM attempts WHERE origin = ?"
_ONE_LESS = "UPDATE attempts SET failures = MAX(0, failures - 1), blocked_until = 0 WHERE origin = ?"
_WRITE = "INSERT OR REPLACE INTO attempts (origin, failures, last_at, blocked_until) VALUES (?, ?, ?, ?)"


def _delay(beyond_free: int) -> float:
    """1, 2, 4 ... seconds from the first failure that is not free."""
    return 0.0 if beyond_free < 0 else min(2.0 ** min(beyond_free, 20), LONGEST_DELAY_S)


def _keys(name: str, address: str, device: str | None) -> tuple[tuple[str, int], ...]:
    """Digests, so that a password typed into the name's field is kept nowhere."""
    if device is not None:
        return ((f"device:{digest(f'{device} {name}')}", FREE_ATTEMPTS["name"]),)
    return (
        (f"name:{digest(name)}", FREE_ATTEMPTS["name"]),
        (f"address:{digest(address)}", FREE_ATTEMPTS["address"]),
    )
