"""One JSON object a line, appended and never rewritten: the bytes below the journals, and how they reach the disk."""

import errno
import logging
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import orjson

from feedback_store.chain import CHAIN_FIELDS, is_tombstone

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
