"""Of several saturations the one on room air counts: with oxygen a number says how well the oxygen works."""

from triage_core.extraction.measured import Measured
from triage_core.extraction.note import Note

_SATURATION = "saturation_oxygene"
_REACH = 8  # « sous MHC 9 L/min d'O2 »


def keeps_its_place(note: Note, told: Measured, other: Measured) -> bool:
    """Whether a saturation on room air is not replaced by one off it; a worse one replaces it all the same."""
    if _SATURATION not in told.values or not _is_on_air(note, told) or _is_on_air(note, other):
        return False
    return other.values[_SATURATION] >= told.values[_SATURATION]


def with_its_oxygen(note: Note, end: int) -> int:
    """The token after « sous 3L », « sous MHC 9 L/min »; ``end`` itself when no oxygen is told there."""
    told = end
    if not note.has("oxygene.avec", end):
        return told
    for place in range(end, end + _REACH):
        if note.has("oxygene.mots", place):
            told = place + 1
        elif not note.is_number(place) and not note.has("oxygene.avec", place):
            break
    return told


def air_before(note: Note, place: int) -> int | None:
    """Where « en AA 84 », « air ambiant : sat 82 » begin; « 84 AA 92 » says it of the 84."""
    start = place - 1 - (note.word(place - 1) in {":", "="})
    if note.word(start) == "ambiant" and note.word(start - 1) == "air":
        start -= 1
    elif note.word(start) != "aa":
        return None
    before = start - 1 - (note.word(start - 1) == "%")
    return None if note.is_number(before) else start


def _is_on_air(note: Note, measured: Measured) -> bool:
    air = note.words.signs[_SATURATION].suffixes
    bracket = note.word(measured.end) == "("
    if any(air.at(note.tokens, place) for place in range(measured.start, measured.end + 2 * bracket)):
        return True
    return not note.is_number(measured.start) and air_before(note, measured.start) is not None
