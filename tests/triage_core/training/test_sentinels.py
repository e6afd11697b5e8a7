"""The sentinel cases are critical visits of every kind that the rules alone mostly do not see."""

from collections import Counter

import pytest

from triage_core.features import VITALS
from triage_core.patient import Patient
from triage_core.quality import QualityGrade, assess_quality
from triage_core.rules.catalog import load_rulebook
from triage_core.rules.engine import apply_rules
from triage_core.training.sentinels import load_sentinels

SENTINELS = load_sentinels()
CASES = SENTINELS.frame.to_dict("records")


def as_patient(case: dict[str, object]) -> Patient:
    vitals = {vital.name: case[vital.name] for vital in VITALS if case[vital.name] == case[vital.name]}
    return Patient.model_validate({k: case[k] for k in ("age", "sexe", "motif_id")} | {"constantes": vitals})


@pytest.mark.parametrize("place", range(len(CASES)), ids=[str(case["case_id"]) for case in CASES])
def test_each_case_is_a_valid_visit_and_the_rules_say_what_its_file_says(place: int) -> None:
    patient, book = as_patient(CASES[place]), load_rulebook()
    motif = book.motif(patient.motif_id or "")
    assert motif is not None
    level = apply_rules(patient, motif, book).level
    is_rouge = level is not None and level.gravity == "ROUGE"
    assert is_rouge is bool(SENTINELS.is_rouge_by_rules[place])
    assert assess_quality(patient).grade is QualityGrade.HIGH or is_rouge


def test_there_are_sixty_and_more_that_no_rule_sees_and_some_that_rules_do() -> None:
    assert (~SENTINELS.is_rouge_by_rules).sum() >= 60
    assert SENTINELS.is_rouge_by_rules.sum() >= 10
    assert len({case["case_id"] for case in CASES}) == len(CASES)


def test_every_kind_of_danger_and_every_age_is_there() -> None:
    families = Counter(SENTINELS.families)
    assert len(families) >= 15
    assert min(families.values()) >= 2
    ages = SENTINELS.frame["age"]
    assert ((ages < 2).sum() >= 3, (ages < 15).sum() >= 8, (ages > 75).sum() >= 15) == (True, True, True)
