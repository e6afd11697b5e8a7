"""Accounts: a name, a role, an argon2 hash. No default password; the first administrator needs a one-time token."""

import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.access.errors import AccessRefused, AccountFault
from app.access.keys import digest
from app.access.permissions import ADMINISTRATOR, ROLES
from app.access.vault import Vault

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256  # characters; argon2 takes time over very long ones
FEWEST_DIFFERENT = 5
INVITATION_S = 24 * 3600.0
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_HASHES = PasswordHash((Argon2Hasher(),))
_HASHING = threading.BoundedSemaphore(2)  # each holds 64 MiB and a core: a flood must not take the machine


@dataclass(frozen=True)
class Account:
    """One person's account; ``method`` is ``local`` or ``oidc`` (no password of ours)."""

    user_id: str
    role: str
    method: str
    is_disabled: bool
    created_at: float


class Accounts:
    """The accounts of one vault."""

    def __init__(self, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._vault, self._clock = vault, clock
        self._nobody_hash: str | None = None

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        with self._vault.reading() as db:
            return tuple(_account(row) for row in db.execute("SELECT * FROM accounts ORDER BY user_id"))

    def find(self, name: str) -> Account | None:
        """The account of a name, however it is capitalised."""
        with self._vault.reading() as db:
            row = db.execute("SELECT * FROM accounts WHERE user_id = ?", (name.casefold(),)).fetchone()
        return None if row is None else _account(row)

    def has_administrator(self) -> bool:
        """Whether anyone could ever have made accounts: until then, the one-time token is the only way in."""
        with self._vault.reading() as db:
            return db.execute("SELECT 1 FROM accounts WHERE role = ?", (ADMINISTRATOR,)).fetchone() is not None

    def add(self, name: str, role: str, password: str) -> Account:
        """Make an account. Raises ``AccountFault`` for a bad name, role or password, or a name already taken."""
        user_id, hashed = _checked_name(name), self._hashed(name, _checked_role(role), password)
        with self._vault.transaction() as db:
            self._insert(db, user_id, role, hashed)
        return Account(user_id, role, "local", False, self._clock())

    def invite_first(self) -> str | None:
        """A new one-time token for the first administrator, the only one that counts; ``None`` when there is one."""
        if self.has_administrator():
            return None
        token = secrets.token_hex(12)  # typed by hand, and never taken for an option
        with self._vault.transaction() as db:
            db.execute("DELETE FROM invitations")
            db.execute("INSERT INTO invitations VALUES (?, ?)", (digest(token), self._clock() + INVITATION_S))
        return token

    def add_first(self, token: str, name: str, password: str) -> Account:
        """Make the first administrator and spend the token, both or neither.

        Raises ``AccessRefused`` for a token that is wrong, old or spent, ``AccountFault`` as ``add`` does.
        """
        user_id, hashed = _checked_name(name), self._hashed(name, ADMINISTRATOR, password)
        with self._vault.transaction() as db:
            spent = db.execute(
                "DELETE FROM invitations WHERE digest = ? AND expires_at > ?", (digest(token), self._clock())
            )
            if spent.rowcount != 1:
                raise AccessRefused("the one-time token is not valid (wrong, older than a day, or used)")
            self._insert(db, user_id, ADMINISTRATOR, hashed)
        return Account(user_id, ADMINISTRATOR, "local", False, self._clock())

    def change_role(self, name: str, role: str) -> None:
        """Takes effect on open sessions at once: they read it here."""
        self._change(name, "role = ?", _checked_role(role))

    def change_password(self, name: str, password: str) -> None:
        """Set a password; every open session of this account ends."""
        account = self._known(name)
        if account.method != "local":
            raise AccountFault(f"'{account.user_id}' signs in with its provider and has no password here")
        self._change(name, "password_hash = ?", self._hashed(name, account.role, password))
        self.end_sessions(name)

    def disable(self, name: str, is_disabled: bool = True) -> None:
        """Shut an account (its sessions end), or open it again."""
        self._change(name, "is_disabled = ?", int(is_disabled))
        if is_disabled:
            self.end_sessions(name)

    def end_sessions(self, name: str) -> None:
        """Sign this account out everywhere."""
        with self._vault.transaction() as db:
            db.execute("DELETE FROM sessions WHERE user_id = ?", (self._known(name).user_id,))

    def verify(self, name: str, password: str) -> Account | None:
        """The account when the password is right and it is not disabled; an unknown name takes as long as a known."""
        if len(password) > LONGEST_PASSWORD:
            return None
        with self._vault.reading() as db:
            row = db.execute("SELECT * FROM accounts WHERE user_id = ?", (name.casefold(),)).fetchone()
        kept = None if row is None else row["password_hash"]
        with _HASHING:
            is_right = _HASHES.verify(password, kept or self._stand_in())
        if row is None or kept is None or not is_right or row["is_disabled"]:
            return None
        return _account(row)

    def welcome(self, user_id: str, role: str) -> Account:
        """Note a person whom the OpenID provider vouches for. Raises ``AccessRefused`` when disabled here."""
        with self._vault.transaction() as db:
            row = db.execute("SELECT * FROM accounts WHERE user_id = ?", (user_id,)).fetchone()
            if row is not None and (row["is_disabled"] or row["method"] != "oidc"):
                raise AccessRefused("this account is disabled here")
            db.execute(
                "INSERT INTO accounts (user_id, method, role, created_at) VALUES (?, 'oidc', ?, ?)"
                " ON CONFLICT (user_id) DO UPDATE SET role = excluded.role",
                (user_id, role, self._clock()),
            )
        return Account(user_id, role, "oidc", False, self._clock())

    def _insert(self, db: sqlite3.Connection, user_id: str, role: str, hashed: str) -> None:
        try:
            db.execute(
                "INSERT INTO accounts (user_id, method, role, password_hash, created_at) VALUES (?, 'local', ?, ?, ?)",
                (user_id, role, hashed, self._clock()),
            )
        except sqlite3.IntegrityError:
            raise AccountFault(f"there is already an account '{user_id}'") from None

    def _change(self, name: str, what: str, value: str | int) -> None:
        user_id = self._known(name).user_id
        with self._vault.transaction() as db:
            db.execute(f"UPDATE accounts SET {what} WHERE user_id = ?", (value, user_id))  # noqa: S608 - our own words

    def _known(self, name: str) -> Account:
        account = self.find(name)
        if account is None:
            raise AccountFault(f"there is no account '{name.casefold()}'")
        return account

    def _hashed(self, name: str, _role: str, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise AccountFault(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
        if len(set(password)) < FEWEST_DIFFERENT or name.casefold() in password.casefold():
            raise AccountFault(f"a password has {FEWEST_DIFFERENT} different characters and not the name in it")
        with _HASHING:
            return _HASHES.hash(password)

    def _stand_in(self) -> str:
        """The hash a stranger's password is measured against."""
        if self._nobody_hash is None:
            self._nobody_hash = _HASHES.hash(secrets.token_urlsafe(16))
        return self._nobody_hash


def _checked_name(name: str) -> str:
    user_id = name.casefold()
    if not _NAME.fullmatch(user_id):
        raise AccountFault("a name has 2 to 64 of a-z 0-9 . _ @ - and starts with a letter or a digit")
    return user_id


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise AccountFault(f"a role is one of {', '.join(ROLES)}")
    return role


def _account(row: sqlite3.Row) -> Account:
    return Account(row["user_id"], row["role"], row["method"], bool(row["is_disabled"]), row["created_at"])
