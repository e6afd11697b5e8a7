"""Walks a chained journal and says which line is altered, missing, swapped or duplicated, the first one first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from feedback_store.chain import Chained, Genesis, is_tombstone, read_chain
from feedback_store.head import Head
from feedback_store.segments import Segments, offset_of, place, segment_of

_NAMED = 1000  # missing lines that are remembered one by one


class Kind(StrEnum):
    """What is wrong. The first five say that acknowledged lines are not what they were."""

    ALTERED = "altered"
    MISSING = "missing"
    SWAPPED = "swapped"
    DUPLICATED = "duplicated"
    HEAD = "head"  # the head file is absent, damaged, or tells another end
    FOREIGN = "foreign"  # a line that the chain does not know, between lines that are whole
    TORN = "torn"  # half a line that was never acknowledged
    KEY = "key"  # the lines were written with another key: nothing can be said of them
    DAILY = "daily"  # a kept daily digest tells another line


BREAKS = frozenset({Kind.ALTERED, Kind.MISSING, Kind.SWAPPED, Kind.DUPLICATED})


@dataclass(frozen=True)
class Finding:
    """One fault: the file, its bytes, the line counted from 1 (0: not counted) and the number it has or should have."""

    file: str
    kind: Kind
    offset: int = 0
    end: int = 0
    line: int = 0
    seq: int = 0
    said: str = ""

    def __str__(self) -> str:
        where = f" bytes {self.offset}-{self.end}" if self.end else ""
        line = f" line {self.line}" if self.line else ""
        seq = f" seq {self.seq}" if self.seq else ""
        return f"{self.file}{where}{line}{seq}: {self.kind}{f' ({self.said})' if self.said else ''}"


@dataclass(frozen=True)
class Spot:
    """One line met on the way."""

    at: int
    raw: bytes
    line: int


@dataclass
class Walk:
    """Where a walk stands: the last line that fits, what was met before the chain began, what is not placed yet.

    ``link`` is ``None`` when it cannot be known: the next own line is believed to say it. ``is_started``: whether the
    unchained beginning is behind us.
    """

    segments: Segments
    key: bytes
    seq: int = 0
    link: str | None = None
    at: int = 0  # where the line after the last one that fits starts
    last_at: int = 0
    line: int = 0
    is_started: bool = False
    unchained: int = 0
    purged: int = 0
    wanted: dict[int, list[str]] = field(default_factory=dict)  # seq -> how its link begins, as kept elsewhere
    before: Genesis = field(default_factory=Genesis)
    _pending: list[Spot] = field(default_factory=list)
    _absent: set[int] = field(default_factory=set)  # seqs reported missing, which may yet come
    _strays: set[int] = field(default_factory=set)  # seqs met before their turn
    _segment: int = 0

    def run(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Finding]:
        """Judge lines in order; a walk may be continued with the lines that follow."""
        spot: Spot | None
        spots = _spots(lines, self)
        spot = next(spots, None)
        while spot is not None:
            following = next(spots, None)
            yield from self._take(spot, following)
            spot = following

    def _take(self, spot: Spot, following: Spot | None) -> Iterator[Finding]:
        if not spot.raw.endswith(b"\n"):
            yield self._finding(spot, Kind.TORN)
            return
        own = read_chain(spot.raw, self.key)
        if own is None or not own.is_own:
            self._unplaced(spot)
            return
        if not self.is_started:
            yield from self._begin(spot, own)
        if own.seq <= self.seq:
            yield self._finding(spot, Kind.SWAPPED if own.seq in self._absent else Kind.DUPLICATED, own.seq)
        elif own.seq > self.seq + 1 and self._is_before_its_turn(own, following):
            yield self._stray(spot, own)
        else:
            yield from self._fits(spot, own)

    def continue_in(self, segment: int) -> None:
        """Lines that follow in this segment are counted on."""
        self._segment = segment if self.is_started else 0

    @property
    def waiting(self) -> int:
        """Lines read that are not placed yet; a resumed walk meets them again."""
        return len(self._pending)

    def _unplaced(self, spot: Spot) -> None:
        if self.is_started:
            self._pending.append(spot)
            return
        self._pending = [spot]  # the last one before the chain: were it the altered first link, this names it
        self.unchained += 1
        self.before.add(spot.raw, self.key)
        self.at = spot.at + len(spot.raw)

    def _begin(self, spot: Spot, own: Chained) -> Iterator[Finding]:
        """The first chained line bears the digest of all that stands before it."""
        self.is_started = True
        if own.seq > 1:
            self.unchained -= len(self._pending)
            return
        self._pending = []
        if own.prev != self.before.link:
            yield self._finding(spot, Kind.ALTERED, 0, "the lines before the chain are not what they were")

    def _is_before_its_turn(self, own: Chained, following: Spot | None) -> bool:
        if self._pending or following is None:
            return False
        after = read_chain(following.raw, self.key)
        return after is not None and after.is_own and self.seq < after.seq < own.seq

    def _stray(self, spot: Spot, own: Chained) -> Finding:
        """A line in another one's place; the chain goes on as if that other one were here."""
        self._absent.add(self.seq + 1)
        self._strays.add(own.seq)
        found = self._finding(spot, Kind.SWAPPED, own.seq, f"in the place of seq {self.seq + 1}")
        self._move(spot, self.seq + 1, None)
        return found

    def _fits(self, spot: Spot, own: Chained) -> Iterator[Finding]:
        is_next = own.seq == self.seq + 1
        yield from self._gap(spot, own.seq)
        if is_next and self.link is not None and own.prev != self.link:
            yield self._finding(spot, Kind.ALTERED, own.seq, "does not follow the line before it")
        yield from self._recorded(spot, own)
        self.purged += own.is_purged
        self._move(spot, own.seq, own.link)

    def _gap(self, spot: Spot, seq: int) -> Iterator[Finding]:
        """Lines that should stand here: unreadable ones in their place are the altered ones, the rest is missing."""
        absent = [n for n in range(self.seq + 1, min(seq, self.seq + _NAMED)) if n not in self._strays]
        count = seq - self.seq - 1 if len(absent) == _NAMED - 1 else len(absent)
        altered, self._pending = (self._pending[-count:], self._pending[:-count]) if count else ([], self._pending)
        yield from self._unknown_lines()
        for number, found in zip(absent, altered, strict=False):
            yield self._finding(found, Kind.ALTERED, number)
        if len(altered) < count:
            self._absent.update(absent[len(altered) :])
            lost = count - len(altered)
            said = f"{lost} lines, to seq {seq - 1}" if lost > 1 else ""
            yield self._finding(spot, Kind.MISSING, absent[len(altered)], said)

    def _unknown_lines(self) -> Iterator[Finding]:
        yield from (self._finding(spot, Kind.FOREIGN) for spot in self._pending if not is_tombstone(spot.raw))
        self._pending = []

    def _recorded(self, spot: Spot, own: Chained) -> Iterator[Finding]:
        told = self.wanted.pop(own.seq, [])
        if not all(own.link.startswith(beginning) for beginning in told):
            yield self._finding(spot, Kind.DAILY, own.seq, "a kept digest tells another line")

    def _move(self, spot: Spot, seq: int, link: str | None) -> None:
        self.seq, self.link, self.last_at, self.at = seq, link, spot.at, spot.at + len(spot.raw)

    def close(self, head: Head | None) -> Iterator[Finding]:
        """What the head knows of the end: lines that are not there any more, an end that is another one."""
        if head is not None and head.seq > self.seq:
            yield from self._cut(head)
        elif self.is_started:
            yield from self._unknown_lines()
            if head is None:
                yield Finding(
                    self.segments.head.path.name, Kind.HEAD, said="absent or damaged: a cut end cannot be seen"
                )
            elif head.seq == self.seq and self.link not in (None, head.link):
                yield self._finding_at_end(Kind.ALTERED, "the last line is not the one the head tells")
        for seq in sorted(self.wanted):
            yield self._finding_at_end(Kind.DAILY, f"a kept digest tells seq {seq}, which is not here")

    def _cut(self, head: Head) -> Iterator[Finding]:
        """The end was taken away or made unreadable."""
        lost = head.seq - self.seq
        end = place(head.segment, head.end)
        inside = [spot for spot in self._pending if spot.at < end]
        behind = [spot for spot in self._pending if spot.at >= end]
        altered, self._pending = inside[-lost:], [*inside[:-lost], *behind]
        yield from self._unknown_lines()
        for number, found in enumerate(altered, self.seq + 1):
            yield self._finding(found, Kind.ALTERED, number)
        first = self.seq + 1 + len(altered)
        if first <= head.seq:
            told = "" if first == head.seq else f"{head.seq + 1 - first} line(s), to seq {head.seq}; "
            yield Finding(
                self.segments.file(head.segment).name,
                Kind.MISSING,
                *self._end_of(head),
                seq=first,
                said=f"{told}the head tells of them, the file ends before",
            )

    def _end_of(self, head: Head) -> tuple[int, int]:
        at = offset_of(self.at) if segment_of(self.at) == head.segment else 0
        return at, max(head.end, at + 1)

    def _finding_at_end(self, kind: Kind, said: str) -> Finding:
        name = self.segments.file(segment_of(self.last_at)).name
        return Finding(name, kind, offset_of(self.last_at), offset_of(self.at), self.line, self.seq, said)

    def _finding(self, spot: Spot, kind: Kind, seq: int = 0, said: str = "") -> Finding:
        name, start = self.segments.file(segment_of(spot.at)).name, offset_of(spot.at)
        return Finding(name, kind, start, start + len(spot.raw), spot.line, seq, said)


def _spots(lines: Iterable[tuple[int, bytes]], walk: Walk) -> Iterator[Spot]:
    for at, raw in lines:
        if segment_of(at) != walk._segment and walk._segment:
            walk.line = 0
        walk._segment = segment_of(at)
        walk.line += 1
        yield Spot(at, raw, walk.line)
