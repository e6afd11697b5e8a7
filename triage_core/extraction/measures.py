"""Reads the labelled numbers of a note: vital signs and measures, each checked against its hard bounds."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage_core.extraction.note import Note
from triage_core.extraction.numbers import Number, Refusal, after_links, is_later_measure, read_number
from triage_core.extraction.pressure import read_pressure
from triage_core.extraction.result import Reason
from triage_core.features import BY_NAME

GRAMS_WITHOUT_UNIT = 6.0  # above, a glucose without its unit may as well be in mmol/L
CERTAINLY_MMHG = 60  # no day and no month
FEVER = (35.0, 43.0)


@dataclass(frozen=True)
class Measured:
    """What one label gave: canonical values, where their words start and end, what was written in another unit."""

    values: Mapping[str, float]
    start: int
    end: int
    converted_from: str | None = None


def read_measure(note: Note, place: int) -> Measured | Refusal | None:
    """What is said at this token; ``None`` when it is no label or its number is of something else."""
    found = note.words.labels.at(note.tokens, place)
    if found is None:
        return _unlabelled(note, place)
    name, length = found
    if name == "autre" or _is_no_label(note, place, length):
        return None
    if name in {"pression", "systolique", "diastolique"}:
        return _pressure(note, name, place, length)
    return _labelled(note, name, place, length)


def _pressure(note: Note, name: str, place: int, length: int) -> Measured | Refusal | None:
    links = after_links(note, place + length)
    read = read_pressure(note, links.end, name)
    if links.refusal is not None and read is not None:
        return Refusal(links.refusal, read.end)
    if read is None or isinstance(read, Refusal):
        return read
    return Measured(read.values, place, read.end, read.converted_from)


def _labelled(note: Note, name: str, place: int, length: int) -> Measured | Refusal | None:
    sign = note.words.signs[name]
    links = after_links(note, place + length, sign)
    if (fahrenheit := _fahrenheit(note, name, links.end, place)) is not None:
        return Refusal(links.refusal, fahrenheit.end) if links.refusal is not None else fahrenheit
    number = read_number(note, links.end, sign)
    is_weak = (name, note.word(place)) in note.words.weak or bool(note.has("etiquettes.isolees", place))
    if number is None or (is_weak and isinstance(number, Refusal)):
        return None
    if links.refusal is not None:
        return Refusal(links.refusal, number.end)
    if isinstance(number, Refusal):
        return number
    if is_weak and sign.between and not sign.between[0] <= number.value <= sign.between[1]:
        return None
    if _needs_its_scale(note, place, number) or (sign.needs_unit and not number.has_unit):
        return None
    return checked(note, name, place, number)


def _fahrenheit(note: Note, name: str, place: int, start: int) -> Measured | None:
    """Degrees Fahrenheit: the one unit that is no multiple of ours."""
    unit = note.has("fahrenheit.unites", place + 1)
    value = note.tokens[place].value if note.is_number(place) else None
    if name != "temperature" or not unit or value is None or note.is_number(place + 1 + unit):
        return None
    celsius = round((value - 32) / 1.8, 1)
    low, high = BY_NAME[name].hard
    end = place + 1 + unit
    return Measured({name: celsius}, start, end, note.source(place, end)) if low <= celsius <= high else None


def checked(note: Note, name: str, start: int, number: Number) -> Measured | Refusal:
    """The number as a value of this feature, or why it cannot be one."""
    value, converted = number.value, number.converted
    if name == "saturation_oxygene" and 0 < value <= 1 and not number.has_unit:
        value, converted = value * 100, True
    if name == "glycemie" and not number.has_unit and value > GRAMS_WITHOUT_UNIT:
        return Refusal(Reason.AMBIGUOUS, number.end)
    feature = BY_NAME[name]
    if converted:
        value = round(value, max(feature.decimals, 1)) if name != "glycemie" else round(value, 2)
    if not feature.hard[0] <= value <= feature.hard[1] or (feature.is_integer and value != int(value)):
        return Refusal(Reason.OUT_OF_BOUNDS, number.end)
    written = note.source(number.start, number.end) if converted else None
    return Measured({name: value}, start, number.end, written)


def read_later(note: Note, first: Measured) -> Measured | None:
    """The measure that replaces this one: « 80/40 puis 100/60 », « EVA 8 -> 3 »."""
    name = next(iter(first.values))
    is_pressure = name.startswith("pression")
    told = first.end + _clock(note, first.end)
    told += note.word(told) == ","
    marker = note.has("liens.suite_mesures", told)
    timed_pair = is_pressure and told > first.end and note.word(told + 1) == "/" and _clock(note, told + 3)
    if not marker and not timed_pair:
        return None
    place = after_links(note, told + marker).end
    if is_pressure:
        part = "pression" if len(first.values) > 1 or name == "pression_systolique" else "diastolique"
        read = read_pressure(note, place, part)
        return (
            None
            if read is None or isinstance(read, Refusal)
            else Measured(read.values, place, read.end, read.converted_from)
        )
    number = read_number(note, place, note.words.signs[name])
    if number is None or isinstance(number, Refusal) or not (number.has_unit or is_later_measure(note, number.end)):
        return None
    later = checked(note, name, place, number)
    return None if isinstance(later, Refusal) else later


def _clock(note: Note, place: int) -> int:
    """« à 10 h », « à 14h30 »."""
    if note.word(place) != "a" or not note.is_number(place + 1) or note.word(place + 2) != "h":
        return 0
    return 4 if note.is_number(place + 3) and note.is_glued(place + 3) else 3


def _is_no_label(note: Note, place: int, length: int) -> bool:
    if len(note.word(place)) == 1 and note.is_glued(place) and note.is_number(place - 1):
        return True  # « 3G3 » is a number misread, no Glasgow
    before = note.is_number(place - 1) and note.is_free(place - 1)
    if length == 1 and before and note.has("etiquettes.pas_apres_un_nombre", place):
        return True
    spaced = not note.is_glued(place + 1)
    return bool(note.has("etiquettes.isolees", place)) and length == 1 and spaced and not note.is_isolated(place)


def _needs_its_scale(note: Note, place: int, number: Number) -> bool:
    """« en » is a preposition unless it is written EN behind a border, or its number is over ten."""
    if not note.has("etiquettes.notees", place) or number.has_unit:
        return False
    written, before = note.written(place), note.written(place - 1)
    return not (written.isupper() and (note.is_isolated(place) or not before.isupper()))


def _unlabelled(note: Note, place: int) -> Measured | Refusal | None:
    """A number that its unit names: « 110 bpm », « 38°5 », « 94 % AA », « 7/10 » of a pain, « 120/80 »."""
    if note.word(place) in {"e", "y"} and note.is_number(place + 1):
        return _by_answers(note, place)
    if not note.is_number(place) or (note.is_glued(place) and note.is_word(place - 1)):
        return None
    return (
        _by_lone_unit(note, place) or _by_air(note, place) or _by_degrees(note, place) or _by_pain(note, place)
        or _by_pressure(note, place)
    )  # fmt: skip


def _by_answers(note: Note, place: int) -> Measured | None:
    """« E4V5M6 », « Y4 V5 M6 »: the three answers of the Glasgow scale, added."""
    if (note.word(place + 2), note.word(place + 4)) != ("v", "m"):
        return None
    answers = [note.tokens[at].value if note.is_number(at) else None for at in (place + 1, place + 3, place + 5)]
    known = [value for value in answers if value is not None]
    best = (4, 5, 6)
    if len(known) < 3 or any(not 1 <= value <= most for value, most in zip(known, best, strict=True)):
        return None
    return Measured({"glasgow": sum(known)}, place, place + 6, note.source(place, place + 6))


def _by_lone_unit(note: Note, place: int) -> Measured | Refusal | None:
    found = note.words.lone_units.at(note.tokens, place + 1)
    if found is None:
        return None
    number = read_number(note, place, note.words.signs[found[0]])
    return checked(note, found[0], place, number) if isinstance(number, Number) else number


def _by_air(note: Note, place: int) -> Measured | Refusal | None:
    name = "saturation_oxygene"
    sign = note.words.signs[name]
    percent = 1 if note.word(place + 1) == "%" else 0
    if sign.suffixes.at(note.tokens, place + 1 + percent) is None:
        return None
    number = read_number(note, place, sign)
    if not isinstance(number, Number) or number.value < 50:
        return None
    return checked(note, name, place, number)


def _by_degrees(note: Note, place: int) -> Measured | Refusal | None:
    sign = note.words.signs["temperature"]
    after = place + 1
    if note.word(after) == "de" and note.word(after + 1) in note.words.of_fever:
        value = note.tokens[place].value
        return (
            checked(note, "temperature", place, Number(value, place, after + 2))
            if value and FEVER[0] <= value <= FEVER[1]
            else None
        )
    if note.word(after) != "°" and not (note.word(after) == "c" and not note.is_number(after + 1)):
        return _fahrenheit(note, "temperature", place, place) if note.word(after) == "°" else None
    if note.has("fahrenheit.unites", after):
        return _fahrenheit(note, "temperature", place, place)
    number = read_number(note, place, sign)
    if not isinstance(number, Number) or not FEVER[0] - 5 <= number.value <= FEVER[1] + 2:
        return None
    return checked(note, "temperature", place, number)


def _by_pain(note: Note, place: int) -> Measured | Refusal | None:
    over_ten = note.word(place + 1) == "/" and note.word(place + 2) == "10"
    if not over_ten or note.word(place - 1) in {"le", "du", "depuis", "au", "dep", "rdv"}:
        return None
    start = max(note.clause_start(place), place - 8)
    if not any(note.word(at) in note.words.plain["douleur"] for at in range(start, place)):
        return None
    number = read_number(note, place, note.words.signs["echelle_douleur"])
    return checked(note, "echelle_douleur", place, number) if isinstance(number, Number) else None


def _by_pressure(note: Note, place: int) -> Measured | Refusal | None:
    """« 120/80 » cannot be a date; « 14/9 » can, and is left unless its unit or « de tension » is said."""
    of_tension = any(note.word(at) == "de" and note.word(at + 1) in {"tension", "ta"} for at in (place + 1, place + 3))
    if (note.word(place + 1) != "/" and not of_tension) or note.word(place - 1) in {"/", "-"}:
        return None
    read = read_pressure(note, place, "pression")
    if read is None or isinstance(read, Refusal) or (len(read.values) < 2 and not of_tension):
        return None
    value = note.tokens[place].value or 0
    if value < CERTAINLY_MMHG and not of_tension and not read.has_unit:
        return None
    return Measured(read.values, place, read.end + 2 * of_tension, read.converted_from)
