"""Bounds and reference intervals follow the age; plausibility is confirmed, never refused."""

import pytest

from triage_core.features import is_implausible, reference_interval, soft_bounds


@pytest.mark.parametrize(
    ("name", "age", "soft"),
    [
        ("frequence_cardiaque", None, (30, 220)),  # age unknown: adult
        ("frequence_cardiaque", 15, (30, 220)),
        ("frequence_cardiaque", 14.99, (40, 120)),
        ("frequence_cardiaque", 0, (79, 175)),
        ("frequence_cardiaque", 0.25, (95, 189)),  # three months
        ("frequence_cardiaque", 3 / 12, (95, 189)),
        ("temperature", 1, (33, 41.5)),  # as in adults
        ("echelle_douleur", 40, None),
    ],
)
def test_soft_bounds_follow_the_age(name: str, age: float | None, soft: tuple[float, float] | None) -> None:
    assert soft_bounds(name, age) == soft


@pytest.mark.parametrize(
    ("name", "age", "usual"),
    [
        ("frequence_cardiaque", None, (60, 100)),
        ("frequence_cardiaque", 40, (60, 100)),
        ("frequence_cardiaque", 1, (70, 150)),
        ("pression_systolique", 0.49, (55, 115)),
        ("pression_systolique", 0.5, (75, 115)),
        ("temperature", 1, (36.1, 38.0)),
        ("age", 40, None),
    ],
)
def test_reference_intervals_follow_the_age(name: str, age: float | None, usual: tuple[float, float] | None) -> None:
    assert reference_interval(name, age) == usual


@pytest.mark.parametrize(
    ("name", "value", "age", "strange"),
    [
        ("frequence_cardiaque", 220, 40, False),  # both bounds are plausible
        ("frequence_cardiaque", 221, 40, True),
        ("frequence_cardiaque", 29, 40, True),
        ("frequence_cardiaque", 130, 12, True),
        ("frequence_cardiaque", 130, 1, False),
        ("echelle_douleur", 10, 40, False),  # without soft bounds nothing is strange
    ],
)
def test_a_value_beyond_the_soft_bounds_asks_for_a_confirmation(name, value, age, strange) -> None:
    assert is_implausible(name, value, age) is strange
