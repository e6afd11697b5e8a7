"""A measure as it counts: in its canonical unit, within its hard bounds, with what was written in another unit."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage_core.extraction.note import Note
from triage_core.extraction.numbers import Number, Refusal
from triage_core.extraction.result import Reason
from triage_core.features import BY_NAME

GRAMS_WITHOUT_UNIT = 6.0  # above, a glucose without its unit may as well be in mmol/L


@dataclass(frozen=True)
class Measured:
    """What one label gave: canonical values, where their words start and end, what was written in another unit."""

    values: Mapping[str, float]
    start: int
    end: int
    converted_from: str | None = None


def checked(note: Note, name: str, start: int, number: Number) -> Measured | Refusal:
    """The number as a value of this feature, or why it cannot be one."""
    value, converted = number.value, number.converted
    if name == "saturation_oxygene" and 0 < value <= 1 and not number.has_unit:
        value, converted = value * 100, True
    if name == "glycemie" and not number.has_unit and value > GRAMS_WITHOUT_UNIT:
        return Refusal(Reason.AMBIGUOUS, number.end)
    feature = BY_NAME[name]
    if converted:
        value = round(value, max(feature.decimals, 1)) if name != "glycemie" else round(value, 3)
    if not feature.hard[0] <= value <= feature.hard[1] or (feature.is_integer and value != int(value)):
        return Refusal(Reason.OUT_OF_BOUNDS, number.end)
    written = note.source(number.start, number.end) if converted else None
    return Measured({name: value}, start, number.end, written)


def fahrenheit_at(note: Note, name: str, place: int, start: int) -> Measured | None:
    """Degrees Fahrenheit: the one unit that is no multiple of ours."""
    unit = note.has("fahrenheit.unites", place + 1)
    value = note.tokens[place].value if note.is_number(place) else None
    if name != "temperature" or not unit or value is None or note.is_number(place + 1 + unit):
        return None
    celsius = round((value - 32) / 1.8, 1)
    low, high = BY_NAME[name].hard
    end = place + 1 + unit
    return Measured({name: celsius}, start, end, note.source(place, end)) if low <= celsius <= high else None
