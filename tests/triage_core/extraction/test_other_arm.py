"""Of the pressures of two arms the first counts; the other is no reason for coming and stays visible."""

import pytest

from tests.triage_core.extraction.reading import read
from triage_core.extraction.result import Reason


@pytest.mark.parametrize(
    ("note", "left"),
    [
        ("TA droite 15/8 gauche 11/7 douleur dos déchirante", "gauche 11/7"),
        ("TA bras droit 15/8 bras gauche 11/7 douleur dos déchirante", "bras gauche 11/7"),
        ("TA D 15/8 G 11/7 douleur dos déchirante", "G 11/7"),
        ("TA 15/8 à droite, 11/7 à gauche, douleur dos déchirante", "à droite, 11/7 à gauche"),
    ],
)
def test_the_pressure_of_the_other_arm_stays_visible(note: str, left: str) -> None:
    found = read(note)
    assert found.values["pression_systolique"].value == 150
    assert found.values["motif_consultation"].source == "douleur dos déchirante"
    assert (left, Reason.AMBIGUOUS) in [(one.text, one.reason) for one in found.unparsed]


@pytest.mark.parametrize(
    "note", ["TA 15/8 G 15", "TA 15/8, genou G 6/10", "TA 15/8 à droite", "TA 15/8 d 3 jours", "TA 15/8, 11/7"]
)
def test_a_side_without_a_pressure_and_a_pressure_without_a_side_are_no_other_arm(note: str) -> None:
    found = read(note)
    assert found.values["pression_systolique"].value == 150
    assert Reason.AMBIGUOUS not in {left.reason for left in found.unparsed}
