"""The care of all journals together: mending, verification, daily digests, purges."""

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from feedback_store.daily import DailyHeads, Digest, HeadDigest, digest_of
from feedback_store.derived import Derived, key_of, wide_key
from feedback_store.errors import JournalWriteError, KeyRefused
from feedback_store.head import HeadFile, told_key_id
from feedback_store.journal import FaultReason, Line
from feedback_store.journals import Ledgers
from feedback_store.keeper import remove_standing
from feedback_store.keys import key_id
from feedback_store.ledger import Ledger
from feedback_store.proof import Finding, Kind, Walk
from feedback_store.purge import Pick, erase, remove_leftovers
from feedback_store.tally import decision_head, nurse_key, read_feedback
from feedback_store.waiting import CHECKPOINT as WAITING_ROOM
from feedback_store.watch import PIECE, Report, Watch

logger = logging.getLogger(__name__)

HEADS = Path("heads")
VERIFIED = Path("index")
PURGE_LOCK = Path("purge.lock")  # held by a purge; a backup waits for it


@dataclass(frozen=True)
class Purged:
    """How many records were erased, by journal."""

    decisions: int = 0
    verdicts: int = 0
    labels: int = 0
    events: int = 0
    reviews: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.decisions + self.verdicts + self.labels + self.events + self.reviews


@dataclass(frozen=True)
class FullReport:
    """All findings of one journal, read from its first byte; what was met on the way."""

    name: str
    lines: int
    unchained: int
    purged: int
    findings: tuple[Finding, ...]
    note: str


class Keeping:
    """Everything that is done to journals besides writing and reading records."""

    def __init__(self, data_dir: Path, ledgers: Ledgers, derived: Derived) -> None:
        self._data_dir, self._ledgers, self._derived = data_dir, ledgers, derived
        self._waiting_room = data_dir / WAITING_ROOM
        self._daily = DailyHeads(data_dir / HEADS, ledgers)
        self._watches = [Watch(led, data_dir / VERIFIED / f"{led.path.stem}.verified.json") for led in ledgers]

    @property
    def ledgers(self) -> Ledgers:
        """All of them."""
        return self._ledgers

    def mend(self) -> None:
        """Set torn tails aside and finish what a crash left; on a read-only disk it waits for the next append."""
        for ledger in self._ledgers:
            try:
                ledger.mend()
                self._remove_unfinished(ledger)
            except (JournalWriteError, KeyRefused, OSError) as fault:
                logger.warning("%s", fault)

    def check(self, budget: int = PIECE, again: int = PIECE) -> tuple[Report, ...]:
        """Verify what is new in every journal, at most ``budget`` bytes of each, and ``again`` of what was verified."""
        return tuple(watch.check(budget, again) for watch in self._watches)

    def reports(self) -> tuple[Report, ...]:
        """What is known of every journal, without reading it."""
        return tuple(watch.report() for watch in self._watches)

    def current_digest(self) -> Digest:
        """The digest of all journals at this moment, for a printed sheet."""
        return digest_of(self._ledgers)

    def keep_daily(self, now: datetime) -> None:
        """Keep today's digests apart unless they are."""
        self._daily.keep(now.astimezone(UTC).date())

    def verify(self, sheet: HeadDigest | None = None) -> Iterator[FullReport]:
        """Read every journal whole and compare it with its head, the daily digests and a sheet's. Changes nothing."""
        for ledger in self._ledgers:
            yield self._verified(ledger, sheet if ledger is self._ledgers.decisions else None)

    def purge_case(self, prediction_id: str, now: datetime) -> Purged:
        """Erase everything recorded of one case, its label too."""
        return self._purge(lambda record: record.get("prediction_id") == prediction_id, now)

    def purge_older_than(self, days: int, now: datetime) -> Purged:
        """Erase cases decided more than ``days`` days ago: decisions, verdicts, labels, events, reviews."""
        cutoff = now - timedelta(days=days)
        old = {
            str(told["prediction_id"]) for told in self._records(self._ledgers.decisions) if _is_before(told, cutoff)
        }
        return self._purge(lambda record: record.get("prediction_id") in old or _is_before(record, cutoff), now)

    def purge_labels_older_than(self, days: int, now: datetime) -> Purged:
        """Erase labels given more than ``days`` days ago; what was decided stays."""
        cutoff = now - timedelta(days=days)
        with self._purging():
            return Purged(labels=self._erase(self._ledgers.labels, lambda told: _is_before(told, cutoff), now))

    def _purge(self, pick: Pick, now: datetime) -> Purged:
        """Opt-outs stay: they hold an id and a wish, and the wish outlives the data."""
        held = self._ledgers
        with self._purging():
            self._waiting_room.unlink(missing_ok=True)  # holds features of two days; made anew from the journals
            chosen = (held.decisions, held.feedback, held.labels, held.events, held.reviews)
            return Purged(*(self._erase(ledger, pick, now) for ledger in chosen))

    def _erase(self, ledger: Ledger, pick: Pick, now: datetime) -> int:
        if not ledger.path.exists():
            return 0
        forget = {"decisions": _forget_decision, "nurse_feedback": _forget_verdict, "case_labels": _forget_label}
        return erase(ledger, self._derived, pick, forget.get(ledger.path.stem), now.date().isoformat())

    def _purging(self) -> FileLock:
        return FileLock(self._data_dir / PURGE_LOCK)

    def _remove_unfinished(self, ledger: Ledger) -> None:
        try:
            with FileLock(self._data_dir / PURGE_LOCK, timeout=0):
                remove_leftovers(ledger)
        except Timeout:
            pass  # a purge is at work: its copy is not a leftover

    def _records(self, ledger: Ledger) -> Iterator[dict[str, object]]:
        for line in ledger.read():
            if line.record is not None and isinstance(line.record.get("prediction_id"), str):
                yield line.record

    def _verified(self, ledger: Ledger, sheet: HeadDigest | None) -> FullReport:
        name, key = ledger.path.name, ledger.keys.find()
        if key is None:
            found = (Finding(ledger.head.path.name, Kind.KEY, said="absent"),) if ledger.head.path.exists() else ()
            return FullReport(name, 0, sum(1 for _ in ledger.read_raw()), 0, found, "")
        head, told_by = ledger.current(), told_key_id(HeadFile(ledger.path).raw())
        if told_by not in ("", key_id(key)):
            found = (Finding(ledger.head.path.name, Kind.KEY, said=f"written with {told_by}, not {key_id(key)}"),)
            return FullReport(name, 0, 0, 0, found, "")
        wanted, damaged = self._daily.wanted(ledger.path.stem, key)
        if sheet is not None:
            wanted.setdefault(sheet.seq, []).append(sheet.link)
        walk = Walk(ledger, key, wanted=wanted)
        findings = [*walk.run(ledger.read_raw()), *walk.close(head)]
        if ledger.head.path.exists() and not ledger.head.is_sound(key):
            findings.append(Finding(ledger.head.path.name, Kind.HEAD, said="damaged"))
        findings += [Finding(f"{HEADS}/{file}", Kind.DAILY, said="is not what was written") for file in damaged]
        return FullReport(name, walk.seq, walk.unchained, walk.purged, tuple(findings), head.note if head else "")


def _is_before(record: "dict[str, object] | object", cutoff: datetime) -> bool:
    stamp = record.get("timestamp") if isinstance(record, dict) else None
    try:
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        return False
    if moment is None:
        return False
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) < cutoff


def _forget_decision(connection: sqlite3.Connection, line: Line) -> None:
    told = decision_head(line)
    if isinstance(told, FaultReason):
        return
    day, prediction_id = told
    connection.execute(
        "DELETE FROM cases WHERE kind = 'decision' AND key = ? AND at = ?", (key_of(prediction_id), line.offset)
    )
    connection.execute("UPDATE days SET n = n - 1 WHERE day = ?", (day,))
    connection.execute("DELETE FROM days WHERE n <= 0")


def _forget_verdict(connection: sqlite3.Connection, line: Line) -> None:
    record = read_feedback(line)
    if isinstance(record, FaultReason):
        return
    key = wide_key(record.prediction_id, nurse_key(record.nurse_id))
    found = connection.execute("SELECT at FROM standing WHERE key = ?", (key,)).fetchone()
    if found == (line.offset,):
        remove_standing(connection, key)


def _forget_label(connection: sqlite3.Connection, line: Line) -> None:
    connection.execute("DELETE FROM cases WHERE kind = 'label' AND at = ?", (line.offset,))
