"""Ages told inside a reason."""

import pytest

from triage_core.motifs.ages import AgeRange, said_age


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("homme de 65 ans", 65.0),
        ("nrs 2 mois", 2 / 12),
        ("petit 6a", 6.0),
        ("nouveau-né J4", 4 / 365.25),
        ("bb 3 semaines", 21 / 365.25),
        ("enfant 130 ans", None),
        ("toux depuis 3 semaines", None),
        ("douleur 5 j", None),
        ("enceinte de 32 SA", None),
    ],
)
def test_an_age_is_read_and_a_duration_is_not(text: str, years: float | None) -> None:
    found = said_age(text)
    assert (found and (found.low, found.high)) == (years and pytest.approx((years, years)))


def test_an_infant_without_a_number_is_under_two_and_a_newborn_under_a_month() -> None:
    assert said_age("nourrisson qui vomit") == AgeRange(0.0, 1.9)
    assert said_age("nouveau-né ictérique") == AgeRange(0.0, 0.07)
