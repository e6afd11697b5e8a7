"""Quality counts what is missing and nothing else."""

import pytest

from tests.builders import a_patient
from triage_core.quality import QualityGrade, assess_quality


@pytest.mark.parametrize(
    ("missing", "grade"),
    [
        ([], "high"),
        (["glycemie"], "high"),  # optional features do not count
        (["glasgow"], "medium"),
        (["echelle_douleur"], "medium"),
        (["echelle_douleur", "glasgow"], "medium"),
        (["temperature"], "low"),
        (["temperature", "glasgow", "echelle_douleur"], "low"),
        (["temperature", "saturation_oxygene"], "low"),
        (["temperature", "saturation_oxygene", "pression_diastolique"], "insufficient"),
    ],
)
def test_a_grade_follows_what_is_missing(missing: list[str], grade: str) -> None:
    quality = assess_quality(a_patient(**dict.fromkeys(missing)))
    assert quality.grade.value == grade
    assert set(quality.missing) == set(missing) - {"glycemie"}


def test_what_is_missing_stands_in_table_order_required_first() -> None:
    quality = assess_quality(a_patient(glasgow=None, temperature=None, frequence_cardiaque=None))
    assert quality.missing == ("frequence_cardiaque", "temperature", "glasgow")


def test_a_strange_value_is_not_a_missing_one() -> None:
    assert assess_quality(a_patient(temperature=44, frequence_cardiaque=340)).grade is QualityGrade.HIGH


@pytest.mark.parametrize(("grade", "cap"), [("high", 1), ("medium", 0.8), ("low", 0.5), ("insufficient", 0)])
def test_each_grade_has_its_highest_confidence(grade: str, cap: float) -> None:
    assert QualityGrade(grade).cap == cap
