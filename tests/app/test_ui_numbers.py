"""What the nurse types is what the product reads: one table, readable by a nurse."""

import re

import pytest

from app.ui import texts
from app.ui.numbers import Fault, Reading, read_age, read_number, read_pressure
from app.ui.repeats import mark_repeats
from app.ui.texts import t


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
        ("glycemie", "7,2 mmol/L", "1,297 g/L"),
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
    assert (reading.value, reading.fault, reading.proposal) == (4.2, Fault.CONFIRM, "0,757 g/L")


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
        ("3 sem", 0.0575),
        ("18 months", 1.5),
        ("3 wk", 0.0575),
        ("3 wks", 0.0575),
        ("2 years 6 months", 2.5),
        ("10 d", 0.0274),
        ("0,25", 0.25),
        ("", None),
    ],
)
def test_an_age_is_read_in_years_months_weeks_or_days(text: str, years: float | None) -> None:
    reading = read_age(text)
    assert (reading.value, reading.fault) == (years, None)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("key", ["example.age", "help.answer.numbers"])
def test_every_age_the_screens_give_as_an_example_is_read(
    monkeypatch: pytest.MonkeyPatch, language: str, key: str
) -> None:
    monkeypatch.setattr(texts, "language", lambda: language)
    ages = re.split(r"\s?; ", t(key))[-1].split(", ")
    assert [age for age in ages if read_age(age).fault is not None] == []
    words = {"fr": {"mois", "sem", "jours"}, "en": {"months", "wk", "days"}}[language]
    assert {word for age in ages for word in age.split()[1:]} <= words


@pytest.mark.parametrize("text", ["adulte", "65 66", "3 lunes", "-4"])
def test_an_age_that_is_not_one_is_not_understood(text: str) -> None:
    assert read_age(text).fault is Fault.NOT_UNDERSTOOD


def test_an_impossible_age_is_refused() -> None:
    assert read_age("650").fault is Fault.OUT_OF_BOUNDS


@pytest.mark.parametrize("text", ["NM", "nm", "non mesurable", "Imprenable"])
def test_not_measurable_is_an_answer_and_not_a_number(text: str) -> None:
    reading = read_number("temperature", text)
    assert (reading.value, reading.fault, reading.answer) == (None, None, "non_mesurable")


@pytest.mark.parametrize("text", ["R", "refus", "refusé", "Refuse"])
def test_a_refusal_is_an_answer_and_not_a_number(text: str) -> None:
    assert read_number("echelle_douleur", text).answer == "refus"


@pytest.mark.parametrize(("text", "answer"), [("LO", "LO"), ("lo", "LO"), ("HI", "HI"), ("high", "HI")])
def test_the_words_of_a_glucose_meter_are_answers(text: str, answer: str) -> None:
    reading = read_number("glycemie", text)
    assert (reading.value, reading.fault, reading.answer) == (None, None, answer)


def test_no_other_measure_has_the_words_of_a_meter() -> None:
    assert read_number("temperature", "LO").fault is Fault.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("text", "high", "low"),
    [("NM", (None, "non_mesurable"), (None, "non_mesurable")), ("90/NM", (90, None), (None, "non_mesurable")),
     ("refus", (None, "refus"), (None, "refus"))],
)  # fmt: skip
def test_a_pressure_that_cannot_be_had_is_answered_whole_or_in_part(text: str, high: tuple, low: tuple) -> None:
    systolic, diastolic = read_pressure(text)
    assert ((systolic.value, systolic.answer), (diastolic.value, diastolic.answer)) == (high, low)


def readings(**values: float) -> tuple[Reading, ...]:
    return tuple(read_number(name, f"{value:g}") for name, value in values.items())


def asked(marked: tuple[Reading, ...]) -> list[tuple[str, str | None]]:
    return [(reading.name, reading.same_as) for reading in marked if reading.fault is Fault.REPEATED]


def test_a_pulse_equal_to_the_pressure_or_the_breathing_rate_is_asked_about() -> None:
    assert asked(mark_repeats(readings(frequence_cardiaque=110, pression_systolique=110), {})) == [
        ("frequence_cardiaque", "pression_systolique")
    ]
    assert asked(mark_repeats(readings(frequence_cardiaque=40, frequence_respiratoire=40), {})) == [
        ("frequence_cardiaque", "frequence_respiratoire")
    ]
    assert asked(mark_repeats(readings(frequence_cardiaque=75, pression_systolique=110), {})) == []
    assert asked(mark_repeats(readings(pression_systolique=110), {})) == []


def test_vitals_all_equal_to_the_patient_before_are_asked_about() -> None:
    values = {"frequence_cardiaque": 75, "pression_systolique": 125, "temperature": 37.2, "saturation_oxygene": 98}
    assert asked(mark_repeats(readings(**values), values)) == [("frequence_cardiaque", "previous")]
    assert asked(mark_repeats(readings(**values), values | {"temperature": 37.3})) == []
    assert asked(mark_repeats(readings(frequence_cardiaque=75, temperature=37.2), values)) == []


def test_a_reading_with_a_fault_of_its_own_is_asked_about_once() -> None:
    marked = mark_repeats(readings(frequence_cardiaque=240, pression_systolique=240), {})
    assert [reading.fault for reading in marked if reading.name == "frequence_cardiaque"] == [Fault.CONFIRM]
