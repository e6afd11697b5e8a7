"""Whole cases as a clinician tells them: one TOML file a case, judged by the rules of the real service.

``tri_attendu`` is the level of the rules, which no model may lower; the decision shown is never less urgent.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.triage_core.deciding import service
from triage_core.levels import FrenchLevel

CASES = sorted((Path(__file__).parent / "vignettes").glob("*.toml"))


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_case_is_sorted_as_its_author_expects(path: Path) -> None:
    case = read(path)
    judged = service().judge(case["patient"])
    expected = FrenchLevel(case["tri_attendu"])
    assert judged.rules_level is expected, case["pourquoi"]
    assert judged.decision.provisional is case["provisoire"], case["pourquoi"]
    assert judged.decision.french_level.rank >= expected.rank


def test_the_cases_speak_of_every_level_and_of_children() -> None:
    cases = [read(path) for path in CASES]
    assert len(cases) >= 25
    assert {case["tri_attendu"] for case in cases} == set(FrenchLevel)
    assert sum(case["patient"]["age"] < 15 for case in cases) >= 10
    assert all(case["nom"] and case["pourquoi"] for case in cases)
    assert len({case["nom"] for case in cases}) == len(cases)
