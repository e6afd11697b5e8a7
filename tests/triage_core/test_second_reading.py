"""The mark after the nurse's verdict: only when the model would have been more urgent, with what weighs."""

import pytest

from tests.builders import a_request
from triage_core.decision import Contribution, Decision
from triage_core.levels import FrenchLevel, Gravity
from triage_core.model.bundle import SHIPPED_FACTORY
from triage_core.model.served import ServedModel
from triage_core.motifs.search import MotifSearch
from triage_core.quality import QualityGrade
from triage_core.rules.catalog import load_rulebook
from triage_core.second_reading import read_again
from triage_core.service import TriageService

WEIGHS = (
    Contribution(feature="age", value=40.0, effect=0.1),
    Contribution(feature="saturation_oxygene", value=88.0, effect=0.4),
    Contribution(feature="temperature", value=37.0, effect=0.9),
    Contribution(feature="motif", value="douleur_gorge", effect=-0.5),
    Contribution(feature="motif_consultation", value=None, effect=0.3),
)


@pytest.fixture(scope="module")
def decided() -> Decision:
    book = load_rulebook()
    decision = TriageService(book, MotifSearch(book), ServedModel(SHIPPED_FACTORY.parent)).triage(a_request())
    told = {Gravity.GRIS: 0.1, Gravity.VERT: 0.3, Gravity.JAUNE: 0.4, Gravity.ROUGE: 0.2}
    return decision.model_copy(update={"probabilities": told, "contributions": WEIGHS})


def test_the_model_would_have_been_more_urgent(decided: Decision) -> None:
    reading = read_again(decided, FrenchLevel.L4, 0.5)
    assert reading is not None
    assert reading.gravity is Gravity.JAUNE
    assert reading.probability == pytest.approx(0.6)


def test_the_reasons_are_what_pushes_and_never_a_usual_value(decided: Decision) -> None:
    reading = read_again(decided, FrenchLevel.L5, 0.5)
    assert reading is not None
    assert [reason.feature for reason in reading.reasons] == ["saturation_oxygene", "motif_consultation", "age"]


@pytest.mark.parametrize("nurse", [FrenchLevel.L1, FrenchLevel.L2, FrenchLevel.L3A, FrenchLevel.L3B])
def test_a_nurse_who_was_urgent_enough_is_left_alone(decided: Decision, nurse: FrenchLevel) -> None:
    assert read_again(decided, nurse, 0.5) is None


@pytest.mark.parametrize("without", [{"probabilities": None}, {"prediction_quality": QualityGrade.INSUFFICIENT}])
def test_without_an_opinion_there_is_nothing_to_say(decided: Decision, without: dict[str, object]) -> None:
    assert read_again(decided.model_copy(update=without), FrenchLevel.L5, 0.5) is None


def test_a_model_without_a_threshold_stays_silent(decided: Decision) -> None:
    assert read_again(decided, FrenchLevel.L5, None) is None


def test_a_threshold_belongs_to_the_version_that_decided() -> None:
    model = ServedModel(SHIPPED_FACTORY.parent)
    current, _ = model.current()
    assert current is not None
    assert model.mark_threshold(current.version) == current.mark_threshold
    assert model.mark_threshold("another") is None


def test_the_shipped_model_marks_about_one_visit_in_ten() -> None:
    current, _ = ServedModel(SHIPPED_FACTORY.parent).current()
    assert current is not None
    assert 0.05 < current.bundle.manifest["second_reader"]["marked_share"] <= 0.10
