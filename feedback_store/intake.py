"""From the verdicts that stand to what training may take: one correction a case, contradictions kept apart."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from feedback_store.corrections import corrected_level, training_row
from feedback_store.record import DecisionRecord, FeedbackRecord
from feedback_store.reviews import ReviewRecord
from feedback_store.tally import nurse_key
from triage_core.features import VITALS
from triage_core.levels import FrenchLevel, Gravity
from triage_core.training.correction import Correction, Intake, Review

AT_FIRST = 4  # so many times the verdicts wanted are read before all of them are
MONTHS_BELOW = 2  # years; under them an age is told in months


class Verdicts(Protocol):
    """Whatever can give the verdicts that stand and the decisions they speak of."""

    def corrections(self, since_days: int | None = None) -> tuple[FeedbackRecord, ...]: ...

    def newest_corrections(self, since_days: int | None, most: int) -> tuple[int, tuple[FeedbackRecord, ...]]: ...

    def decision(self, prediction_id: str) -> DecisionRecord | None: ...

    def opted_out(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class Contradiction:
    """A case on which nurses gave different gravities: an administrator settles it, nothing is averaged."""

    prediction_id: str
    verdicts: tuple[FeedbackRecord, ...]

    @property
    def verdict_ids(self) -> tuple[str, ...]:
        """The names of the verdicts."""
        return tuple(record.feedback_id for record in self.verdicts)


@dataclass(frozen=True)
class Gathered:
    """What the journals hold for training: one correction a distinct case, the open contradictions, and counts."""

    corrections: tuple[Correction, ...]
    contradictions: tuple[Contradiction, ...]
    received: int
    duplicates: int

    @property
    def intake(self) -> Intake:
        """What a training run takes."""
        return Intake(self.corrections, self.received, self.duplicates, len(self.contradictions))


def received(store: Verdicts, enough: int) -> int:
    """How many cases were judged from which a model could learn, counted up to ``enough``: a run's minimum.

    The server asks while it serves: as a rule the newest verdicts suffice, and the others are not read.
    """
    _, newest = store.newest_corrections(None, AT_FIRST * enough)
    cases = {record.prediction_id for record in _usable(store, newest)}
    if len(cases) < enough:
        cases = {record.prediction_id for record in _usable(store, store.corrections())}
    return min(len(cases), enough)


def gather(store: Verdicts, events: Iterable[ReviewRecord] = (), since_days: int | None = None) -> Gathered:
    """One correction a case, in the order of the verdicts.

    Two verdicts on one prediction with different gravities contradict: the case is left out until an administrator
    settles it. The same features with the same verdict, whoever tells them again, count once. A case whose patient
    wants it to train nothing is left out.
    """
    decided = _Decided.of(events)
    by_case: dict[str, list[FeedbackRecord]] = {}
    for record in _usable(store, store.corrections(since_days)):
        by_case.setdefault(record.prediction_id, []).append(record)
    open_cases, judged = [], []
    for prediction_id, records in by_case.items():
        settled = decided.settlement(prediction_id, records)
        if settled is None and len({record.corrected_gravity for record in records}) > 1:
            open_cases.append(Contradiction(prediction_id, tuple(records)))
        else:
            judged.append(_correction(records, settled, decided, store.decision(prediction_id)))
    once = _once(judged)
    return Gathered(once, tuple(open_cases), len(by_case), len(judged) - len(once))


def _usable(store: Verdicts, told: Iterable[FeedbackRecord]) -> Iterator[FeedbackRecord]:
    """The verdicts a model may learn from."""
    left_out = store.opted_out()
    return (record for record in told if record.features["age"] is not None and record.prediction_id not in left_out)


@dataclass(frozen=True)
class _Decided:
    """The last answer about each verdict, and about each case that was settled."""

    reviews: Mapping[str, Review]
    settlements: Mapping[str, ReviewRecord]

    @classmethod
    def of(cls, events: Iterable[ReviewRecord]) -> "_Decided":
        reviews: dict[str, Review] = {}
        settlements: dict[str, ReviewRecord] = {}
        for event in events:
            if event.kind == "accepted" or event.kind == "rejected":
                reviews |= dict.fromkeys(event.verdict_ids, event.kind)
            elif event.kind == "settled":
                settlements[event.prediction_id] = event
        return cls(reviews, settlements)

    def settlement(self, prediction_id: str, records: list[FeedbackRecord]) -> ReviewRecord | None:
        """The settlement of a case, unless a nurse has spoken against it since."""
        event = self.settlements.get(prediction_id)
        if event is None:
            return None
        later = [record for record in records if record.feedback_id not in event.verdict_ids]
        return None if any(record.corrected_gravity is not event.gravity for record in later) else event

    def review(self, verdict_ids: Iterable[str]) -> Review | None:
        answers = [self.reviews[name] for name in verdict_ids if name in self.reviews]
        return answers[-1] if answers else None


def _correction(
    records: list[FeedbackRecord], settled: ReviewRecord | None, decided: _Decided, decision: DecisionRecord | None
) -> Correction:
    """One case: its most urgent FRENCH level within the one gravity, or the level it was settled at."""
    told = max(records, key=lambda record: corrected_level(record).rank)
    level = corrected_level(told)
    if settled is not None and settled.french_level is not None:
        level = settled.french_level
    names = tuple(record.feedback_id for record in records)
    nurses = tuple(sorted({nurse_key(record.nurse_id) for record in records}))
    return Correction(
        training_row(told, level),
        nurses,
        names,
        _floor(told, decision),
        decided.review(names),
        settled is not None,
    )


def _floor(record: FeedbackRecord, decision: DecisionRecord | None) -> Gravity | None:
    """What the rules alone said; where that was not kept, what we had shown stands for it."""
    level: FrenchLevel | None = decision.rules_level if decision is not None else None
    return record.original_gravity if level is None else level.gravity


def _once(judged: list[Correction]) -> tuple[Correction, ...]:
    """Each distinct case once; whoever told it again stands beside the first."""
    kept: dict[str, Correction] = {}
    for told in judged:
        key = _digest(told.row)
        first = kept.get(key)
        kept[key] = told if first is None else _joined(first, told)
    return tuple(kept.values())


def _joined(first: Correction, again: Correction) -> Correction:
    return Correction(
        first.row,
        tuple(sorted({*first.nurses, *again.nurses})),
        (*first.verdict_ids, *again.verdict_ids),
        max((floor for floor in (first.floor, again.floor) if floor is not None), key=lambda g: g.rank, default=None),
        again.review or first.review,
        first.is_settled or again.is_settled,
    )


def _digest(row: Mapping[str, object]) -> str:
    """The case as the numbers of the model see it, to the step of each instrument, with the gravity of its verdict.

    What costs nothing to change makes no other case: a hundredth of a degree, a word beside a known motif.
    """
    told = {name: row.get(name) for name in ("sexe", "motif_id", "gravite")} | {"age": _age(row.get("age"))}
    told |= {vital.name: _to_step(row.get(vital.name), vital.step) for vital in VITALS}
    told |= {} if row.get("motif_id") else {"motif_consultation": row.get("motif_consultation")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _age(age: object) -> str:
    """Whole years, months under two years: the bands of the grid. Nobody without an age comes here."""
    years = float(str(age))
    return f"{years:.0f}" if years >= MONTHS_BELOW else f"{12 * years:.0f} months"


def _to_step(value: object, step: float) -> object:
    return round(value / step) if isinstance(value, (int, float)) else value
