"""A journal as its readers see it: one or more files in order, and a place in them as one number.

The first segment bears the journal's own name, ``x.jsonl``; ``x.0002.jsonl`` and the following exist only after damage.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from feedback_store.head import HeadFile
from feedback_store.journal import READ_BUFFER, Line, line_from, parse

_NEAR = 1 << 20  # bytes within which the search for a moment stops
_SEGMENT_BITS = 44  # up to 16 TB a segment; a place in the first segment is its plain byte offset


def place(segment: int, offset: int) -> int:
    """Segment (from 1) and byte offset as one number that grows as the journal is read."""
    return (segment - 1) << _SEGMENT_BITS | offset


def segment_of(at: int) -> int:
    """The segment of a place."""
    return (at >> _SEGMENT_BITS) + 1


def offset_of(at: int) -> int:
    """The byte offset of a place inside its segment."""
    return at & ((1 << _SEGMENT_BITS) - 1)


class Segments:
    """Reads a journal; writes nothing, creates nothing, and never sees a write in progress."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = HeadFile(path)

    def file(self, segment: int) -> Path:
        """Where a segment is, or would be."""
        return self.path if segment == 1 else self.path.with_name(f"{self.path.stem}.{segment:04}{self.path.suffix}")

    def last(self) -> int:
        """The number of the last segment there is; 1 without any."""
        found = [
            path.suffixes[-2][1:] for path in self.path.parent.glob(f"{self.path.stem}.[0-9][0-9][0-9][0-9].jsonl")
        ]
        return max((int(number) for number in found), default=1)

    def read(self, from_place: int = 0) -> Iterator[Line]:
        """Every line from a place (the start of a line) to the end there is now; damaged ones with their fault."""
        for offset, raw in self.read_raw(from_place):
            yield parse(raw, offset)

    def read_raw(self, from_place: int = 0) -> Iterator[tuple[int, bytes]]:
        """Place and bytes of every line; only the last one of a segment may lack its newline."""
        with HeadFile(self.path).shared():
            sizes = self.sizes(from_place)
        yield from self.raw_within(sizes, from_place)

    def sizes(self, from_place: int = 0) -> dict[int, int]:
        """The length of each segment from a place on; nobody must be writing meanwhile."""
        return {number: self.stat(number)[1] for number in range(segment_of(from_place), self.last() + 1)}

    def raw_within(self, sizes: Mapping[int, int], from_place: int = 0) -> Iterator[tuple[int, bytes]]:
        """Place and bytes of every line from a place to the given lengths."""
        for number, size in sizes.items():
            start = offset_of(from_place) if number == segment_of(from_place) else 0
            if size > start:
                yield from _lines(self.file(number), number, start, size)

    def read_at(self, at: int) -> Line | None:
        """The one line that starts at a place; ``None`` past the end."""
        raw = self.raw_at(at)
        return parse(raw, at) if raw else None

    def raw_at(self, at: int) -> bytes:
        """The bytes of the line that starts at a place; empty past the end."""
        try:
            descriptor = os.open(self.file(segment_of(at)), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return b""
        try:
            return line_from(descriptor, offset_of(at))
        finally:
            os.close(descriptor)

    def place_near(self, since: str) -> int:
        """The start of a line before which every record is older than a moment (ISO, UTC, as we write it).

        Takes the journal to be in the order of time; found by halving, whatever its length.
        """
        for number in range(self.last(), 0, -1):
            size = self.stat(number)[1]
            if size and (number == 1 or self._stamp_after(number, 0, size)[1] < since[:19]):
                return place(number, self._halved(number, size, since[:19]))
        return 0

    def _halved(self, number: int, size: int, since: str) -> int:
        low, high = 0, size
        while high - low > _NEAR:
            middle = (low + high) // 2
            start, stamp = self._stamp_after(number, middle, size)
            low, high = (start, high) if stamp and stamp < since and start < high else (low, middle)
        return low

    def _stamp_after(self, number: int, offset: int, size: int) -> tuple[int, str]:
        """The first readable record behind an offset: where it starts and when it was written; ``size`` without one."""
        at = offset + len(self.raw_at(place(number, offset))) if offset else 0
        while at < size and (raw := self.raw_at(place(number, at))):
            stamp = (parse(raw, at).record or {}).get("timestamp")
            if isinstance(stamp, str):
                return at, stamp
            at += len(raw)
        return size, ""

    def stat(self, segment: int) -> tuple[int, int]:
        """Inode and length of a segment; zeros without it."""
        try:
            found = self.file(segment).stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_ino, found.st_size


def _lines(path: Path, number: int, start: int, size: int) -> Iterator[tuple[int, bytes]]:
    with path.open("rb", buffering=READ_BUFFER) as handle:
        handle.seek(start)
        offset = start
        while offset < size and (raw := handle.readline()):
            yield place(number, offset), raw
            offset += len(raw)
