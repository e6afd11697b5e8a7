"""What is counted of the two journals, and what one line of them says."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import ValidationError

from feedback_store.errors import UnknownSchema
from feedback_store.journal import FaultReason, Line
from feedback_store.record import DecisionRecord, FeedbackRecord, FeedbackType, Withdrawal
from feedback_store.upgrade import upgrade
from triage_core.levels import Gravity

NO_NURSE = ""  # all verdicts without a nurse_id count as one nurse's


@dataclass(frozen=True)
class Fault:
    """A damaged line: which file, which bytes, why. Never its content."""

    file: str
    offset: int
    end: int
    reason: FaultReason


class Standing(NamedTuple):
    """The verdict of one nurse on one prediction that counts, compactly; ``offset`` leads to the whole line."""

    day: str  # UTC, YYYY-MM-DD
    feedback_type: FeedbackType
    gravity: Gravity  # the one we had shown
    direction: int  # 1: she says more urgent, -1: less
    offset: int


class Bucket(NamedTuple):
    """What verdicts are counted by."""

    day: str
    feedback_type: FeedbackType
    gravity: Gravity
    direction: int


@dataclass
class Tally:
    """Everything the statistics need: counters, whose number grows with days and not with records."""

    decisions_by_day: Counter[str] = field(default_factory=Counter)
    buckets: Counter[Bucket] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many verdicts stand."""
        return sum(self.buckets.values())


@dataclass(frozen=True)
class Wanted:
    """Which verdicts: from a UTC day on, and of these gravities and kinds; none named means any."""

    first_day: str = ""
    gravities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def takes(self, told: FeedbackRecord) -> bool:
        """Whether a verdict is wanted."""
        return self._takes(told.timestamp.date().isoformat(), told.original_gravity, told.feedback_type)

    def count(self, tally: Tally) -> int:
        """How many there are."""
        return sum(n for b, n in tally.buckets.items() if self._takes(b.day, b.gravity, b.feedback_type))

    def _takes(self, day: str, gravity: Gravity, kind: str) -> bool:
        is_of = gravity.value in (self.gravities or (gravity.value,)) and kind in (self.kinds or (kind,))
        return day >= self.first_day and is_of


def nurse_key(nurse_id: str | None) -> str:
    """Whom a verdict belongs to; blank is nobody in particular."""
    return (nurse_id or NO_NURSE).strip()


def read_feedback(line: Line) -> FeedbackRecord | Withdrawal | FaultReason:
    """One line of the verdicts' journal in today's shape, or why it cannot be used."""
    if line.record is None:
        return line.fault or FaultReason.INVALID_RECORD
    try:
        if "withdraws" in line.record:
            return Withdrawal.model_validate(upgrade(line.record))
        return FeedbackRecord.model_validate(upgrade(line.record))
    except UnknownSchema:
        return FaultReason.UNKNOWN_SCHEMA
    except ValidationError:
        return FaultReason.INVALID_RECORD


def read_decision(line: Line) -> DecisionRecord | None:
    """One decision line in today's shape; a damaged one is simply not there, its fault is told by ``decision_head``."""
    if line.record is None:
        return None
    try:
        return DecisionRecord.model_validate(upgrade(line.record))
    except (UnknownSchema, ValidationError):
        return None


def decision_head(line: Line) -> tuple[str, str] | FaultReason:
    """The UTC day and the id of one decision line, or why it cannot be used. The rest is read when asked for."""
    if line.record is None:
        return line.fault or FaultReason.INVALID_RECORD
    try:
        head = upgrade(line.record)
    except UnknownSchema:
        return FaultReason.UNKNOWN_SCHEMA
    stamp = head.get("timestamp")
    try:
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        moment = None
    prediction_id = head.get("prediction_id")
    if moment is None or moment.tzinfo is None or not isinstance(prediction_id, str):
        return FaultReason.INVALID_RECORD
    return moment.astimezone(UTC).date().isoformat(), prediction_id
