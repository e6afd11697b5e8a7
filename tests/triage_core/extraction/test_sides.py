"""« G 12 » in the middle of a reason is a Glasgow; a side, a gestity, a dose and a place are none."""

import pytest

from tests.triage_core.extraction.reading import read


@pytest.mark.parametrize(
    ("note", "glasgow", "reason"),
    [
        ("H 45 ivresse aigue G 12 TA 11/7 FC 95 FR 14 sat 95 T 36,2 dextro 0,9 EVA 0", 12, "ivresse aigue"),
        ("H 45 G 12 ivresse", 12, "ivresse"),
        ("femme 45 G 12, ivresse", 12, "ivresse"),
        ("malaise G 14 confus", 14, "malaise"),
        ("trauma crânien G 13", 13, "trauma crânien"),
    ],
)
def test_a_glasgow_is_not_swallowed_by_the_reason(note: str, glasgow: float, reason: str) -> None:
    values = read(note).values
    assert (values["glasgow"].value, values["motif_consultation"].source) == (glasgow, reason)


@pytest.mark.parametrize(
    "note",
    [
        "F 30 G2P1 métrorragies",
        "F 30 G 3 P 2 métrorragies",
        "F 30 G3 P2 métrorragies",
        "métrorragies G 3 P 2",
        "enceinte G 3",
        "douleur épaule G 10 jours",
        "entorse genou externe G 12",
        "plaie main G 5 cm",
        "amox 1 g 12",
        "resucré par G 10 IV",
        "hypoglycémie G 10 %",
        "hypoglycémie G 30",
        "box G 12 toux",
        "chambre G12",
        "ivresse G 12,5",
    ],
)
def test_a_side_a_gestity_a_dose_and_a_place_are_no_glasgow(note: str) -> None:
    assert "glasgow" not in read(note).values
