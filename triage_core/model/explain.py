"""Why the model leans where it leans: how the mean rank moves when one feature had not been told.

Leave-one-feature-out in one batch: the row, and the row without each known feature in turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from triage_core.features import VITALS
from triage_core.levels import FrenchLevel
from triage_core.model.columns import COLUMNS, GROUPS, Floats
from triage_core.model.ordinal import expected_rank
from triage_core.model.predict import Prediction, Predictor
from triage_core.model.words import MARGIN_COLUMNS
from triage_core.patient import Patient

Value = float | str | None
WORDS_GROUP = "motif_consultation"  # what is shown of the words is that they count, never the words themselves
_GROUPS = {**GROUPS, WORDS_GROUP: tuple(range(len(COLUMNS), len(COLUMNS) + len(MARGIN_COLUMNS)))}
_GROUP_NAMES = tuple(_GROUPS)
_WIDEST = len(COLUMNS) + len(MARGIN_COLUMNS)
_IN_GROUP = np.array([[place in group for place in range(_WIDEST)] for group in _GROUPS.values()])


@dataclass(frozen=True)
class FeatureEffect:
    """What knowing one feature adds to the mean rank (0 GRIS to 3 ROUGE); ``effect`` > 0 is more urgent."""

    feature: str
    value: Value
    effect: float


@dataclass(frozen=True)
class Explanation:
    """A prediction and what made it, the largest effect first."""

    prediction: Prediction
    contributions: tuple[FeatureEffect, ...]


def explain(
    predictor: Predictor, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None
) -> Explanation:
    """Predict and explain one patient in a single pass of the model."""
    values: dict[str, Value] = {vital.name: patient.measured(vital.name) for vital in VITALS}
    values |= {"age": patient.age, "sexe": patient.sexe, "motif": motif_id}
    return explain_row(predictor, predictor.row(patient, motif_id, default_level), values)


def explain_row(predictor: Predictor, told: Floats, values: Mapping[str, Value]) -> Explanation:
    """The same for a row already built; ``values`` are shown as they are, by feature."""
    in_group = _IN_GROUP[:, : len(told)]
    is_known = (in_group & ~np.isnan(told)).any(axis=1)
    known = [_GROUP_NAMES[place] for place in np.flatnonzero(is_known)]
    batch = np.vstack([told, np.where(in_group[is_known], np.float32(np.nan), told)])
    margins = predictor.margins(batch)
    scores = expected_rank(margins).tolist()
    effects = (
        FeatureEffect(name, values.get(name), scores[0] - without)
        for name, without in zip(known, scores[1:], strict=True)
    )
    ranked = tuple(sorted(effects, key=lambda effect: (-abs(effect.effect), effect.feature)))
    return Explanation(predictor.prediction_of(margins[:1]), ranked)


def contributions(predictor: Predictor, told: Floats, values: Mapping[str, Value]) -> tuple[FeatureEffect, ...]:
    """Only the effects of ``explain_row``."""
    return explain_row(predictor, told, values).contributions
