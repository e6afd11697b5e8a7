"""What the nurse types is what the product reads: one table, readable by a nurse."""

import pytest

from app.ui.numbers import Fault, read_age, read_number, read_pressure


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("temperature", "38,5", 38.5),
        ("temperature", "38.5", 38.5),
        ("temperature", "36°9", 36.9),
        ("temperature", "37 °C", 37),
        ("temperature", " 39 ", 39),
        ("frequence_cardiaque", "118/min", 118),
        ("frequence_cardiaque", "0", 0),
        ("saturation_oxygene", "95 %", 95),
        ("saturation_oxygene", "95\u202f%", 95),
        ("echelle_douleur", "7/10", 7),
        ("glasgow", "15/15", 15),
        ("glycemie", "1,2", 1.2),
        ("glycemie", "0,9", 0.9),
        ("glycemie", "2,4 g/L", 2.4),
        ("duree_symptomes_h", "4,5 h", 4.5),
        ("frequence_cardiaque", "", None),
        ("frequence_cardiaque", "   ", None),
    ],
)
def test_a_number_is_read_as_it_is_written_in_france_or_elsewhere(name: str, text: str, value: float | None) -> None:
    reading = read_number(name, text)
    assert reading.value == value
    assert reading.fault in (None, Fault.CONFIRM if text == "0" else None)


@pytest.mark.parametrize("text", ["abc", "12 3", "1,2,3", "--5", "1e3", "٣٨", "nan", "inf", "38,", "12/8/4", "trente"])
def test_what_is_not_understood_gives_no_value(text: str) -> None:
    reading = read_number("temperature", text)
    assert (reading.value, reading.fault) == (None, Fault.NOT_UNDERSTOOD)


@pytest.mark.parametrize(
    ("name", "text"),
    [("saturation_oxygene", "101"), ("saturation_oxygene", "960"), ("temperature", "-5"), ("glasgow", "2")],
)
def test_outside_the_hard_range_nothing_is_read_and_the_range_is_given(name: str, text: str) -> None:
    reading = read_number(name, text)
    assert (reading.value, reading.fault) == (None, Fault.OUT_OF_BOUNDS)
    assert reading.bounds is not None


@pytest.mark.parametrize(
    ("name", "text", "proposal"),
    [
        ("temperature", "385", "38,5"),
        ("temperature", "101", "38,3"),
        ("saturation_oxygene", "0,96", "96"),
        ("glycemie", "7,2 mmol/L", "1,30 g/L"),
    ],
)
def test_a_slip_of_unit_is_proposed_and_never_converted_silently(name: str, text: str, proposal: str) -> None:
    reading = read_number(name, text)
    assert (reading.value, reading.fault, reading.proposal) == (None, Fault.CONVERT, proposal)
    assert read_number(name, proposal).fault is None


def test_a_half_point_of_pain_is_refused() -> None:
    assert read_number("echelle_douleur", "7,5").fault is Fault.NOT_AN_INTEGER


def test_a_glucose_that_could_be_in_mmol_is_asked_about() -> None:
    reading = read_number("glycemie", "4,2")
    assert (reading.value, reading.fault, reading.proposal) == (4.2, Fault.CONFIRM, "0,76 g/L")


def test_a_usual_heart_rate_of_an_infant_is_unusual_for_an_adult_only() -> None:
    assert read_number("frequence_cardiaque", "25", age=40).fault is Fault.CONFIRM
    assert read_number("frequence_cardiaque", "190", age=40).fault is None
    assert read_number("frequence_cardiaque", "60", age=0.1).fault is Fault.CONFIRM


@pytest.mark.parametrize(
    ("text", "systolic", "diastolic"),
    [("120/80", 120, 80), ("120 / 80 mmHg", 120, 80), ("92/55", 92, 55), ("110", 110, None), ("", None, None)],
)
def test_a_pressure_is_read_as_it_is_spoken(text: str, systolic: float | None, diastolic: float | None) -> None:
    high, low = read_pressure(text)
    assert (high.value, low.value, high.fault, low.fault) == (systolic, diastolic, None, None)


@pytest.mark.parametrize(("text", "proposal"), [("12/8", "120/80"), ("12,5/8", "125/80"), ("9", "90")])
def test_centimetres_of_mercury_are_proposed_in_millimetres(text: str, proposal: str) -> None:
    high, low = read_pressure(text)
    assert (high.value, high.fault, high.proposal, low.value) == (None, Fault.CONVERT, proposal, None)


@pytest.mark.parametrize("text", ["douze/huit", "120/", "/80", "120/80/60"])
def test_a_pressure_that_is_not_one_is_not_understood(text: str) -> None:
    assert read_pressure(text)[0].fault is Fault.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("65", 65),
        ("65 ans", 65),
        ("3 mois", 0.25),
        ("18 mois", 1.5),
        ("2 ans 6 mois", 2.5),
        ("10 jours", 0.0274),
        ("3 semaines", 0.0575),
        ("0,25", 0.25),
        ("", None),
    ],
)
def test_an_age_is_read_in_years_months_weeks_or_days(text: str, years: float | None) -> None:
    reading = read_age(text)
    assert (reading.value, reading.fault) == (years, None)


@pytest.mark.parametrize("text", ["adulte", "65 66", "3 lunes", "-4"])
def test_an_age_that_is_not_one_is_not_understood(text: str) -> None:
    assert read_age(text).fault is Fault.NOT_UNDERSTOOD


def test_an_impossible_age_is_refused() -> None:
    assert read_age("650").fault is Fault.OUT_OF_BOUNDS
