"""Of a rule that lists limits by age, the one of this patient's age."""

import pytest

from triage_core.rules.age_bands import limit_at
from triage_core.rules.catalog import load_rulebook
from triage_core.rules.conditions import AllOf, AnyOf, Atom, Condition, Predicate

BOOK = load_rulebook()
RULES = {rule.id: rule for rule in (*BOOK.floor, *(rule for motif in BOOK.motifs for rule in motif.modulators))}
YOUNG, OLD = (
    Atom("age", "moins_de", 1, compare=lambda a, b: a < b),
    Atom("age", "au_moins", 1, compare=lambda a, b: a >= b),
)
HEART, BREATH = Atom("frequence_cardiaque", "plus_de", 160), Atom("frequence_respiratoire", "plus_de", 40)


@pytest.mark.parametrize(
    ("months", "limit"), [(0, 180), (0.9, 180), (1, 160), (23, 160), (24, 130), (119, 130), (120, 120), (179, 120)]
)
def test_the_limit_of_a_fast_heart_is_that_of_the_age(months: float, limit: float) -> None:
    found = limit_at(RULES["enfant__fc_haute"].condition, months / 12)
    assert found is not None and found.limit == limit


@pytest.mark.parametrize(("age", "limit"), [(1, 72), (5, 80), (10, 90), (0.9, None), (10.5, None)])
def test_the_limit_of_a_formula_is_counted_at_the_age(age: float, limit: float | None) -> None:
    found = limit_at(RULES["enfant__pas_1_10_ans"].condition, age)
    assert (None if found is None else (found.measure, found.word, found.limit)) == (
        None if limit is None else ("pression_systolique", "au_plus", limit)
    )


def test_an_age_that_no_band_holds_has_no_limit() -> None:
    assert limit_at(RULES["enfant__bradycardie"].condition, 5) is None


@pytest.mark.parametrize(
    "condition",
    [
        None,
        HEART,
        AllOf((YOUNG, HEART)),
        AnyOf((AllOf((YOUNG, HEART)),)),
        AnyOf((AllOf((YOUNG, HEART)), HEART)),
        AnyOf((AllOf((YOUNG, HEART)), AllOf((OLD, BREATH)))),
        AnyOf((AllOf((YOUNG, HEART)), AllOf((HEART,)))),
        AnyOf((AllOf((YOUNG, HEART)), AllOf((OLD, HEART, BREATH)))),
        AnyOf((AllOf((YOUNG, HEART)), AllOf((OLD, Predicate("pas_sous_70_plus_2_age"), HEART)))),
    ],
)
def test_what_is_no_list_of_limits_by_age_is_left_as_it_is(condition: Condition | None) -> None:
    assert limit_at(condition, 0.5) is None
