"""The law a model must obey before it may serve: a vital further outside never looks less urgent.

Checked on generated patients through the same columns and calibrators that serve, whatever the model is made of.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from triage_core.features import VITALS, Feature, reference_interval
from triage_core.model.ordinal import Probabilities
from triage_core.training.table import TABLE_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

N_PATIENTS = 200
MISSING = 0.15  # chance of each vital not to be measured
SEED = 20_261

Answer = Callable[["pd.DataFrame"], Probabilities]  # P(at least VERT, JAUNE, ROUGE) of each row


def broken_laws(answer: Answer, motifs: tuple[str, ...]) -> tuple[str, ...]:
    """Which laws a model breaks, in words for its administrator; empty when it keeps them all.

    ``motifs`` are ids to draw the reasons for coming from.
    """
    patients = generated_patients(motifs)
    before = answer(patients)
    broken = [vital.label for vital in VITALS if _falls(before, answer(_worse(patients, vital)))]
    reasons = [f"loi de monotonie rompue : {', '.join(broken)}"] if broken else []
    if not np.array_equal(before, answer(patients[patients.columns[::-1]])):
        reasons.append("l'ordre des colonnes change la réponse")
    return tuple(reasons)


def generated_patients(motifs: tuple[str, ...]) -> "pd.DataFrame":
    """Patients of every age within the hard bounds, some vitals missing; the same ones at every call."""
    import pandas as pd

    dice = np.random.default_rng(SEED)
    drawn: dict[str, object] = {name: None for name in TABLE_COLUMNS}
    drawn["case_id"] = [f"LOI-{place}" for place in range(N_PATIENTS)]
    drawn["age"] = np.where(
        dice.random(N_PATIENTS) < 0.3, dice.uniform(0, 15, N_PATIENTS), dice.uniform(15, 100, N_PATIENTS)
    )
    drawn["sexe"] = dice.choice(["M", "F"], N_PATIENTS)
    drawn["motif_id"] = dice.choice(np.array(motifs, dtype=object), N_PATIENTS)
    for vital in VITALS:
        values = dice.uniform(*(vital.soft or vital.hard), N_PATIENTS)
        drawn[vital.name] = np.where(dice.random(N_PATIENTS) < MISSING, np.nan, values)
    return pd.DataFrame(drawn, columns=list(TABLE_COLUMNS))


def _worse(patients: "pd.DataFrame", vital: Feature) -> "pd.DataFrame":
    """The same patients with one vital moved on, away from the middle of its reference interval."""
    ends = [_outer_end(vital, age, value) for age, value in zip(patients["age"], patients[vital.name], strict=True)]
    share = np.random.default_rng(SEED + 1).random(len(patients))
    moved = patients[vital.name] + share * (np.array(ends) - patients[vital.name])
    return patients.assign(**{vital.name: moved})


def _outer_end(vital: Feature, age: float, value: float) -> float:
    """The hard bound that lies beyond a value, on the side of the middle of its reference interval where it lies."""
    low, high = reference_interval(vital.name, age) or vital.hard
    return vital.hard[0] if value < (low + high) / 2 else vital.hard[1]


def _falls(before: Probabilities, after: Probabilities) -> bool:
    return bool((after < before).any())
