"""Turns what a nurse types into canonical numbers, and says aloud what it understood.

A browser's own number field reads ``1,2`` as 12 in some languages; here the raw text is read once, on the server.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from triage_core.features import BY_NAME, MMOL_PER_G_GLUCOSE, Interval, is_implausible, soft_bounds
from triage_core.patient import METER_FEATURES, METER_WORDS, NonMesure

FAHRENHEIT = (90.0, 115.0)
FORGOTTEN_COMMA = (300.0, 430.0)  # 385 typed for 38,5
CMHG_BELOW = 31.0  # 12/8 means 120/80
GLUCOSE_UNIT_DOUBT = (2.0, 25.0)  # a plausible glucose in mmol/L, an alarming one in g/L

_NUMBER = re.compile(r"(-?[0-9]+)(?:[.,°]([0-9]+))?°?")
_UNIT = re.compile(r"\s*(?:%|°?c|/\s*min|bpm|/mn|mmhg|g/l|g|/\s*10|/\s*15|h|heures?|l/min|% du poids|mmol/l)$")
_PRESSURE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(?:/|-|\s)\s*([0-9]+(?:[.,][0-9]+)?)")
_AGE_PART = re.compile(
    r"([0-9]+(?:[.,][0-9]+)?)\s*(ans?|years?|y|a|mois|months?|m|semaines?|weeks?|sem|wks?|w|jours?|days?|j|d)?\s*"
)
_UNMEASURABLE = ("nm", "non mesurable", "imprenable", "unmeasurable", "not measurable")
_REFUSED = ("r", "refus", "refuse", "refusé", "refused", "refusal")
NON_MESURES: Mapping[str, NonMesure] = MappingProxyType(
    dict.fromkeys(_UNMEASURABLE, "non_mesurable") | dict.fromkeys(_REFUSED, "refus")  # type: ignore[arg-type]
)
PRESSURES = ("pression_systolique", "pression_diastolique")
Answer = Literal["non_mesurable", "refus", "LO", "HI"]
_YEARS_PER = {"a": 1.0, "y": 1.0, "m": 1 / 12, "s": 7 / 365.25, "w": 7 / 365.25, "j": 1 / 365.25, "d": 1 / 365.25}


class Fault(StrEnum):
    """Why a text gives no value that may be used."""

    NOT_UNDERSTOOD = "not_understood"
    OUT_OF_BOUNDS = "out_of_bounds"
    NOT_AN_INTEGER = "not_an_integer"
    CONVERT = "convert"  # a unit slip: only the proposal may be used
    CONFIRM = "confirm"  # plausible only once the nurse has confirmed it
    REPEATED = "repeated"  # the same number as another field's: typed twice, or so once she has confirmed it


@dataclass(frozen=True)
class Reading:
    """What one text was understood as: ``None`` without a fault means *not measured*.

    ``answer`` is what was said in place of a number. ``bounds`` are those shown with the fault; ``proposal`` is a text
    that replaces the field in one click; ``same_as`` names the field, or ``previous`` patient, that it repeats.
    """

    name: str
    text: str
    value: float | None = None
    fault: Fault | None = None
    bounds: Interval | None = None
    proposal: str | None = None
    answer: Answer | None = None
    same_as: str | None = None


def read_number(name: str, text: str, age: float | None = None) -> Reading:
    """Read one feature in its canonical unit; decimals may be written ``38,5``, ``38.5`` or ``36°9``.

    ``NM`` and ``refus`` are answers without a value, so are the words ``LO`` and ``HI`` of a glucose meter.
    """
    typed = _plain(text)
    answer = _answer(name, typed)
    if not typed or answer is not None:
        return Reading(name, text, answer=answer)
    if name == "glycemie" and typed.endswith(("mmol/l", "mmol")):
        return _from_mmol(text, typed)
    number = _number(_UNIT.sub("", typed))
    if number is None:
        return Reading(name, text, fault=Fault.NOT_UNDERSTOOD, bounds=BY_NAME[name].hard)
    slip = _unit_slip(name, number)
    if slip is not None:
        return Reading(name, text, fault=Fault.CONVERT, bounds=BY_NAME[name].hard, proposal=slip)
    return _checked(name, text, number, age, has_unit=typed.endswith(("g/l", "g")))


def read_pressure(text: str, age: float | None = None) -> tuple[Reading, Reading]:
    """Read ``120/80`` as systolic and diastolic; a lone number is the systolic.

    ``12/8`` is not converted silently, 120/80 is proposed; a real pressure that low is typed with ``mmHg``.
    ``NM`` and ``refus`` answer for both, ``90/NM`` for the diastolic alone.
    """
    plain = _plain(text)
    high, _, low = plain.rpartition("/")
    if (answer := _answer(PRESSURES[0], plain)) is not None:
        return Reading(PRESSURES[0], text, answer=answer), Reading(PRESSURES[1], text, answer=answer)
    if high and (answer := _answer(PRESSURES[1], low.strip())) is not None:
        return read_pressure(high, age)[0], Reading(PRESSURES[1], text, answer=answer)
    return _read_two_pressures(text, plain, age)


def _read_two_pressures(text: str, plain: str, age: float | None) -> tuple[Reading, Reading]:
    names = PRESSURES
    typed = re.sub(r"\s*(mmhg|cmhg)$", "", plain)
    if not typed:
        return Reading(names[0], text), Reading(names[1], "")
    both = _PRESSURE.fullmatch(typed)
    parts = both.groups() if both else (typed,)
    numbers = [_number(part) for part in parts]
    if None in numbers:
        return Reading(names[0], text, fault=Fault.NOT_UNDERSTOOD, bounds=BY_NAME[names[0]].hard), Reading(names[1], "")
    values = [number for number in numbers if number is not None]
    if 0 < values[0] < CMHG_BELOW and values[-1] <= values[0] and not plain.endswith("mmhg"):
        proposal = "/".join(f"{value * 10:.0f}" for value in values)
        return Reading(names[0], text, fault=Fault.CONVERT, proposal=proposal), Reading(names[1], "")
    if len(values) == 1:
        return _checked(names[0], text, values[0], age), Reading(names[1], "")
    return _checked(names[0], text, values[0], age), _checked(names[1], text, values[1], age)


def read_age(text: str) -> Reading:
    """Read ``65``, ``65 ans``, ``18 mois``, ``2 ans 6 mois``, ``10 jours`` or ``3 wk`` as years."""
    typed = _plain(text)
    if not typed:
        return Reading("age", text)
    if _AGE_PART.sub("", typed):
        return Reading("age", text, fault=Fault.NOT_UNDERSTOOD, bounds=BY_NAME["age"].hard)
    parts = _AGE_PART.findall(typed)
    if len(parts) > 1 and not all(unit for _, unit in parts):
        return Reading("age", text, fault=Fault.NOT_UNDERSTOOD, bounds=BY_NAME["age"].hard)
    years = sum(float(number.replace(",", ".")) * _YEARS_PER[(unit or "a")[0]] for number, unit in parts)
    return _checked("age", text, round(years, 4), None)


def write_age(years: float) -> str:
    """An age as a nurse would type it, for ``read_age`` to read: years, months or days."""
    months = round(12 * years, 2)
    if years >= 2 and years == int(years):
        return f"{int(years)}"
    if abs(months - round(months)) < 0.01 and months >= 1:
        return f"{int(years)} ans {round(months) - 12 * int(years)} mois" if years >= 2 else f"{round(months)} mois"
    return f"{round(years * 365.25)} jours"


def _answer(name: str, typed: str) -> Answer | None:
    if name in METER_FEATURES and typed in METER_WORDS:
        return METER_WORDS[typed]
    return NON_MESURES.get(typed)


def _plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f\u2009]", " ", text).strip().lower().replace("º", "°")


def _number(typed: str) -> float | None:
    match = _NUMBER.fullmatch(typed.strip())
    if match is None:
        return None
    whole, decimals = match.groups()
    return float(f"{whole}.{decimals or 0}")


def _from_mmol(text: str, typed: str) -> Reading:
    number = _number(re.sub(r"\s*mmol(/l)?$", "", typed))
    if number is None:
        return Reading("glycemie", text, fault=Fault.NOT_UNDERSTOOD, bounds=BY_NAME["glycemie"].hard)
    return Reading("glycemie", text, fault=Fault.CONVERT, proposal=_grams(number))


def _grams(mmol: float) -> str:
    return f"{round(mmol / MMOL_PER_G_GLUCOSE, 3):g} g/L".replace(".", ",")


def _unit_slip(name: str, number: float) -> str | None:
    if name == "temperature" and FAHRENHEIT[0] <= number <= FAHRENHEIT[1]:
        return f"{(number - 32) / 1.8:.1f}".replace(".", ",")
    if name == "temperature" and FORGOTTEN_COMMA[0] <= number <= FORGOTTEN_COMMA[1]:
        return f"{number / 10:.1f}".replace(".", ",")
    if name == "saturation_oxygene" and 0 < number <= 1:
        return f"{number * 100:.0f}"
    return None


def _checked(name: str, text: str, number: float, age: float | None, has_unit: bool = False) -> Reading:
    feature = BY_NAME[name]
    if not feature.hard[0] <= number <= feature.hard[1]:
        return Reading(name, text, fault=Fault.OUT_OF_BOUNDS, bounds=feature.hard)
    if feature.is_integer and number != int(number):
        return Reading(name, text, fault=Fault.NOT_AN_INTEGER, bounds=feature.hard)
    value = int(number) if number == int(number) else number
    if name == "glycemie" and not has_unit and GLUCOSE_UNIT_DOUBT[0] <= number <= GLUCOSE_UNIT_DOUBT[1]:
        return Reading(name, text, value, Fault.CONFIRM, feature.soft, _grams(number))
    if is_implausible(name, number, age):
        return Reading(name, text, value, Fault.CONFIRM, soft_bounds(name, age))
    return Reading(name, text, value)
