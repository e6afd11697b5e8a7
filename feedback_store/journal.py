"""One JSON object a line, appended and never rewritten: a plain file, and the bytes below the chained journals.

Append is: lock, one write, flush to disk. A record is acknowledged only when all three succeeded.
"""

import errno
import fcntl
import logging
import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import orjson

from feedback_store.chain import CHAIN_FIELDS, is_tombstone
from feedback_store.errors import JournalWriteError

logger = logging.getLogger(__name__)

READ_BUFFER = 1 << 18
TAIL_CHUNK = 1 << 16
USUAL_LINE = 1 << 12
PRIVATE = 0o600


class FaultReason(StrEnum):
    """Why a line could not be used."""

    TORN = "torn"  # the last line, without its newline: not acknowledged, set aside by the next append
    NOT_JSON = "not_json"  # invalid UTF-8 included
    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_SCHEMA = "unknown_schema"
    INVALID_RECORD = "invalid_record"


@dataclass(frozen=True, slots=True)
class Line:
    """One line at ``[offset, end)`` bytes: a record, or the reason there is none."""

    offset: int
    end: int
    record: dict[str, object] | None
    fault: FaultReason | None = None
    is_purged: bool = False  # emptied on purpose: no record, and no fault either


class Journal:
    """An append-only file of JSON lines, shared safely by threads, forks and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn_path = path.with_name(path.name + ".torn")
        self._descriptor: int | None = None
        self._clean_end: int | None = None  # where our last whole line ended; None: look at the tail again
        self._threads = threading.Lock()
        _OPEN.add(self)

    def append(self, record: Mapping[str, object]) -> None:
        """Put one record on disk, whole or not at all.

        Raises ``JournalWriteError`` on a short write, a full disk or a failed flush: the file then has its
        old length again and nothing was acknowledged.
        """
        line = orjson.dumps(dict(record)) + b"\n"
        try:
            with self._threads, self._held() as descriptor:
                self._write_whole(descriptor, line, self._mended_size(descriptor))
        except OSError as fault:
            raise JournalWriteError(f"{self.path.name}: record not written: {fault.strerror or fault}") from fault

    def mend(self) -> None:
        """Set a torn last line aside now instead of at the next append; nothing to do without a file."""
        if self.path.exists():
            try:
                with self._threads, self._held() as descriptor:
                    self._mended_size(descriptor)
            except OSError as fault:
                raise JournalWriteError(f"{self.path.name}: torn line not set aside: {fault.strerror}") from fault

    def read(self, from_offset: int = 0) -> Iterator[Line]:
        """Every line from a byte offset (the start of a line) to the end the file has now.

        Damaged lines are yielded with their fault. No file is no lines. Never sees a write in progress.
        """
        try:
            handle = self.path.open("rb", buffering=READ_BUFFER)
        except FileNotFoundError:
            return
        with handle:
            settled = _settled_size(handle.fileno())
            handle.seek(from_offset)
            offset = from_offset
            while offset < settled and (raw := handle.readline()):
                yield parse(raw, offset)
                offset += len(raw)

    def read_at(self, offset: int) -> Line | None:
        """The one line that starts at a byte offset; ``None`` past the end."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            raw = line_from(descriptor, offset)
        finally:
            os.close(descriptor)
        return parse(raw, offset) if raw else None

    def close(self) -> None:
        """Give the descriptor back; the next append opens the file again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = self._clean_end = None

    def __del__(self) -> None:
        with suppress(OSError):
            self.close()

    def _forget_inherited(self) -> None:  # pragma: no cover - runs in a forked child, out of the meter's sight
        """After a fork: a shared descriptor would share the parent's lock too, so open our own."""
        self._threads = threading.Lock()
        self.close()

    @contextmanager
    def _held(self) -> Iterator[int]:
        """The descriptor of the file that bears our name *now*, locked against every other writer."""
        descriptor = self._locked()
        while not self._is_current(descriptor):  # removed or replaced: what we hold is nobody's file any more
            self.close()
            descriptor = self._locked()
        try:
            yield descriptor
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def _locked(self) -> int:
        if self._descriptor is None:
            make_folder(self.path.parent)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
            sync_folder(self.path.parent)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        return self._descriptor

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def _mended_size(self, descriptor: int) -> int:
        """The length of the file once it ends with a whole line. Only looks when others changed the length."""
        size = os.fstat(descriptor).st_size
        if size != self._clean_end and size and os.pread(descriptor, 1, size - 1) != b"\n":
            size = set_torn_aside(descriptor, self.torn_path)
        self._clean_end = size
        return size

    def _write_whole(self, descriptor: int, line: bytes, size: int) -> None:
        """One write and one flush; on any failure the file gets its old length back and the fault goes up."""
        try:
            write_once(descriptor, line)
            os.fdatasync(descriptor)
        except OSError:
            self._clean_end = None
            with suppress(OSError):  # the first fault is the one to tell; a tail that stays is mended later
                os.ftruncate(descriptor, size)
                os.fdatasync(descriptor)
            raise
        self._clean_end = size + len(line)


def write_once(descriptor: int, line: bytes) -> None:
    """A full disk makes ``write`` return short without an error: count, and say so."""
    written = os.write(descriptor, line)
    if written != len(line):
        raise OSError(errno.ENOSPC, f"short write, {written} of {len(line)} bytes")


def set_torn_aside(descriptor: int, torn_path: Path) -> int:
    """The length once the file ends with a whole line; a record lacking only its newline stays.

    The torn tail is copied beside the journal and the copy flushed, then it is cut.
    """
    size = os.fstat(descriptor).st_size
    if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n":
        return size
    start = start_of_last_line(descriptor, size)
    torn = os.pread(descriptor, size - start, start)
    if is_whole(parse(torn + b"\n", start)):
        write_once(descriptor, b"\n")
        os.fdatasync(descriptor)
        return size + 1
    write_beside(torn_path, torn + b"\n")
    os.ftruncate(descriptor, start)
    os.fdatasync(descriptor)
    logger.warning("%s: torn last line of %d bytes set aside", torn_path.stem, size - start)
    return start


def is_whole(line: Line) -> bool:
    """Whether a line is a record, or was one."""
    return line.record is not None or line.is_purged


def parse(raw: bytes, offset: int) -> Line:
    """One line of bytes as a record without its chain fields, or why there is none."""
    end = offset + len(raw)
    if not raw.endswith(b"\n"):
        return Line(offset, end, None, FaultReason.TORN)
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Line(offset, end, None, FaultReason.NOT_JSON)
    if not isinstance(record, dict):
        return Line(offset, end, None, FaultReason.NOT_AN_OBJECT)
    if "purged" in record and is_tombstone(raw):
        return Line(offset, end, None, is_purged=True)
    for name in CHAIN_FIELDS:
        record.pop(name, None)
    return Line(offset, end, record)


def line_from(descriptor: int, offset: int) -> bytes:
    """The bytes up to and with the next newline; one read for a usual line."""
    length = USUAL_LINE
    while True:
        raw = os.pread(descriptor, length, offset)
        end = raw.find(b"\n") + 1
        if end or len(raw) < length:
            return raw[:end] if end else raw
        length *= 4


def _settled_size(descriptor: int) -> int:
    """The length while no writer is at work, so that no line is read half."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    size = os.fstat(descriptor).st_size
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return size


def start_of_last_line(descriptor: int, size: int) -> int:
    """Where the bytes after the last newline start; reads backwards, only as far as needed."""
    end = size
    while end > 0:
        start = max(0, end - TAIL_CHUNK)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def write_beside(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        write_once(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for created in missing:
        sync_folder(created.parent)


def sync_folder(folder: Path) -> None:
    """A new name survives a power cut only once its folder is flushed too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_OPEN: "weakref.WeakSet[Journal]" = weakref.WeakSet()


def _after_fork() -> None:  # pragma: no cover - as above
    for journal in list(_OPEN):
        journal._forget_inherited()


os.register_at_fork(after_in_child=_after_fork)
