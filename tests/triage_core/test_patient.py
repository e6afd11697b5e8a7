"""Bad input is refused whole, with every faulty field, and nothing is ever filled in."""

import math

import pytest

from tests.builders import a_request
from triage_core.errors import InvalidPatient
from triage_core.features import VITALS
from triage_core.patient import Patient, parse_patient
from triage_core.rules.catalog import load_rulebook


def faulty_fields(raw: object) -> set[str]:
    with pytest.raises(InvalidPatient) as refusal:
        parse_patient(raw, load_rulebook())
    return {error.field for error in refusal.value.errors}


def test_all_faulty_fields_are_reported_at_once() -> None:
    raw = a_request(age=-1, sexe="X", motif_id="nulle_part", temperature="37", glasgow=True)
    raw["constantes"] |= {"pression_systolique": 70, "pression_diastolique": 120}  # type: ignore[operator]
    assert faulty_fields(raw) == {
        "age", "sexe", "motif_id", "constantes.temperature", "constantes.glasgow", "constantes.pression_diastolique",
    }  # fmt: skip


@pytest.mark.parametrize("feature", VITALS, ids=lambda f: f.name)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "12", [], {}, 1e9, -1, 10**400, -(10**400)])
def test_a_vital_that_is_no_plausible_number_is_refused(feature, value) -> None:
    assert f"constantes.{feature.name}" in faulty_fields(a_request(**{feature.name: value}))


@pytest.mark.parametrize("feature", VITALS, ids=lambda f: f.name)
def test_both_hard_bounds_themselves_are_accepted(feature) -> None:
    for bound in feature.hard:
        raw = a_request(pression_systolique=None, pression_diastolique=None, **{})
        raw["constantes"][feature.name] = bound  # type: ignore[index]
        assert parse_patient(raw, load_rulebook()).measured(feature.name) == bound


def test_a_missing_value_stays_missing() -> None:
    patient = parse_patient({"age": 65, "sexe": "M", "constantes": {}}, load_rulebook())
    assert [patient.measured(feature.name) for feature in VITALS] == [None] * len(VITALS)


def test_a_score_must_be_a_whole_number() -> None:
    assert faulty_fields(a_request(glasgow=14.5, echelle_douleur=3.2)) == {
        "constantes.glasgow", "constantes.echelle_douleur",
    }  # fmt: skip


def test_swapped_pressures_are_refused_and_the_diastolic_is_named() -> None:
    raw = a_request(pression_systolique=80, pression_diastolique=80)
    assert faulty_fields(raw) == {"constantes.pression_diastolique"}


def test_an_unknown_field_is_refused_so_that_a_misspelt_vital_is_not_taken_for_missing() -> None:
    raw = a_request()
    raw["constantes"]["frequence_cardique"] = 180  # type: ignore[index]
    assert faulty_fields(raw) == {"constantes.frequence_cardique"}


def test_a_modulator_of_another_motif_is_refused() -> None:
    raw = a_request(motif_id="douleur_gorge", modulateurs=["douleur_thoracique_sca__1"])
    assert faulty_fields(raw) == {"modulateurs.0"}


@pytest.mark.parametrize("raw", [None, [], "texte", 3, {}])
def test_what_is_not_a_patient_is_refused(raw) -> None:
    assert faulty_fields(raw)


def test_a_text_ends_at_two_thousand_characters() -> None:
    assert faulty_fields(a_request(motif_consultation="a" * 2001)) == {"motif_consultation"}
    assert parse_patient(a_request(motif_consultation="a" * 2000), load_rulebook())


def test_no_message_holds_a_value_of_the_patient() -> None:
    with pytest.raises(InvalidPatient) as refusal:
        parse_patient(a_request(temperature=987.25), load_rulebook())
    assert all("987" not in error.message for error in refusal.value.errors)
    assert "987" not in str(refusal.value)


def test_a_patient_cannot_be_changed() -> None:
    patient = Patient.model_validate(a_request())
    with pytest.raises(ValueError, match="frozen"):
        patient.age = 3  # type: ignore[misc]


def test_a_pressure_too_large_for_any_float_is_refused_and_not_compared() -> None:
    raw = a_request(pression_systolique=10**400, pression_diastolique=-(10**400))
    assert faulty_fields(raw) == {"constantes.pression_systolique", "constantes.pression_diastolique"}


def test_an_age_that_is_null_is_as_missing_as_one_left_out() -> None:
    assert faulty_fields(a_request(age=None)) == {"age"}


def test_a_field_with_two_faults_is_named_once() -> None:
    raw = a_request(glasgow=99) | {"constantes.glasgow": 1}
    with pytest.raises(InvalidPatient) as refusal:
        parse_patient(raw, load_rulebook())
    assert [error.field for error in refusal.value.errors] == ["constantes.glasgow"]


def test_what_could_not_be_measured_is_told_apart_from_what_was_not_and_stays_missing() -> None:
    patient = parse_patient(
        a_request(pression_systolique=None, pression_diastolique=None, non_mesures={"pression_systolique": "refus"}),
        load_rulebook(),
    )
    assert patient.measured("pression_systolique") is patient.weighed("pression_systolique") is None
    assert patient.non_mesures == {"pression_systolique": "refus"}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"non_mesures": {"temperature": "refus"}}, "non_mesures.temperature"),
        ({"hors_echelle": {"glycemie": "LO"}}, "hors_echelle.glycemie"),
        ({"glycemie": None, "hors_echelle": {"glycemie": "LO"}, "non_mesures": {"glycemie": "refus"}},
         "non_mesures.glycemie"),
        ({"non_mesures": {"age": "refus"}}, "non_mesures"),
        ({"non_mesures": {"glasgow": "bof"}}, "non_mesures.glasgow"),
        ({"non_mesures": ["glasgow"]}, "non_mesures"),
        ({"hors_echelle": {"temperature": "HI"}}, "hors_echelle"),
        ({"hors_echelle": None}, "hors_echelle"),
    ],
)  # fmt: skip
def test_one_measurement_has_one_answer(told: dict[str, object], field: str) -> None:
    assert faulty_fields(a_request(**told)) == {field}


def test_a_word_beside_no_readable_body_adds_no_fault_of_its_own() -> None:
    assert faulty_fields({"age": 4, "sexe": "F", "hors_echelle": {"glycemie": "LO"}}) == {"constantes"}


@pytest.mark.parametrize(("word", "weighed"), [("LO", 0.1), ("HI", 25)])
def test_the_word_of_a_meter_weighs_as_the_end_of_its_range_and_is_never_a_measured_value(word, weighed) -> None:
    patient = parse_patient(a_request(glycemie=None, hors_echelle={"glycemie": word}), load_rulebook())
    assert patient.measured("glycemie") is None
    assert patient.weighed("glycemie") == weighed
    assert patient.weighed("temperature") == 37.0
