"""A limit on the glucose stands beside a patient in the unit of the form, and says the same there."""

import pytest

from app.ui.explanation import rule_words
from app.ui.glucose import in_form_unit
from app.ui.grid_rows import rows
from app.ui.numbers import read_number
from tests.builders import a_patient
from tests.typed import as_typed
from triage_core.rules.catalog import load_rulebook
from triage_core.rules.conditions import State, read_patient, read_values
from triage_core.rules.engine import evaluate

BOOK = load_rulebook()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Glycémie ≥ 20 mmol/l", "Glycémie ≥ 3,604 g/L (20 mmol/L)"),
        ("Glycémie ≤ 20 mmol/L et cétose négative", "Glycémie ≤ 3,603 g/L (20 mmol/L) et cétose négative"),
        ("glycémie plus de 11,1 mmol/L", "glycémie plus de 2 g/L"),
        ("glycémie moins de 3,3 mmol/L", "glycémie moins de 0,595 g/L (3,3 mmol/L)"),
        ("Glycémie < 0,6 g/L", "Glycémie < 0,6 g/L"),
        ("Cétonémie > 2 mmol/L", "Cétonémie > 2 mmol/L"),
    ],
)
def test_a_limit_is_told_in_grams_and_marked_where_rounding_shows(words: str, shown: str) -> None:
    assert in_form_unit(words) == shown


@pytest.mark.parametrize(("glycemie", "state"), [(3.603, State.NOT_FIRED), (3.604, State.FIRED)])
def test_the_rounded_limit_is_the_one_that_decides(glycemie: float, state: State) -> None:
    rule = next(rule for rule in BOOK.floor if rule.id == "tout_age__glycemie_20")
    assert as_typed(rule_words(rule, 40)) == "Glycémie ≥ 3,604 g/L (20 mmol/L)"
    assert evaluate(rule, read_patient(a_patient(glycemie=glycemie))).state is state


@pytest.mark.parametrize("tenths", range(10, 351))
def test_a_meters_tenth_of_a_mmol_comes_back_exactly(tenths: int) -> None:
    proposal = read_number("glycemie", f"{tenths / 10} mmol/L").proposal
    assert proposal is not None
    grams = read_number("glycemie", proposal).value
    assert read_values({"glycemie": grams}, 40)["glycemie_mmol_l"] == tenths / 10


def test_the_grid_of_a_patient_holds_one_unit_of_glucose() -> None:
    motif = BOOK.motif("hyperglycemie")
    assert motif is not None
    found = rows(motif, a_patient(motif_id=motif.id, glycemie=4.0))
    assert [as_typed(row.words) for row in found if "lycémie" in row.words] == [
        "Glycémie ≥ 3,604 g/L (20 mmol/L)",
        "Glycémie ≤ 3,603 g/L (20 mmol/L) et cétose négative (glycémie au plus 3,603 g/L et glycémie au moins 0,7 g/L)",
    ]
