"""Counters that follow the two journals line by line, and the verdicts that stand."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import ValidationError

from feedback_store.errors import UnknownSchema
from feedback_store.journal import FaultReason, Line
from feedback_store.record import FeedbackRecord, FeedbackType, Withdrawal
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
    """Everything the statistics need; each line is taken once."""

    decisions_by_day: Counter[str] = field(default_factory=Counter)
    buckets: Counter[Bucket] = field(default_factory=Counter)
    standing: dict[tuple[str, str], Standing] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def take_decision(self, file: str, line: Line) -> None:
        """Count one decision line, or note its fault. Only its head is checked: the rest is read when asked for."""
        day = _decision_day(line)
        if isinstance(day, FaultReason):
            self.faults.append(Fault(file, line.offset, line.end, day))
        else:
            self.decisions_by_day[day] += 1

    def take_feedback(self, file: str, line: Line) -> None:
        """Count one verdict line in place of the same nurse's earlier one, take one back, or note a fault."""
        record = read_feedback(line)
        if isinstance(record, FaultReason):
            self.faults.append(Fault(file, line.offset, line.end, record))
            return
        if isinstance(record, Withdrawal):
            self.forget((record.prediction_id, nurse_key(record.nurse_id)))
            return
        day = record.timestamp.date().isoformat()
        verdict = Standing(day, record.feedback_type, record.original_gravity, record.direction, line.offset)
        self.let_stand((record.prediction_id, nurse_key(record.nurse_id)), verdict)

    def let_stand(self, key: tuple[str, str], verdict: Standing) -> None:
        """Make this the verdict that counts; a replaced one leaves every counter."""
        self.forget(key)
        self.standing[key] = verdict
        self.buckets[Bucket(*verdict[:4])] += 1

    def forget(self, key: tuple[str, str]) -> None:
        """Let the verdict of this nurse on this prediction, if there is one, leave every counter."""
        replaced = self.standing.pop(key, None)
        if replaced is not None:
            bucket = Bucket(*replaced[:4])
            self.buckets[bucket] -= 1
            if not self.buckets[bucket]:
                del self.buckets[bucket]


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


def _decision_day(line: Line) -> str | FaultReason:
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
    if moment is None or moment.tzinfo is None or not isinstance(head.get("prediction_id"), str):
        return FaultReason.INVALID_RECORD
    return moment.astimezone(UTC).date().isoformat()
