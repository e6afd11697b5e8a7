"""The two scales, their order and their delays."""

import pytest

from triage_core.levels import RAISED_LEVEL, FrenchLevel, Gravity, most_urgent


@pytest.mark.parametrize(
    ("level", "gravity", "physician", "nurse"),
    [
        ("1", "ROUGE", 0, 0),
        ("2", "ROUGE", 20, 10),
        ("3A", "JAUNE", 60, None),
        ("3B", "JAUNE", 90, None),
        ("4", "VERT", 120, None),
        ("5", "GRIS", 240, None),
    ],
)
def test_each_level_has_its_gravity_and_its_delays(level: str, gravity: str, physician: int, nurse: int | None) -> None:
    french = FrenchLevel(level)
    assert (french.gravity.value, french.physician_delay_min, french.nurse_delay_min) == (gravity, physician, nurse)


def test_levels_and_gravities_run_from_least_to_most_urgent() -> None:
    by_urgency = sorted(FrenchLevel, key=lambda level: level.rank)
    assert [level.value for level in by_urgency] == ["5", "4", "3B", "3A", "2", "1"]
    assert [g.value for g in sorted(Gravity, key=lambda g: g.rank)] == ["GRIS", "VERT", "JAUNE", "ROUGE"]


def test_the_most_urgent_of_some_levels_and_none_of_none() -> None:
    assert most_urgent([FrenchLevel.L4, FrenchLevel.L3A, FrenchLevel.L3B]) is FrenchLevel.L3A
    with pytest.raises(ValueError, match="empty"):
        most_urgent([])


def test_a_gravity_raised_by_the_model_never_leads_to_level_1() -> None:
    assert {g.value: level.value for g, level in RAISED_LEVEL.items()} == {"ROUGE": "2", "JAUNE": "3B", "VERT": "4"}
