"""The front door of the room: keep a decision, take a verdict, tell the statistics."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedback_store.decisions import DecisionIndex
from feedback_store.derived import Derived
from feedback_store.errors import NothingToWithdraw
from feedback_store.journals import ledgers_of
from feedback_store.keeper import TallyKeeper
from feedback_store.keeping import Keeping
from feedback_store.labels import CaseLabels
from feedback_store.optout import TrainingOptOuts
from feedback_store.record import DecisionRecord, FeedbackRecord, Withdrawal
from feedback_store.stats import FeedbackStats, FeedbackThresholds, first_day, summarise
from feedback_store.tally import Fault, Tally, Wanted, read_feedback
from feedback_store.verdicts import CheckedVerdict, check_verdict
from feedback_store.waiting import WaitingRoom
from triage_core.levels import FrenchLevel, Gravity

DERIVED = Path("index", "journals.sqlite")


def utc_now() -> datetime:
    return datetime.now(UTC)


def keeping_of(data_dir: Path, key: str | None = None, models_dir: Path | None = None) -> Keeping:
    """The care of the journals of a data folder and of its models'; changes nothing by itself."""
    return Keeping(data_dir, ledgers_of(data_dir, key, models_dir), Derived(data_dir / DERIVED))


class FeedbackStore:
    """Decisions, verdicts and case labels under one data folder; safe for threads, forks and processes."""

    def __init__(
        self,
        data_dir: Path,
        settings: FeedbackThresholds | None = None,
        clock: Callable[[], datetime] = utc_now,
        waiting_hours: float = 24,
        key: str | None = None,
        models_dir: Path | None = None,
    ) -> None:
        """``key`` and ``models_dir`` are those of ``ledgers_of``."""
        self.settings = settings or FeedbackThresholds()
        self._clock = clock
        self._derived = Derived(data_dir / DERIVED)
        ledgers = ledgers_of(data_dir, key, models_dir)
        self.keeping = Keeping(data_dir, ledgers, self._derived)
        self._decisions, self._feedback = ledgers.decisions, ledgers.feedback
        self.labels = CaseLabels(ledgers.labels, self._derived)
        self.opt_outs = TrainingOptOuts(ledgers.opt_outs)
        self.keeping.mend()
        expires_after = timedelta(hours=waiting_hours)
        self.waiting = WaitingRoom(self._decisions, self._feedback, ledgers.events, data_dir, expires_after, clock)
        self._keeper = TallyKeeper(self._decisions, self._feedback, self._derived)
        self._index = DecisionIndex(self._decisions, self._derived, self._keeper)

    def record_decision(self, record: DecisionRecord) -> None:
        """Keep one decision; raises ``JournalWriteError`` when it is not safely on disk."""
        self.keeping.keep_daily(self._clock())
        self._index.remember(record.prediction_id, self._decisions.append(record.as_line()))

    def decision(self, prediction_id: str) -> DecisionRecord | None:
        """The decision as recorded, by any process; ``None`` when unknown."""
        return self._index.find(prediction_id)

    def submit(self, raw: object) -> FeedbackRecord:
        """Check a verdict against our own record and keep it.

        Raises ``UnknownPrediction``, ``InvalidVerdict`` with every faulty field, or ``JournalWriteError``.
        """
        record = self._as_record(check_verdict(raw, self.decision))
        self._feedback.append(record.as_line())
        return record

    def withdraw(self, verdict: FeedbackRecord) -> Withdrawal:
        """Take back the verdict that stands, by one more line; the statistics and the corrections follow.

        An earlier verdict that this one had replaced does not come back. Raises ``NothingToWithdraw`` when another
        verdict of the same nurse stands on this decision, or none, and ``JournalWriteError``.
        """
        standing = self._standing(verdict.prediction_id, verdict.nurse_id)
        if standing is None or standing.feedback_id != verdict.feedback_id:
            raise NothingToWithdraw("this verdict is not the one that stands")
        withdrawal = Withdrawal(
            withdraws=verdict.feedback_id,
            prediction_id=verdict.prediction_id,
            nurse_id=verdict.nurse_id,
            timestamp=self._clock(),
        )
        self._feedback.append(withdrawal.as_line())
        return withdrawal

    def _standing(self, prediction_id: str, nurse_id: str | None) -> FeedbackRecord | None:
        place = self._keeper.place_of(prediction_id, nurse_id)
        line = None if place is None else self._feedback.read_at(place)
        record = None if line is None else read_feedback(line)
        return record if isinstance(record, FeedbackRecord) else None

    def count(self) -> int:
        """How many verdicts stand: a nurse's second verdict on a prediction replaces her first."""
        with self._keeper.current() as tally:
            return tally.total

    def stats(self, since_days: int | None = None, now: datetime | None = None) -> FeedbackStats:
        """The statistics of the last ``since_days`` whole UTC days and today; of everything when ``None``."""
        with self._keeper.current() as tally:
            return summarise(tally, self.settings, since_days, now or self._clock())

    def counted(self) -> AbstractContextManager[Tally]:
        """The counters behind the statistics, held still while you look."""
        return self._keeper.current()

    def corrections(self, since_days: int | None = None) -> tuple[FeedbackRecord, ...]:
        """The verdicts that stand, confirmations included, in the order they were given; altered ones are left out."""
        start = first_day(since_days, self._clock())
        return tuple(self._sound_verdicts(self._keeper.places_since(start)))

    def _sound_verdicts(self, places: Iterable[int]) -> Iterator[FeedbackRecord]:
        lines = (self._feedback.read_sound(at) for at in places)
        records = (read_feedback(line) for line in lines if line is not None)
        return (record for record in records if isinstance(record, FeedbackRecord))

    def newest_corrections(
        self, since_days: int | None, most: int, gravities: tuple[str, ...] = (), kinds: tuple[str, ...] = ()
    ) -> tuple[int, tuple[FeedbackRecord, ...]]:
        """How many such verdicts stand, and the newest of them, newest first; the others are not read."""
        wanted = Wanted(first_day(since_days, self._clock()), gravities, kinds)
        with self.counted() as tally:
            total = wanted.count(tally)
        return total, tuple(self._sound_verdicts(self._keeper.newest_places(wanted, most)))

    def opted_out(self) -> frozenset[str]:
        """The ids of the cases that train nothing."""
        return self.opt_outs.current()

    def faults(self) -> tuple[Fault, ...]:
        """Every damaged line of both journals, a torn tail included; none of them stops anything."""
        with self._keeper.current() as tally:
            return (*tally.faults, *self._keeper.torn_tails())

    def _as_record(self, checked: CheckedVerdict) -> FeedbackRecord:
        told, ours = checked.submission, checked.decision
        level = told.corrected_french_level
        return FeedbackRecord(
            feedback_id=secrets.token_hex(16),
            prediction_id=ours.prediction_id,
            timestamp=self._clock(),
            model_version=ours.model_version,
            rules_version=ours.rules_version,
            features=ours.features,
            nurse_id=(told.nurse_id or "").strip() or None,
            original_gravity=ours.gravity_level,
            original_french_level=ours.french_level,
            feedback_type=told.feedback_type,
            corrected_gravity=Gravity(told.corrected_gravity),
            corrected_french_level=None if level is None else FrenchLevel(level),
            reason=told.reason,
            missed_symptoms=tuple(told.missed_symptoms),
            confirmed=told.confirmed,
        )
