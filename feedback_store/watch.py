"""Verifies a journal a piece at a time and remembers how far: a start reads what is new, and one piece of what is not.

What it remembers bears our digest and is bound to the last line it saw; when that does not fit, it begins anew.
"""

import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from feedback_store.chain import keyed, read_chain
from feedback_store.errors import JournalWriteError
from feedback_store.ledger import Ledger
from feedback_store.proof import BREAKS, Finding, Kind, Walk
from feedback_store.segments import segment_of

logger = logging.getLogger(__name__)

PIECE = 4 << 20  # bytes a start reads at most before it answers; about a tenth of a second
KEPT_FINDINGS = 100


@dataclass(frozen=True)
class Cursor:
    """The last line a walk found in order."""

    at: int = 0
    last_at: int = 0
    seq: int = 0
    link: str = ""
    line: int = 0


@dataclass
class Verified:
    """What is remembered: ``front`` goes to the end; ``round`` passes again over what it has seen, piece by piece."""

    front: Cursor = Cursor()
    round: Cursor = Cursor()
    unchained: int = 0
    findings: dict[str, str] = field(default_factory=dict)  # as told -> kind


@dataclass(frozen=True)
class Report:
    """What is known of one journal. ``verified`` of ``acknowledged`` lines; ``note``: the last thing a head told."""

    name: str
    acknowledged: int
    verified: int
    segments: int
    unchained: int
    is_complete: bool
    findings: tuple[str, ...]
    note: str
    refusal: str | None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found and records are accepted."""
        return not self.findings and self.refusal is None


class Watch:
    """Looks after one journal; safe for threads."""

    def __init__(self, ledger: Ledger, path: Path) -> None:
        self._ledger, self._path = ledger, path
        self._lock = threading.Lock()
        self._walk: Walk | None = None  # kept while the chain has not begun: its digest cannot be put on disk
        self._now: tuple[str, ...] = ()
        self._is_complete = False
        self._known = Verified()
        self._last: Report | None = None

    def check(self, budget: int = PIECE, again: int = PIECE) -> Report:
        """Verify ``budget`` bytes at most of what is new, ``again`` bytes of the rest; a break opens a new segment."""
        with self._lock:
            key = self._ledger.keys.find()
            self._is_complete = True
            if key is not None and self._ledger.path.exists():
                self._check(key, budget, again)
            self._last = self._report()
            return self._last

    def report(self) -> Report:
        """What was found so far; reads the head and nothing more. While a piece is verified: what was known before."""
        if self._lock.acquire(blocking=self._last is None):
            try:
                self._last = self._report()
            finally:
                self._lock.release()
        assert self._last is not None  # noqa: S101 - else it was waited for
        return self._last

    def _check(self, key: bytes, budget: int, again: int) -> None:
        known = self._known = self._load(key)
        found = list(self._forward(key, budget))
        found += self._around(key, again) if again else ()
        head = self._ledger.current()
        closing = list(self._walk.close(head)) if self._walk and self._is_complete else []
        self._now = tuple(str(f) for f in closing)
        for finding in found:
            if finding.kind is not Kind.TORN and len(known.findings) < KEPT_FINDINGS:
                known.findings.setdefault(str(finding), finding.kind)
        self._save(key, known)
        self._leave_broken_segment([*found, *(f for f in closing if f.kind is Kind.ALTERED)])

    def _forward(self, key: bytes, budget: int) -> Iterator[Finding]:
        """From the front to the end, or until the budget is spent."""
        walk = (
            self._walk if self._walk and not self._walk.is_started else _resumed(self._ledger, key, self._known.front)
        )
        self._walk = walk
        lines = _Limited(self._ledger.read_raw(max(walk.at, self._known.front.at)), budget)
        yield from walk.run(lines)
        self._is_complete = not lines.is_cut
        self._known.unchained = max(walk.unchained, self._known.unchained)
        if walk.is_started:
            self._known.front = _cursor(walk)

    def _around(self, key: bytes, budget: int) -> Iterator[Finding]:
        """One piece of what the front has passed; small journals are read whole at every start."""
        front, start = self._known.front, self._known.round
        if start.at >= front.at or not _fits(self._ledger, key, start):
            start = Cursor()
        walk = _resumed(self._ledger, key, start)
        walk_lines = (pair for pair in self._ledger.read_raw(start.at) if pair[0] < front.at)
        lines = _Limited(walk_lines, budget)
        yield from walk.run(lines)
        self._known.round = _cursor(walk) if lines.is_cut and walk.is_started else Cursor()

    def _leave_broken_segment(self, found: list[Finding]) -> None:
        head = self._ledger.current()
        broken = {f.file for f in found if f.kind in BREAKS}
        if head is None or self._ledger.file(head.segment).name not in broken:
            return
        try:
            self._ledger.begin_segment("a line that was acknowledged is not what it was")
        except JournalWriteError as fault:
            logger.warning("%s", fault)

    def _report(self) -> Report:
        head = self._ledger.current()
        return Report(
            name=self._ledger.path.name,
            acknowledged=head.seq if head else 0,
            verified=self._known.front.seq,
            segments=self._ledger.last(),
            unchained=self._known.unchained,
            is_complete=self._is_complete or head is None,
            findings=(*self._known.findings, *(told for told in self._now if told not in self._known.findings)),
            note=head.note if head else "",
            refusal=self._ledger.refusal,
        )

    def _load(self, key: bytes) -> Verified:
        try:
            told = orjson.loads(self._path.read_bytes())
            is_ours = told.pop("mac") == keyed(key, orjson.dumps(told))
            front, behind = Cursor(**told.pop("front")), Cursor(**told.pop("round"))
            known = Verified(front, behind, **told)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return Verified()
        return known if is_ours and _fits(self._ledger, key, known.front) else Verified()

    def _save(self, key: bytes, known: Verified) -> None:
        """Derived data: when it cannot be kept, the next start reads more and nothing else happens."""
        told = orjson.dumps(asdict(known))
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(told[:-1] + b',"mac":"' + keyed(key, told).encode() + b'"}')
            fresh.replace(self._path)
        except OSError as fault:
            logger.warning("%s not kept: %s", self._path.name, fault.strerror)


class _Limited:
    """Lines until their bytes exceed a budget; ``is_cut`` says whether any were left."""

    def __init__(self, lines: Iterator[tuple[int, bytes]], budget: int) -> None:
        self._lines, self._left, self.is_cut = lines, budget, False

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for at, raw in self._lines:
            if self._left <= 0:
                self.is_cut = True
                return
            self._left -= len(raw)
            yield at, raw


def _resumed(ledger: Ledger, key: bytes, cursor: Cursor) -> Walk:
    walk = Walk(ledger, key, cursor.seq, cursor.link or None, cursor.at, cursor.last_at, cursor.line)
    walk.is_started = cursor.at > 0
    walk.continue_in(segment_of(cursor.last_at))
    return walk


def _cursor(walk: Walk) -> Cursor:
    return Cursor(walk.at, walk.last_at, walk.seq, walk.link or "", walk.line - walk.waiting)


def _fits(ledger: Ledger, key: bytes, cursor: Cursor) -> bool:
    """Whether the last line the cursor saw is still there, as it was."""
    if cursor.at == 0:
        return True
    raw = ledger.raw_at(cursor.last_at)
    own = read_chain(raw, key)
    return own is not None and own.is_own and (not cursor.link or own.link == cursor.link)
