"""Numbers without a label that their unit or their form names: « 110 bpm », « 38°5 », « 120/80 », « E4V5M6 »."""

from triage_core.extraction.air import air_before
from triage_core.extraction.measured import Measured, checked, fahrenheit_at
from triage_core.extraction.note import Note
from triage_core.extraction.numbers import Number, Refusal, read_number
from triage_core.extraction.pressure import read_pressure

CERTAINLY_MMHG = 60  # no day and no month
FEVER = (35.0, 43.0)


def read_unlabelled(note: Note, place: int) -> Measured | Refusal | None:
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
    start = air_before(note, place)
    if start is None and sign.suffixes.at(note.tokens, place + 1 + percent) is None:
        return None
    number = read_number(note, place, sign)
    if not isinstance(number, Number) or number.value < 50:
        return None
    return checked(note, name, place if start is None else start, number)


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
        return fahrenheit_at(note, "temperature", place, place) if note.word(after) == "°" else None
    if note.has("fahrenheit.unites", after):
        return fahrenheit_at(note, "temperature", place, place)
    number = read_number(note, place, sign)
    if not isinstance(number, Number) or not FEVER[0] - 5 <= number.value <= FEVER[1] + 2:
        return None
    return checked(note, "temperature", place, number)


def _by_pain(note: Note, place: int) -> Measured | Refusal | None:
    over_ten = note.word(place + 1) in {"/", "sur"} and note.word(place + 2) == "10"
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
