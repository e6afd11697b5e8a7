"""Every example written in the rule files, and the promise that they stand on both sides of every limit."""

from collections.abc import Iterator

import pytest

from triage_core.rules.catalog import Example, Rule, load_rulebook
from triage_core.rules.conditions import AllOf, AnyOf, Atom, Condition, Predicate, Reading, State, read_values
from triage_core.rules.engine import answer_example

BOOK = load_rulebook()
RULES = [*BOOK.floor, *(rule for motif in BOOK.motifs for rule in motif.modulators)]
MEASURABLE = [rule for rule in RULES if rule.condition is not None]


def leaves(condition: Condition) -> Iterator[Atom | Predicate]:
    if isinstance(condition, (AllOf, AnyOf)):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def reading(example: Example) -> Reading:
    return Reading(read_values(dict(example.values), example.age))


CASES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in MEASURABLE
    for number, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_rule_answers_its_example_as_its_author_expects(rule: Rule, example: Example) -> None:
    assert answer_example(rule, example) is example.expected


@pytest.mark.parametrize("rule", MEASURABLE, ids=lambda rule: rule.id)
def test_examples_stand_on_both_sides_of_every_limit_of_the_rule(rule: Rule) -> None:
    assert rule.condition is not None
    for leaf in leaves(rule.condition):
        answers = {leaf.answer(reading(example)).state for example in rule.examples}
        assert {State.FIRED, State.NOT_FIRED} <= answers, leaf


@pytest.mark.parametrize("rule", MEASURABLE, ids=lambda rule: rule.id)
def test_a_rule_without_any_measurement_cannot_say_unless_it_asks_only_for_the_age(rule: Rule) -> None:
    assert rule.condition is not None
    only_age = all(isinstance(leaf, Atom) and leaf.measure in ("age", "age_mois") for leaf in leaves(rule.condition))
    unknown = [example for example in rule.examples if example.expected is State.UNKNOWN]
    assert bool(unknown) is not only_age
