"""Training and serving see a patient through the same columns, and a missing value stays missing."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from triage_core.features import VITALS
from triage_core.levels import FrenchLevel
from triage_core.model import columns
from triage_core.patient import Constantes, Patient
from triage_core.rules.catalog import load_rulebook
from triage_core.training.dataset import read_table

ROOT = Path(__file__).parents[3]

LEVELS = {"douleur_thoracique_sca": FrenchLevel.L2}
VITAL_VALUES = {
    "frequence_cardiaque": 130.0,
    "pression_systolique": 85.0,
    "pression_diastolique": None,
    "frequence_respiratoire": 26.0,
    "temperature": 38.9,
    "saturation_oxygene": 91.0,
    "echelle_douleur": 6,
    "glasgow": 14,
    "glycemie": 0.55,
}


def a_row(motif_id: str | None = "douleur_thoracique_sca", **changes: object) -> np.ndarray:
    told = {"age": 65, "sexe": "M", **changes}
    vitals = VITAL_VALUES | {name: told.pop(name) for name in list(told) if name in VITAL_VALUES}
    patient = Patient(constantes=Constantes(**vitals), **told)
    return columns.row(patient, motif_id, LEVELS.get(motif_id or ""))


def value(row: np.ndarray, column: str) -> float:
    return float(row[columns.COLUMNS.index(column)])


def a_frame() -> pd.DataFrame:
    first = {"age": 65, "sexe": "M", "motif_id": "douleur_thoracique_sca", **VITAL_VALUES}
    second = {"age": 0.5, "sexe": "Autre", "motif_id": None, **VITAL_VALUES}
    return pd.DataFrame([first, second])


def test_a_row_of_the_table_and_the_same_patient_at_the_door_give_the_same_columns() -> None:
    built = columns.matrix(a_frame(), LEVELS)
    np.testing.assert_array_equal(built[0], a_row())
    np.testing.assert_array_equal(built[1], a_row(None, age=0.5, sexe="Autre"))


def test_the_order_of_the_columns_of_a_table_never_matters() -> None:
    shuffled = a_frame()[sorted(a_frame().columns, reverse=True)]
    np.testing.assert_array_equal(columns.matrix(shuffled, LEVELS), columns.matrix(a_frame(), LEVELS))


def test_ten_thousand_rows_of_a_table_equal_the_rows_of_the_door_bit_for_bit() -> None:
    table = read_table(ROOT / "data" / "raw" / "patients_synthetic.csv").frame
    book = load_rulebook()
    defaults = {motif.id: motif.default_level for motif in book.motifs}
    built = columns.matrix(table)
    for place, told in enumerate(table.astype(object).where(table.notna(), None).to_dict("records")):
        vitals = Constantes(**{vital.name: told[vital.name] for vital in VITALS})
        patient = Patient(age=told["age"], sexe=told["sexe"], constantes=vitals)
        one = columns.row(patient, told["motif_id"], defaults.get(told["motif_id"] or ""))
        assert built[place].tobytes() == one.tobytes()


@pytest.mark.parametrize("age", [0, 1 / 12, 0.4999999, 0.5, 1, 2, 3.9999999, 4, 10, 13.9999999, 14, 14.9999999, 15, 16])
@pytest.mark.parametrize("value", [14.0, 55.0, 79.999999, 115.0, 350.0])
def test_at_every_edge_of_age_the_table_and_the_door_agree_bit_for_bit(age: float, value: float) -> None:
    told = {vital.name: min(max(value, vital.hard[0]), vital.hard[1]) for vital in VITALS}
    told |= {"glasgow": 9, "echelle_douleur": 3}
    built = columns.matrix(pd.DataFrame([{"age": age, "sexe": "F", "motif_id": None} | told]), {})
    patient = Patient(age=age, sexe="F", constantes=Constantes(**told))
    assert built[0].tobytes() == columns.row(patient, None, None).tobytes()


def test_an_unknown_age_takes_the_adult_intervals() -> None:
    unknown = columns.matrix(a_frame().assign(age=math.nan), LEVELS)
    adult = columns.matrix(a_frame().assign(age=40.0), LEVELS)
    np.testing.assert_array_equal(unknown[:, 1:], adult[:, 1:])


def test_a_vital_that_was_not_measured_is_nan_on_both_sides_and_never_normal() -> None:
    row = a_row()
    assert math.isnan(value(row, "pression_diastolique_sous"))
    assert math.isnan(value(row, "pression_diastolique_sur"))
    assert value(row, "frequence_cardiaque_sous") == 0


@pytest.mark.parametrize(
    ("column", "distance"),
    [
        ("frequence_cardiaque_sur", 30),
        ("pression_systolique_sous", 25),
        ("glasgow_sous", 1),
        ("echelle_douleur_sur", 6),
    ],
)
def test_a_vital_counts_by_how_far_it_lies_outside_its_interval(column: str, distance: float) -> None:
    assert value(a_row(), column) == distance


def test_the_same_heart_rate_is_fast_for_an_adult_and_usual_for_an_infant() -> None:
    assert value(a_row(age=0.5), "frequence_cardiaque_sur") == 0
    assert value(a_row(age=40), "frequence_cardiaque_sur") == 30


def test_an_unknown_motif_has_no_default_level() -> None:
    assert math.isnan(value(a_row(None), "motif_niveau_defaut"))
    assert value(a_row(), "motif_niveau_defaut") == FrenchLevel.L2.rank


def test_every_motif_of_the_grid_has_a_code_of_its_own() -> None:
    codes = {np.float32(columns.motif_code(motif.id)) for motif in load_rulebook().motifs}
    assert len(codes) == len(load_rulebook().motifs)


def test_every_distance_and_the_motif_are_monotone_and_only_age_and_sex_are_free() -> None:
    free = {name for name, sign in zip(columns.COLUMNS, columns.MONOTONE, strict=True) if sign == 0}
    assert free == {"age", "sexe"}
    assert {place for group in columns.GROUPS.values() for place in group} == set(range(len(columns.COLUMNS)))
    assert len(columns.VITAL_GROUPS) == len(VITALS)
