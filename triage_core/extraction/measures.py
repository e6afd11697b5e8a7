"""Reads the labelled numbers of a note: vital signs and measures, each checked against its hard bounds."""

from dataclasses import replace

from triage_core.extraction.later import read_later
from triage_core.extraction.measured import Measured, checked, fahrenheit_at
from triage_core.extraction.note import Note
from triage_core.extraction.numbers import Number, Refusal, after_links, is_of_something_else, read_number
from triage_core.extraction.pressure import read_pressure
from triage_core.extraction.result import Reason
from triage_core.extraction.sides import is_bare_age, is_no_glasgow
from triage_core.extraction.unlabelled import read_unlabelled
from triage_core.extraction.vocabulary import Sign

_OFF_THE_SCALE = frozenset({"hi", "lo", "high", "low"})


def read_measure(note: Note, place: int) -> Measured | Refusal | None:
    """What is said at this token; ``None`` when it is no label or its number is of something else."""
    found = note.words.labels.at(note.tokens, place)
    if found is None:
        return read_unlabelled(note, place)
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
        return Refusal(links.refusal, read.end, tuple(() if isinstance(read, Refusal) else read.values))
    if read is None or isinstance(read, Refusal):
        return read
    return Measured(read.values, place, read.end, read.converted_from)


def _labelled(note: Note, name: str, place: int, length: int) -> Measured | Refusal | None:
    sign = note.words.signs[name]
    links = after_links(note, place + length, sign)
    if (fahrenheit := fahrenheit_at(note, name, links.end, place)) is not None:
        return Refusal(links.refusal, fahrenheit.end) if links.refusal is not None else fahrenheit
    if note.word(links.end) in _OFF_THE_SCALE and (later := read_later(note, (name,), links.end + 1)) is not None:
        return replace(later, start=place)  # « dextro LO puis 0,71 »
    number = read_number(note, links.end, sign)
    if name == "temperature" and _is_cut_in_two(note, links.end, sign):
        return Refusal(Reason.AMBIGUOUS, links.end + 2)
    is_weak = (name, note.word(place)) in note.words.weak or bool(note.has("etiquettes.isolees", place))
    if number is None or (is_weak and isinstance(number, Refusal) and number.reason is not Reason.ELSEWHERE):
        return None
    if links.refusal is not None:
        return Refusal(links.refusal, number.end, (name,))
    if isinstance(number, Refusal):
        return replace(number, of=(name,))
    with_decimals = name == "temperature" and number.value != int(number.value)  # « T 29,8 » is no vertebra
    if is_weak and sign.between and not (with_decimals or sign.between[0] <= number.value <= sign.between[1]):
        return None
    if _needs_its_scale(note, place, number) or (sign.needs_unit and not number.has_unit):
        return None
    return checked(note, name, place, number)


def _is_cut_in_two(note: Note, place: int, sign: Sign) -> bool:
    """« 38 8 » : a whole temperature and a lone digit that counts nothing we know."""
    value = note.tokens[place].value if note.is_number(place) else None
    low, high = sign.between or (0, 0)
    if value is None or not low <= value <= high or value != int(value):
        return False
    digit = note.is_number(place + 1) and len(note.word(place + 1)) == 1 and not note.is_glued(place + 1)
    return digit and note.word(place + 2) != "/" and not is_of_something_else(note, place + 2)


def _is_no_label(note: Note, place: int, length: int) -> bool:
    if len(note.word(place)) == 1 and note.is_glued(place) and note.is_number(place - 1):
        return True  # « 3G3 » is a number misread, no Glasgow
    before = note.is_number(place - 1) and note.is_free(place - 1) and not is_bare_age(note, place - 1)
    if length == 1 and before and note.has("etiquettes.pas_apres_un_nombre", place):
        return True
    return length == 1 and bool(note.has("etiquettes.isolees", place)) and is_no_glasgow(note, place)


def _needs_its_scale(note: Note, place: int, number: Number) -> bool:
    """« en » is a preposition unless it is written EN behind a border, or its number is over ten."""
    if not note.has("etiquettes.notees", place) or number.has_unit:
        return False
    written, before = note.written(place), note.written(place - 1)
    return not (written.isupper() and (note.is_isolated(place) or not before.isupper()))
