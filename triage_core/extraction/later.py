"""The measure that replaces an earlier one of the same: « 80/40 puis 100/60 », « 84 au départ, actuellement 93 »."""

from collections.abc import Collection
from dataclasses import replace

from triage_core.extraction.measured import Measured, checked
from triage_core.extraction.note import Note
from triage_core.extraction.numbers import Refusal, after_links, is_later_measure, read_number
from triage_core.extraction.pressure import read_pressure

_WORDS_BETWEEN = 9  # « SpO2 84 AA au départ avec le SMUR, actuellement 93 »
_SENTENCE_ENDS = frozenset({".", ";", "\n", "!", "?"})


def read_later(note: Note, names: Collection[str], end: int) -> Measured | None:
    """What is told of these features behind token ``end``: a number after « puis » or « ici », or before « ici ».

    Words may stand between, no other number, no other label and no end of a sentence.
    """
    told = end + _clock(note, end)
    told += note.word(told) == ","
    if told > end and note.word(told + 1) == "/" and _clock(note, told + 3) and _is_pressure(names):
        return _pressure(note, names, told)
    for place in range(told, told + _WORDS_BETWEEN + 1):
        if not note.is_free(place) or note.word(place) in _SENTENCE_ENDS:
            return None
        if note.is_number(place):
            later = _number(note, names, place)
            return _whole(note, later) if later is not None and _is_of_now(note, later) else None
        marker = note.has("liens.suite_mesures", place)
        if marker and (later := _number(note, names, after_links(note, place + marker).end)) is not None:
            return _whole(note, later)
        if note.words.labels.at(note.tokens, place) is not None and not marker:
            return None
    return None


def _is_of_now(note: Note, later: Measured) -> bool:
    """« 11 à l'arrivée »; a pain, a pair, a number with its unit also before « après » (« 4 après antalgique »)."""
    has_parts = later.end - later.start > 1 or "echelle_douleur" in later.values
    return bool(note.has("liens.a_la_porte", later.end)) or (has_parts and note.word(later.end) in {"apres", "after"})


def _whole(note: Note, later: Measured) -> Measured:
    return replace(later, end=later.end + note.has("liens.a_la_porte", later.end))


def _number(note: Note, names: Collection[str], place: int) -> Measured | None:
    if _is_pressure(names):
        return _pressure(note, names, place)
    (name,) = names
    number = read_number(note, place, note.words.signs[name])
    if number is None or isinstance(number, Refusal):
        return None
    at_the_door = note.has("liens.a_la_porte", number.end)
    if not (number.has_unit or at_the_door or is_later_measure(note, number.end)):
        return None
    later = checked(note, name, place, number)
    return None if isinstance(later, Refusal) else later


def _pressure(note: Note, names: Collection[str], place: int) -> Measured | None:
    part = "pression" if len(names) > 1 or "pression_systolique" in names else "diastolique"
    read = read_pressure(note, place, part)
    if read is None or isinstance(read, Refusal):
        return None
    return Measured(read.values, place, read.end, read.converted_from)


def _is_pressure(names: Collection[str]) -> bool:
    return any(name.startswith("pression") for name in names)


def _clock(note: Note, place: int) -> int:
    """« à 10 h », « à 14h30 »."""
    if note.word(place) != "a" or not note.is_number(place + 1) or note.word(place + 2) != "h":
        return 0
    return 4 if note.is_number(place + 3) and note.is_glued(place + 3) else 3
