"""Tokens of machines: shown once, kept as a digest, good for the scopes they were made for until revoked."""

import hmac
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.access.errors import AccountFault
from app.access.keys import digest
from app.access.permissions import SCOPES
from app.access.sessions import Person
from app.access.vault import Vault

PREFIX = "mt"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_TOKEN = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True)
class Token:
    """What is known of a token; never the token itself."""

    token_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: float
    expires_at: float | None
    is_revoked: bool


class Tokens:
    """The tokens of one vault."""

    def __init__(self, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._vault, self._clock = vault, clock

    def add(self, name: str, scopes: Iterable[str], days: int | None = None) -> str:
        """A new token, to be shown this once. Raises ``AccountFault`` for a bad name, no scope or an unknown one."""
        wanted = tuple(scope for scope in SCOPES if scope in set(scopes))
        unknown = set(scopes) - set(SCOPES)
        if unknown or not wanted or not _NAME.fullmatch(name):
            raise AccountFault(f"a token needs a name (a-z 0-9 . _ -) and scopes among {', '.join(SCOPES)}")
        token_id, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), self._clock()
        expires_at = None if days is None else now + days * 86_400.0
        with self._vault.transaction() as db:
            db.execute(
                "INSERT INTO tokens (token_id, name, digest, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                (token_id, name, digest(secret), " ".join(wanted), now, expires_at),
            )
        return f"{PREFIX}_{token_id}_{secret}"

    def all(self) -> tuple[Token, ...]:
        """Every token ever made, oldest first."""
        with self._vault.reading() as db:
            rows = db.execute("SELECT * FROM tokens ORDER BY created_at, token_id").fetchall()
        return tuple(
            Token(
                row["token_id"],
                row["name"],
                tuple(row["scopes"].split()),
                row["created_at"],
                row["expires_at"],
                bool(row["is_revoked"]),
            )
            for row in rows
        )

    def revoke(self, token_id: str) -> None:
        """Make a token worthless from the next request on."""
        with self._vault.transaction() as db:
            changed = db.execute("UPDATE tokens SET is_revoked = 1 WHERE token_id = ?", (token_id,))
            if changed.rowcount != 1:
                raise AccountFault(f"there is no token '{token_id}'")

    def machine(self, told: str) -> Person | None:
        """The machine of a token; ``None`` for one that is forged, revoked or too old."""
        parts = _TOKEN.fullmatch(told)
        if parts is None:
            return None
        with self._vault.reading() as db:
            row = db.execute("SELECT * FROM tokens WHERE token_id = ?", (parts[1],)).fetchone()
        if row is None or row["is_revoked"] or not hmac.compare_digest(row["digest"], digest(parts[2])):
            return None
        if row["expires_at"] is not None and row["expires_at"] <= self._clock():
            return None
        return Person(f"token:{row['name']}", None, frozenset(row["scopes"].split()))
