"""One small database for who may come in: ``access/access.db`` under the data folder, for its owner's eyes only.

SQLite, because the server and the command line write at the same time and an order must be kept whole or not at all.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.access.errors import UnsafeFile

FOLDER_MODE, FILE_MODE = 0o700, 0o600
_OTHERS = 0o077
_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    user_id TEXT PRIMARY KEY, method TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT,
    is_disabled INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, user_id TEXT NOT NULL, method TEXT NOT NULL, created_at REAL NOT NULL,
    seen_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tokens (
    token_id TEXT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, scopes TEXT NOT NULL,
    created_at REAL NOT NULL, expires_at REAL, is_revoked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS attempts (
    origin TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_at REAL NOT NULL, blocked_until REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS devices (
    digest TEXT NOT NULL, user_id TEXT NOT NULL, seen_at REAL NOT NULL, PRIMARY KEY (digest, user_id)
) STRICT;
CREATE TABLE IF NOT EXISTS invitations (digest TEXT PRIMARY KEY, expires_at REAL NOT NULL) STRICT;
"""


class Vault:
    """The database of one data folder; made on first use."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "access.db"
        self._is_ready = False

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Reads and writes that nobody else comes between; all of it is kept, or nothing."""
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Reads alone."""
        with self._connection() as db:
            yield db

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        self._prepare()
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            yield db
        finally:
            db.close()

    def _prepare(self) -> None:
        if self._is_ready and self._path.exists():
            return
        make_private(self._path)
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        try:
            db.executescript(_SCHEMA)
        finally:
            db.close()
        self._is_ready = True


def make_private(path: Path) -> None:
    """Make an empty file that its owner alone can read, or check that the one there is so. Raises ``UnsafeFile``."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE))
    refuse_open_file(path)


def refuse_open_file(path: Path) -> None:
    """Raise ``UnsafeFile`` when anyone but the owner has a right on a file of secrets."""
    mode = path.stat().st_mode & 0o777
    if mode & _OTHERS:
        raise UnsafeFile(f"{path} has mode {mode:04o}: it holds secrets, make it {FILE_MODE:04o} (chmod 600)")
