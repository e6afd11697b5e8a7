"""What training takes from the nurses: doubtful verdicts wait for a person, the others weigh within caps.

Nothing here needs the gate: a poisoned journal must not reach the model even when nobody judges it afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from triage_core.model.bundle import Bundle
from triage_core.model.columns import Floats, matrix, with_motif_prior
from triage_core.training.correction import Correction, Intake
from triage_core.training.dataset import corrections_to_frame
from triage_core.training.doubt import DoubtLimits, Evidence, Values, doubts, lowers
from triage_core.training.evaluate import true_ranks
from triage_core.training.influence import Influence, InfluenceLimits, Weights, capped
from triage_core.training.judging import at_least

if TYPE_CHECKING:
    import pandas as pd

    from triage_core.training.dataset import Dataset

MOST_BASE_ROWS = 20_000  # neighbours are looked for among at most this many base visits, taken evenly


@dataclass(frozen=True)
class SetAside:
    """A verdict that waits for an administrator: its case, its names, and why."""

    case_id: str
    verdict_ids: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class FeedbackReport:
    """What became of the verdicts a run was given; counts of cases, weights in base rows."""

    received: int = 0
    duplicates: int = 0
    contradictory: int = 0
    rejected: int = 0
    set_aside: tuple[SetAside, ...] = ()
    learned: int = 0
    capped_nurses: int = 0
    weight_given: float = 0.0
    weight_kept: float = 0.0

    def counts(self) -> dict[str, float]:
        """The figures, ready for MLflow and the manifest."""
        numbers = {name: value for name, value in vars(self).items() if name != "set_aside"}
        return numbers | {"set_aside": len(self.set_aside)}


@dataclass(frozen=True)
class Lesson:
    """The rows to add to the base table with their weights, and what became of the others."""

    dataset: "Dataset"
    weights: Weights
    report: FeedbackReport


@dataclass(frozen=True)
class Protection:
    """The limits, and the switch that turns all of it off: for experiments alone, never from a page."""

    is_on: bool = True
    weight: float = 3.0  # base rows one verdict is worth
    influence: InfluenceLimits = field(default_factory=InfluenceLimits)
    doubt: DoubtLimits = field(default_factory=DoubtLimits)


@dataclass(frozen=True)
class _Weighed:
    """A readable correction, why it is doubted, and whether it says less than the champion."""

    correction: Correction
    reasons: tuple[str, ...] = ()
    lowers: bool = False

    @property
    def is_learnt(self) -> bool:
        return not self.reasons or self.correction.review == "accepted" or self.correction.is_settled


def take_in(intake: Intake, base: "pd.DataFrame", champion: Bundle, how: Protection | None = None) -> Lesson:
    """Part the corrections and weigh what is learnt. ``base`` are training rows, the neighbours' side of the story."""
    how = how or Protection()
    known = {told.case_id: told for told in intake.corrections if not (how.is_on and told.review == "rejected")}
    readable = corrections_to_frame(told.row for told in known.values())
    corrections = [known[case_id] for case_id in readable.frame["case_id"]]
    weighed = _held_against(corrections, readable.frame, base, champion, how)
    kept = [each for each in weighed if each.is_learnt]
    influence = _weigh(kept, how)
    is_learnt = np.array([each.is_learnt for each in weighed], dtype=bool)  # an empty list would select no columns
    frame = readable.frame[is_learnt].reset_index(drop=True)
    report = _report(intake, len(intake.corrections) - len(known), weighed, influence)
    return Lesson(replace(readable, frame=frame), influence.weights, report)


def _held_against(
    corrections: Sequence[Correction], frame: "pd.DataFrame", base: "pd.DataFrame", champion: Bundle, how: Protection
) -> tuple[_Weighed, ...]:
    """Nothing is doubted when the protection is off."""
    if not corrections or not how.is_on:
        return tuple(map(_Weighed, corrections))
    evidence = _evidence(frame, base, champion)
    reasons, lowering = doubts(corrections, evidence, how.doubt), lowers(evidence.at_least, evidence.ranks)
    return tuple(map(_Weighed, corrections, reasons, lowering.tolist()))


def _evidence(frame: "pd.DataFrame", base: "pd.DataFrame", champion: Bundle) -> Evidence:
    sample = base.iloc[:: max(1, len(base) // MOST_BASE_ROWS)]
    before, rows = (_filled(matrix(table), champion) for table in (sample, frame))
    spread = before.std(axis=0)
    spread[spread == 0] = 1
    ranks, told = true_ranks(sample), true_ranks(frame)
    return Evidence(before / spread, ranks, rows / spread, told, at_least(champion, frame))


def _filled(rows: Floats, champion: Bundle) -> Values:
    """Columns to measure distances in: what is unknown stands where nothing is unusual, for the distance alone."""
    encoded = with_motif_prior(rows, champion.prior_of_code).astype(np.float64)
    return np.nan_to_num(encoded, nan=0.0)


def _weigh(kept: Sequence[_Weighed], how: Protection) -> Influence:
    if how.is_on:
        lowering = np.array([each.lowers for each in kept], dtype=bool)
        return capped([each.correction for each in kept], lowering, how.weight, how.influence)
    total = how.weight * len(kept)
    return Influence(np.full(len(kept), how.weight), 0, total, total)


def _report(intake: Intake, rejected: int, weighed: Sequence[_Weighed], influence: Influence) -> FeedbackReport:
    aside = [(each.correction, each.reasons) for each in weighed if not each.is_learnt]
    return FeedbackReport(
        received=intake.received,
        duplicates=intake.duplicates,
        contradictory=intake.contradictory,
        rejected=rejected,
        set_aside=tuple(SetAside(told.case_id, told.verdict_ids, why) for told, why in aside),
        learned=len(influence.weights),
        capped_nurses=influence.capped_nurses,
        weight_given=round(influence.weight_given, 6),
        weight_kept=round(influence.weight_kept, 6),
    )
