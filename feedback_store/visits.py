"""Who waits: a visit is a decision, its re-evaluations, what nurses said of them, and how the waiting ended.

Derived from the journals line by line; nothing here is the only copy of anything.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from feedback_store.corrections import corrected_level
from feedback_store.record import DecisionRecord, FeedbackRecord, UtcTime, Withdrawal
from triage_core.levels import FrenchLevel

VisitEventKind = Literal["taken_over", "left", "returned"]
REMEMBERED = timedelta(hours=48)  # how long an ended or forgotten visit can still be found


class VisitEvent(BaseModel):
    """What ended a wait, or undid that end. ``prediction_id`` is any decision of the visit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    event_id: str
    timestamp: UtcTime
    prediction_id: str
    kind: VisitEventKind
    by: str | None = None

    @classmethod
    def new(cls, prediction_id: str, kind: VisitEventKind, moment: datetime, by: str | None) -> "VisitEvent":
        """An event with an id of its own."""
        return cls(event_id=secrets.token_hex(16), timestamp=moment, prediction_id=prediction_id, kind=kind, by=by)


Happening = DecisionRecord | FeedbackRecord | Withdrawal | VisitEvent


@dataclass(frozen=True)
class Visit:
    """One patient at the door. ``visit_id`` is the first decision, ``prediction_id`` the last one.

    ``level`` is the nurse's when she gave one, else ours. Times are UTC.
    """

    visit_id: str
    prediction_id: str
    arrived: datetime
    evaluated: datetime
    level: FrenchLevel
    provisional: bool
    motif_id: str | None
    age: float | None = None  # years; with the sex it tells two patients without a label apart
    sexe: str | None = None
    decided_level: FrenchLevel | None = None  # ours for the last evaluation; ``None``: only a verdict is known
    n_evaluations: int = 1
    entry_s: float | None = None  # seconds of typing before the first decision
    verdict: datetime | None = None  # when a nurse judged the last evaluation
    ended: datetime | None = None
    left: bool = False  # it ended without a physician

    def waited_min(self, now: datetime) -> float:
        """Minutes since the first evaluation; never negative, whatever the clock did."""
        return max(0.0, (now - self.arrived).total_seconds() / 60)

    def overdue_min(self, now: datetime) -> float:
        """Minutes beyond the delay of the level; negative while there is time left."""
        return self.waited_min(now) - self.level.physician_delay_min

    def reassess_in_min(self, now: datetime) -> float:
        """Minutes until the patient should be looked at again; negative when that is late."""
        since = max(0.0, (now - self.evaluated).total_seconds() / 60)
        return self.level.reassess_after_min - since


@dataclass
class Visits:
    """The visits of the last two days, kept up to date one record at a time."""

    by_id: dict[str, Visit] = field(default_factory=dict)
    visit_of: dict[str, str] = field(default_factory=dict)  # every decision of a remembered visit

    def take(self, record: Happening) -> None:
        """One thing that happened; call in the order of time."""
        if isinstance(record, DecisionRecord):
            self.take_decision(record)
        elif isinstance(record, FeedbackRecord):
            self.take_verdict(record)
        elif isinstance(record, Withdrawal):
            self.take_withdrawal(record)
        else:
            self.take_event(record)

    def take_decision(self, record: DecisionRecord) -> None:
        """A new visit, or the re-evaluation of one that is remembered."""
        before = self.of(record.supersedes) if record.supersedes else None
        visit = _first(record) if before is None else _again(before, record)
        self.by_id[visit.visit_id] = visit
        self.visit_of[record.prediction_id] = visit.visit_id

    def take_verdict(self, record: FeedbackRecord) -> None:
        """The nurse's level counts from now on, when it speaks of the visit's last decision."""
        level = corrected_level(record)
        visit = self.of(record.prediction_id)
        if visit is None:  # decided for another program; a nurse's word makes it a patient who waits
            self.by_id[record.prediction_id] = _from_verdict(record, level)
            self.visit_of[record.prediction_id] = record.prediction_id
        elif visit.prediction_id == record.prediction_id:
            self.by_id[visit.visit_id] = replace(visit, level=level, verdict=record.timestamp)

    def take_withdrawal(self, record: Withdrawal) -> None:
        """The nurse took her word back: our level counts again; where none is known, hers stays and she still waits."""
        visit = self.of(record.prediction_id)
        if visit is not None and visit.prediction_id == record.prediction_id:
            self.by_id[visit.visit_id] = replace(visit, level=visit.decided_level or visit.level, verdict=None)

    def take_event(self, event: VisitEvent) -> None:
        """The wait ended, or that was undone."""
        visit = self.of(event.prediction_id)
        if visit is not None:
            ended = None if event.kind == "returned" else event.timestamp
            self.by_id[visit.visit_id] = replace(visit, ended=ended, left=event.kind == "left")

    def of(self, prediction_id: str) -> Visit | None:
        """The visit a decision belongs to; ``None`` when it is not remembered."""
        return self.by_id.get(self.visit_of.get(prediction_id, ""))

    def forget_before(self, moment: datetime) -> None:
        """Drop visits that nothing happened to for two days before ``moment``."""
        limit = moment - REMEMBERED
        gone = {key for key, visit in self.by_id.items() if (visit.ended or visit.evaluated) < limit}
        for key in gone:
            del self.by_id[key]
        if gone:
            self.visit_of = {decision: key for decision, key in self.visit_of.items() if key not in gone}


def in_order(visits: list[Visit], now: datetime) -> tuple[Visit, ...]:
    """Most urgent level first, and within a level the most overdue first."""
    return tuple(sorted(visits, key=lambda visit: (-visit.level.rank, -visit.overdue_min(now), visit.visit_id)))


def _first(record: DecisionRecord) -> Visit:
    return Visit(
        record.prediction_id,
        record.prediction_id,
        record.timestamp,
        record.timestamp,
        record.french_level,
        record.provisional,
        _motif(record),
        _age(record),
        _sex(record),
        record.french_level,
        entry_s=record.entry_seconds,
    )


def _again(before: Visit, record: DecisionRecord) -> Visit:
    """The same wait, judged anew; a patient who had been taken over and is evaluated again waits again."""
    return replace(
        before,
        prediction_id=record.prediction_id,
        evaluated=record.timestamp,
        level=record.french_level,
        provisional=record.provisional,
        motif_id=_motif(record),
        age=_age(record),
        sexe=_sex(record),
        decided_level=record.french_level,
        n_evaluations=before.n_evaluations + 1,
        verdict=None,
        ended=None,
        left=False,
    )


def _from_verdict(record: FeedbackRecord, level: FrenchLevel) -> Visit:
    moment = record.timestamp
    return Visit(
        record.prediction_id,
        record.prediction_id,
        moment,
        moment,
        level,
        False,
        _motif(record),
        _age(record),
        _sex(record),
        record.original_french_level,
        verdict=moment,
    )


def _motif(record: DecisionRecord | FeedbackRecord) -> str | None:
    motif = record.features.get("motif_id")
    return motif if isinstance(motif, str) else None


def _age(record: DecisionRecord | FeedbackRecord) -> float | None:
    age = record.features.get("age")
    return float(age) if isinstance(age, int | float) else None


def _sex(record: DecisionRecord | FeedbackRecord) -> str | None:
    sex = record.features.get("sexe")
    return sex if isinstance(sex, str) else None
