"""The served model obeys the law, explains itself in the same pass, and says what it does not know."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage_core.features import VITALS, reference_interval
from triage_core.levels import FrenchLevel, Gravity
from triage_core.model.bundle import load_bundle
from triage_core.model.columns import row
from triage_core.model.explain import contributions, explain
from triage_core.model.predict import Predictor
from triage_core.patient import Constantes, Patient

FACTORY = Path(__file__).parents[3] / "models" / "factory"
MOTIFS = (None, "douleur_thoracique_sca", "jamais_vu")
BY_NAME = {vital.name: vital for vital in VITALS}


@cache
def predictor() -> Predictor:
    return Predictor(load_bundle(FACTORY))


def a_patient(age: float = 65, **vitals: float | None) -> Patient:
    usual = {"frequence_cardiaque": 95, "pression_systolique": 140, "temperature": 37.2, "saturation_oxygene": 96}
    return Patient(age=age, sexe="M", constantes=Constantes(**(usual | vitals)))


@st.composite
def vitals(draw: st.DrawFn) -> dict[str, float | None]:
    drawn = {v.name: draw(st.one_of(st.none(), st.integers(int(v.hard[0]) + 1, int(v.hard[1])))) for v in VITALS}
    return drawn


def outward(name: str, value: float, age: float, step: float) -> float | None:
    """The value moved by a step further outside its interval, on its side; ``None`` where there is no room."""
    low, high = reference_interval(name, age) or (value, value)
    moved = value - step if value < low else value + step
    inside = BY_NAME[name].hard[0] <= moved <= BY_NAME[name].hard[1]
    return moved if inside and not low <= value <= high else None


@pytest.mark.slow
@settings(max_examples=400, deadline=None, derandomize=True)
@given(vitals(), st.sampled_from([0.1, 0.7, 3, 9, 14.5, 15, 40, 88]), st.sampled_from(MOTIFS), st.integers(1, 30))
def test_a_vital_further_outside_its_interval_never_lowers_any_probability_of_at_least(
    drawn: dict[str, float | None], age: float, motif: str | None, step: int
) -> None:
    level = FrenchLevel.L2 if motif else None
    worse = []
    for name, value in drawn.items():
        moved = None if value is None else outward(name, value, age, step)
        if moved is not None:
            worse.append(row(a_patient(age, **(drawn | {name: moved})), motif, level))
    before = predictor().cumulative(row(a_patient(age, **drawn), motif, level)[None, :])
    if worse:
        assert (predictor().cumulative(np.vstack(worse)) >= before).all()


def test_one_row_and_a_batch_give_the_same_answer() -> None:
    told = row(a_patient(), "douleur_thoracique_sca", FrenchLevel.L2)
    one = predictor().predict(told)
    assert one.at_least == tuple(predictor().cumulative(np.vstack([told, told]))[1])


def test_probabilities_of_the_four_gravities_add_up_to_one_and_at_least_is_ordered() -> None:
    prediction = predictor().predict(row(a_patient(), None, None))
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    vert, jaune, rouge = prediction.at_least
    assert vert >= jaune >= rouge
    assert prediction.at_least_by_gravity == {Gravity.VERT: vert, Gravity.JAUNE: jaune, Gravity.ROUGE: rouge}


def test_every_gravity_that_can_be_raised_to_has_a_threshold() -> None:
    assert list(predictor().thresholds) == [Gravity.VERT, Gravity.JAUNE, Gravity.ROUGE]
    assert all(0.001 < threshold <= 1 for threshold in predictor().thresholds.values())


def test_an_explanation_names_what_was_told_largest_effect_first_and_nothing_else() -> None:
    explained = explain(predictor(), a_patient(saturation_oxygene=80), "douleur_thoracique_sca", FrenchLevel.L2)
    effects = [abs(c.effect) for c in explained.contributions]
    assert effects == sorted(effects, reverse=True)
    by_name = {c.feature: c for c in explained.contributions}
    assert "glycemie" not in by_name
    assert by_name["motif"].value == "douleur_thoracique_sca"
    assert by_name["saturation_oxygene"].value == 80
    assert by_name["saturation_oxygene"].effect > 0


def test_an_explanation_comes_with_the_prediction_it_explains() -> None:
    told = row(a_patient(), None, None)
    explained = explain(predictor(), a_patient(), None, None)
    assert explained.prediction == predictor().predict(told)
    shown = contributions(predictor(), told, {"age": 65})
    assert next(c.value for c in shown if c.feature == "age") == 65


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        predictor().margins(np.zeros((1, 3), dtype=np.float32))
