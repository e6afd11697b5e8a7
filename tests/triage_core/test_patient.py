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
