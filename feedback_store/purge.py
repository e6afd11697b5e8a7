"""Erases records on purpose: the only rewriting there is. The line stays as a tombstone of the same length.

The new segment is written aside and flushed, then takes the old one's name: a crash leaves one or the other.
"""

import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from feedback_store.chain import tombstone
from feedback_store.derived import Derived, keep_mark, mark_of
from feedback_store.errors import PurgeRefused
from feedback_store.follow import Follower
from feedback_store.journal import PRIVATE, Line, parse, sync_folder, write_beside
from feedback_store.ledger import Ledger
from feedback_store.segments import offset_of, place

Pick = Callable[[Mapping[str, object]], bool]
Forget = Callable[[sqlite3.Connection, Line], None]


@dataclass
class _Rewriting:
    """One segment on its way: the copy, how far it goes, and the records that are erased in it."""

    segment: int
    copy: BinaryIO
    end: int = 0
    erased: list[Line] = field(default_factory=list)


def erase(ledger: Ledger, derived: Derived, pick: Pick, forget: Forget | None, day: str) -> int:
    """Erase every record that ``pick`` chooses; returns how many. ``forget`` takes one of them out of what is derived.

    Copies without a lock, then holds the journal for its last lines and the exchange alone. One purge at a time.
    """
    count = sum(_erase_in(segment, ledger, derived, pick, forget, day) for segment in range(1, ledger.last() + 1))
    for segment in range(1, ledger.last() + 1):
        count += _erase_torn(ledger.torn_path(segment), pick)
    return count


def remove_leftovers(ledger: Ledger) -> None:
    """An unfinished copy of an interrupted purge holds records: it goes."""
    for segment in range(1, ledger.last() + 1):
        _copy_path(ledger, segment).unlink(missing_ok=True)


def _erase_in(segment: int, ledger: Ledger, derived: Derived, pick: Pick, forget: Forget | None, day: str) -> int:
    if not any(line.record and pick(line.record) for line in ledger.read(place(segment, 0)) if _is_in(segment, line)):
        return 0
    path = _copy_path(ledger, segment)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb", buffering=1 << 20) as copy:
            work = _Rewriting(segment, copy)
            _copy_on(work, ledger, pick, day)
            with derived.writing() as connection, ledger.held():
                _copy_on(work, ledger, pick, day, is_held=True)
                _exchange(work, ledger, connection, forget)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return len(work.erased)


def _copy_on(work: _Rewriting, ledger: Ledger, pick: Pick, day: str, is_held: bool = False) -> None:
    """Copy what came since, whole lines only, and flush it."""
    start, key = place(work.segment, work.end), ledger.keys.need()
    found = (
        ledger.raw_within({work.segment: ledger.stat(work.segment)[1]}, start) if is_held else ledger.read_raw(start)
    )
    for at, raw in found:
        line = parse(raw, at)
        if not _is_in(work.segment, line) or not raw.endswith(b"\n"):
            break
        if line.record is not None and pick(line.record):
            work.erased.append(line)
            raw = _emptied(raw, key, day, ledger)
        work.copy.write(raw)
        work.end = offset_of(line.end)
    work.copy.flush()
    os.fsync(work.copy.fileno())


def _emptied(raw: bytes, key: bytes, day: str, ledger: Ledger) -> bytes:
    told = tombstone(raw, key, day)
    if len(told) != len(raw):
        raise PurgeRefused(f"{ledger.path.name}: a line of {len(raw)} bytes is too short to become a tombstone")
    return told


def _exchange(work: _Rewriting, ledger: Ledger, connection: sqlite3.Connection, forget: Forget | None) -> None:
    """The copy takes the name; what is derived follows in the same transaction, or is rebuilt after a crash."""
    name, follower = ledger.path.name, Follower(ledger)
    mark = mark_of(connection, name)
    fits = follower.resume(mark)
    _copy_path(ledger, work.segment).replace(ledger.file(work.segment))
    sync_folder(ledger.path.parent)
    if fits:
        for line in work.erased:
            if forget is not None and line.offset < mark.at:
                forget(connection, line)
        keep_mark(connection, name, follower.mark_again())


def _erase_torn(path: Path, pick: Pick) -> int:
    """Half lines set aside cannot be told apart by case: the file goes as soon as a record inside could be chosen."""
    if not path.is_file():
        return 0
    lines = path.read_bytes().splitlines(keepends=True)
    records = [parse(raw, 0).record for raw in lines]
    kept = [raw for raw, told in zip(lines, records, strict=True) if told is not None and not pick(told)]
    if len(kept) == len(lines):
        return 0
    path.unlink()
    if kept:
        write_beside(path, b"".join(kept))
    return len(lines) - len(kept)


def _is_in(segment: int, line: Line) -> bool:
    return place(segment, 0) <= line.offset < place(segment + 1, 0)


def _copy_path(ledger: Ledger, segment: int) -> Path:
    file = ledger.file(segment)
    return file.with_name(f"{file.name}.purging")
