"""Why the model leans where it leans: how the mean rank moves when one feature had not been told.

Leave-one-feature-out in one batch: the row, and the row without each known feature in turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from triage_core.features import VITALS
from triage_core.levels import FrenchLevel
from triage_core.model.columns import COLUMNS, GROUPS, Floats, row
from triage_core.model.ordinal import expected_rank
from triage_core.model.predict import Prediction, Predictor
from triage_core.patient import Patient

Value = float | str | None
_GROUP_NAMES = tuple(GROUPS)
_IN_GROUP = np.array([[place in group for place in range(len(COLUMNS))] for group in GROUPS.values()])


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
    return explain_row(predictor, row(patient, motif_id, default_level), values)


def explain_row(predictor: Predictor, told: Floats, values: Mapping[str, Value]) -> Explanation:
    """The same for a row already built; ``values`` are shown as they are, by feature."""
    is_known = (_IN_GROUP & ~np.isnan(told)).any(axis=1)
    known = [_GROUP_NAMES[place] for place in np.flatnonzero(is_known)]
    batch = np.vstack([told, np.where(_IN_GROUP[is_known], np.float32(np.nan), told)])
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
