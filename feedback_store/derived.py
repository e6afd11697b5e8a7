"""What is derived from the journals and kept between starts: one SQLite file, rebuilt whenever it does not fit.

Keys are digests of ids and cells hold places in the journals: no id, no label, no value of a patient is in it.
"""

import hashlib
import logging
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from feedback_store.follow import Follower, Mark
from feedback_store.journal import PRIVATE, Line

logger = logging.getLogger(__name__)

VERSION = 1
BATCH = 5_000  # lines a transaction: a first reading of millions keeps what it has done and lets others in between
BUSY_S = 600.0
_SCHEMA = """
CREATE TABLE marks (journal TEXT PRIMARY KEY, inode INT, at INT, last_at INT, digest TEXT);
CREATE TABLE cases (kind TEXT, key INT, at INT, PRIMARY KEY (kind, key, at)) WITHOUT ROWID;
CREATE TABLE days (day TEXT PRIMARY KEY, n INT) WITHOUT ROWID;
CREATE TABLE standing (key BLOB PRIMARY KEY, day TEXT, type TEXT, gravity TEXT, way INT, at INT) WITHOUT ROWID;
CREATE INDEX standing_day ON standing (day, at);
CREATE TABLE buckets (day TEXT, type TEXT, gravity TEXT, way INT, n INT, PRIMARY KEY (day, type, gravity, way))
    WITHOUT ROWID;
CREATE TABLE faults (journal TEXT, file TEXT, at INT, end INT, reason TEXT);
"""
T = TypeVar("T")
Take = Callable[[sqlite3.Connection, Line], None]
Reset = Callable[[sqlite3.Connection], None]


class Derived:
    """The one connection of this process; safe for threads and forks, shared with other processes through its locks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._pid = 0
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, ours alone meanwhile."""
        with self._lock:
            yield self._open()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that no other process can be inside of; undone when it fails."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def catch_up(self, follower: Follower, take: Take, reset: Reset) -> int:
        """Take in the lines that came since the mark that is kept; returns how many."""
        self._followers.add(follower)
        taken = 0
        try:
            while (step := self._step(follower, take, reset)) == BATCH:
                taken += step
        except BaseException:
            follower.lose()
            raise
        return taken + step

    def retried(self, action: Callable[[], T]) -> T:
        """Do something with the index; when it is damaged or its disk is full, make it anew and do it again."""
        try:
            return action()
        except sqlite3.Error as fault:
            logger.warning("%s: %s, making it anew", self._path.name, fault)
            self._start_anew()
            return action()

    def _start_anew(self) -> None:
        with self._lock:
            self.close()
            self._remove()
            for follower in list(self._followers):
                follower.lose()

    def version(self) -> tuple[int, int]:
        """Changes when this or another process has changed something."""
        with self.reading() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0]), connection.total_changes

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    def __del__(self) -> None:
        self.close()

    def _step(self, follower: Follower, take: Take, reset: Reset) -> int:
        name, count = follower.journal.path.name, 0
        with self.writing() as connection:
            if not follower.resume(mark_of(connection, name)):
                logger.warning("%s: is not what the index was made from, reading it anew", name)
                reset(connection)
            for line in follower.new_lines():
                take(connection, line)
                count += 1
                if count == BATCH:
                    break
            if count:
                keep_mark(connection, name, follower.mark())
        return count

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._pid != os.getpid():
            self._connection, self._pid = self._sound_connection(), os.getpid()
        return self._connection

    def _sound_connection(self) -> sqlite3.Connection:
        """The file; a fresh one when it is damaged or of another version; memory where the disk takes none."""
        for _ in range(2):
            try:
                return _connect(self._path)
            except (sqlite3.Error, OSError) as fault:
                logger.warning("%s: index cannot be used, rebuilding: %s", self._path.name, fault)
                self._remove()
        logger.warning("%s: index kept in memory only", self._path.name)
        return _prepared(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None))

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + suffix).unlink()


def key_of(*names: str) -> int:
    """Sixty-three bits of a digest of an id: who finds a place by it compares the id there."""
    return int.from_bytes(hashlib.blake2b("\0".join(names).encode(), digest_size=8).digest()) >> 1


def wide_key(*names: str) -> bytes:
    """Sixteen bytes of a digest, where nothing is compared afterwards."""
    return hashlib.blake2b("\0".join(names).encode(), digest_size=16).digest()


def keep_mark(connection: sqlite3.Connection, name: str, mark: Mark) -> None:
    """Where the next reading of a journal continues."""
    row = (name, mark.inode, mark.at, mark.last_at, mark.digest)
    connection.execute("REPLACE INTO marks VALUES (?, ?, ?, ?, ?)", row)


def mark_of(connection: sqlite3.Connection, name: str) -> Mark:
    """Where the last reading of a journal stopped."""
    row = connection.execute("SELECT inode, at, last_at, digest FROM marks WHERE journal = ?", (name,)).fetchone()
    return Mark(*row) if row else Mark()


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE))
    connection = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return _prepared(connection)
    except BaseException:
        connection.close()
        raise


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        raise sqlite3.DatabaseError(f"version {version}")
    if version == 0:
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
    return connection
