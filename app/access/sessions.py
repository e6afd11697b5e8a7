"""Who is signed in where. Kept on our side: a cookie is worth nothing once its session has ended.

A session that nobody touched for a while is *locked*: its cookie opens nothing until the person signs in again.
"""

import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.access.accounts import Account
from app.access.keys import Keys, Seal, digest
from app.access.vault import Vault

TOUCHED_EVERY_S = 10.0  # a write at each rerun would be one too many
_LONGEST_COOKIE = 512


@dataclass(frozen=True)
class Person:
    """Somebody, or some machine, who is let in. ``scopes`` is ``None`` for a person, a token's for a machine."""

    user_id: str
    role: str | None
    scopes: frozenset[str] | None = None


@dataclass(frozen=True)
class Standing:
    """How a session stands: ``open``, ``locked`` (idle for too long) or ``ended`` (never was, signed out, revoked)."""

    state: Literal["open", "locked", "ended"]
    person: Person | None = None


ENDED = Standing("ended")


class Sessions:
    """The sessions of one vault; ``method`` is how one signs in on this server, others' sessions count for nothing."""

    def __init__(
        self,
        vault: Vault,
        keys: Keys,
        method: str,
        idle_s: float,
        longest_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._vault, self._seal, self._method = vault, Seal(keys.newest_first, "session"), method
        self._idle_s, self.longest_s, self._clock = idle_s, longest_s, clock

    def start(self, account: Account) -> str:
        """The cookie of a new session: a new random number each time, so that nobody can have planted it."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._vault.transaction() as db:
            db.execute("DELETE FROM sessions WHERE created_at < ?", (now - self.longest_s,))
            db.execute(
                "INSERT INTO sessions (digest, user_id, method, created_at, seen_at) VALUES (?, ?, ?, ?, ?)",
                (digest(secret), account.user_id, account.method, now, now),
            )
        return self._seal.sign(secret)

    def standing(self, cookie: str | None, is_activity: bool = False) -> Standing:
        """How the session of a cookie stands now: role and disabling are read anew each time.

        ``is_activity`` says that a person did something, which keeps the session from locking.
        """
        key = self._key(cookie)
        if key is None:
            return ENDED
        with self._vault.reading() as db:
            row = db.execute(_READ, (key, self._method)).fetchone()
        return ENDED if row is None else self._judge(key, row, is_activity)

    def end(self, cookie: str | None) -> None:
        """Sign out: the cookie is worth nothing from now on, whoever holds a copy."""
        key = self._key(cookie)
        if key is not None:
            with self._vault.transaction() as db:
                db.execute("DELETE FROM sessions WHERE digest = ?", (key,))

    def _judge(self, key: str, row: sqlite3.Row, is_activity: bool) -> Standing:
        now, person = self._clock(), Person(row["user_id"], row["role"])
        if row["is_disabled"] or now - row["created_at"] > self.longest_s:
            return ENDED
        if now - row["seen_at"] > self._idle_s:
            return Standing("locked", person)
        if is_activity and now - row["seen_at"] > TOUCHED_EVERY_S:
            with self._vault.transaction() as db:
                db.execute("UPDATE sessions SET seen_at = ? WHERE digest = ?", (now, key))
        return Standing("open", person)

    def _key(self, cookie: str | None) -> str | None:
        if not cookie or len(cookie) > _LONGEST_COOKIE:
            return None
        secret = self._seal.open(cookie, self.longest_s + 60)
        return None if secret is None else digest(secret)


_READ = (
    "SELECT s.user_id, s.created_at, s.seen_at, a.role, a.is_disabled FROM sessions s"
    " JOIN accounts a ON a.user_id = s.user_id AND a.method = s.method WHERE s.digest = ? AND s.method = ?"
)
