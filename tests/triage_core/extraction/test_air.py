"""Of several saturations the one on room air counts, whatever the order; the one with oxygen stays visible."""

import pytest

from tests.triage_core.extraction.reading import read
from triage_core.extraction.result import Reason


@pytest.mark.parametrize(
    ("note", "counts"),
    [
        ("F 70 dyspnée sat 84 AA puis 92 sous 3L FR 22 FC 98", 84),
        ("F 70 dyspnée sat 92 sous 3L puis 84 AA", 84),
        ("sat 92 sous 3L, sat 84 AA", 84),
        ("sat 84 AA, sat 92 sous O2 3L", 84),
        ("sat 84 en air ambiant, remonte à 95 sous MHC 9L", 84),
        ("SpO2 84 AA au départ avec le SMUR, actuellement 93 sous MHC 9L", 84),
        ("sat 84 (AA) puis 92 sous 3L", 84),
        ("AA : sat 84 puis 92 sous 3L", 84),
        ("sat 84 AA puis 92 sous 3L puis 88 AA", 88),
        ("sat 84 AA puis 88 AA", 88),
        ("sat 84 AA puis 92", 84),
        ("sat 94 AA puis 86 sous 3L", 86),
        ("sat 92 sous 3L", 92),
        ("sat 88 puis 93 sous 3L", 93),
    ],
)
def test_the_saturation_on_room_air_counts_unless_oxygen_leaves_a_worse_one(note: str, counts: float) -> None:
    assert read(note).values["saturation_oxygene"].value == counts


@pytest.mark.parametrize(
    ("note", "left"),
    [
        ("dyspnée sat 84 AA puis 92 sous 3L FR 22", "puis 92 sous 3L"),
        ("dyspnée sat 84 AA, sat 92 sous MHC 9 L/min, FR 22", "sat 92 sous MHC 9 L/min"),
        ("dyspnée sat 84 AA puis 92, sous surveillance", "puis 92"),
    ],
)
def test_the_one_with_oxygen_stays_visible_with_its_litres(note: str, left: str) -> None:
    found = read(note)
    assert (left, Reason.AMBIGUOUS) in [(one.text, one.reason) for one in found.unparsed]
    assert found.values["saturation_oxygene"].source == "sat 84 AA"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sat 95 sous MHC 9L, en AA 84, FR 24", 84),
        ("sat 99 sous O2 15 L, en air ambiant 82", 82),
        ("sat 96 sous VNI 50%, AA 80", 80),
        ("sat 84 AA 92 sous 3L", 84),
        ("sat 97 AA FC 80", 97),
    ],
)
def test_the_air_may_be_told_before_the_number(text: str, value: float) -> None:
    assert read(text).values["saturation_oxygene"].value == value
