"""The one door to a decision: words to motif, rules, model, all in one answer."""

import pytest

from tests.builders import a_patient, a_request
from tests.triage_core.deciding import an_opinion, service, service_with
from triage_core.errors import InvalidPatient
from triage_core.levels import Gravity


def test_a_request_and_a_checked_patient_give_the_same_decision() -> None:
    skip = {"prediction_id", "latency_ms"}
    one, other = service().triage(a_request()), service().triage(a_patient())
    assert one.model_dump(exclude=skip) == other.model_dump(exclude=skip)
    assert one.prediction_id != other.prediction_id
    assert len(one.prediction_id) == 32


def test_a_chosen_motif_is_final_and_shows_no_candidates() -> None:
    decision = service().triage(a_request(motif_id="plaie", motif_consultation="douleur thoracique"))
    assert (decision.motif_id, decision.motif_candidates) == ("plaie", ())


@pytest.mark.parametrize(
    ("words", "motif", "has_candidates"),
    [
        ("douleur thoracique", "douleur_thoracique_sca", True),
        ("pas de douleur thoracique", None, False),
        ("xyzzy", None, False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_words_name_a_motif_or_say_they_do_not_know(words: str | None, motif: str | None, has_candidates: bool) -> None:
    decision = service().triage(a_request(motif_id=None, motif_consultation=words))
    assert decision.motif_id == motif
    assert bool(decision.motif_candidates) is has_candidates
    assert decision.provisional


def test_the_model_raises_and_the_decision_says_so() -> None:
    judged = service_with(an_opinion(0.95, 0.9, 0.4)).judge(a_request())
    assert (judged.rules_level.value, judged.decision.french_level.value) == ("5", "2")
    assert (judged.decision.raised_by_model, judged.decision.delai_medecin_min) == (True, 20)
    assert judged.decision.confidence_score == pytest.approx(0.4)
    assert judged.decision.plausible_levels == (Gravity.ROUGE, Gravity.JAUNE)


def test_with_insufficient_quality_the_model_abstains_but_is_there() -> None:
    decision = service_with(an_opinion(1, 1, 1)).triage({"age": 40, "sexe": "F", "motif_id": "plaie", "constantes": {}})
    assert (decision.french_level.value, decision.raised_by_model, decision.ml_available) == ("4", False, True)
    assert (decision.confidence_score, decision.prediction_quality.value) == (0, "insufficient")


def test_without_a_model_the_rules_answer_alone_and_say_why() -> None:
    decision = service_with(None, "the bundle is broken").triage(a_request(glasgow=14))
    assert (decision.french_level.value, decision.ml_available, decision.ml_error) == (
        "3B",
        False,
        "the bundle is broken",
    )
    assert (decision.confidence_score, decision.probabilities, decision.plausible_levels) == (None, None, ())
    assert (decision.contributions, decision.raised_by_model, decision.model_version) == ((), False, None)


def test_the_factory_model_gives_probabilities_that_add_up_and_says_what_made_them() -> None:
    decision = service().triage(a_request())
    assert decision.probabilities is not None
    assert sum(decision.probabilities.values()) == pytest.approx(1)
    assert decision.contributions
    assert decision.model_version


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"motif_id": "arret_cardiorespiratoire"}, "1"),
        ({"motif_id": None, "motif_consultation": "arret cardiaque"}, "1"),
        ({"motif_id": "douleur_gorge"}, None),
        ({"motif_id": None, "motif_consultation": "mal de gorge"}, None),
        ({"motif_id": None}, None),
    ],
)
def test_a_heart_rate_of_zero_is_refused_except_in_an_arrest(changes: dict[str, object], level: str | None) -> None:
    request = a_request(frequence_cardiaque=0, **changes)
    if level is not None:
        assert service().triage(request).french_level.value == level
        return
    with pytest.raises(InvalidPatient) as refusal:
        service().triage(request)
    assert [error.field for error in refusal.value.errors] == ["constantes.frequence_cardiaque"]


@pytest.mark.parametrize(
    ("changes", "also_the_heart"),
    [
        ({"motif_id": "plaie"}, True),
        ({"motif_id": None, "motif_consultation": "mal de gorge"}, True),
        ({"motif_id": None, "motif_consultation": None}, True),
        ({"motif_id": None, "motif_consultation": "arret cardiaque"}, False),
        ({"motif_id": "arret_cardiorespiratoire"}, False),
        ({"frequence_cardiaque": False}, False),  # a fault of its own
        ({"frequence_cardiaque": 60}, False),
    ],
)
def test_a_stopped_heart_is_told_together_with_the_other_faults(
    changes: dict[str, object], also_the_heart: bool
) -> None:
    request = a_request(**({"frequence_cardiaque": 0, "sexe": "X"} | changes))
    with pytest.raises(InvalidPatient) as refusal:
        service().triage(request)
    told = {error.code for error in refusal.value.errors}
    assert ("zero_without_arrest" in told) is also_the_heart
    assert "sexe" in {error.field for error in refusal.value.errors}


@pytest.mark.parametrize("raw", [{}, {"constantes": None}, {"constantes": []}, [], None, "x"])
def test_what_is_not_a_request_at_all_is_refused(raw: object) -> None:
    with pytest.raises(InvalidPatient):
        service().triage(raw)  # type: ignore[arg-type]


def test_a_motif_is_found_by_its_id_and_nothing_by_none() -> None:
    motif = service().motif_of("plaie")
    assert motif is not None
    assert motif.label
    assert service().motif_of(None) is None
    assert service().motif_of("nulle_part") is None
