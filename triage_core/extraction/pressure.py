"""Blood pressure as it is written here: ``14/9`` in cmHg, ``140/90`` in mmHg, alone or in pairs; never a date."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage_core.extraction.note import Note
from triage_core.extraction.numbers import Refusal, is_of_something_else, may_be_glued
from triage_core.extraction.result import Reason
from triage_core.features import BY_NAME

CMHG_BELOW = 31.0  # 12/8 means 120/80; no living systolic pressure is below 31 mmHg, none above 30 cmHg
MMHG_PER_CMHG = 10


@dataclass(frozen=True)
class Pressure:
    """Systolic, diastolic or both in mmHg."""

    values: Mapping[str, float]
    end: int
    converted_from: str | None
    has_unit: bool


def read_pressure(note: Note, place: int, part: str) -> Pressure | Refusal | None:
    """Read ``part`` (``pression`` for a pair, ``systolique``, ``diastolique``) at this place."""
    if not note.is_number(place) or not note.is_free(place):
        return None
    parts, end = _parts(note, place)
    factor, after = _unit(note, end)
    if not after and is_of_something_else(note, end):
        return None
    values = [note.tokens[at].value for at in parts]
    fault = _fault(note, parts, end, bool(after))
    if fault is not None:
        return Refusal(fault, max(end, end + after))
    known = [value for value in values if value is not None]
    if after == 0:
        factor = MMHG_PER_CMHG if known[0] < CMHG_BELOW else 1
    return _checked(note, part, [value * factor for value in known], place, end + after, factor)


def of_other_arm(note: Note, end: int) -> int:
    """The token after « gauche 11/7 » behind a pressure; ``end`` itself when no second arm is told there."""
    place, sides = _past_sides(note, end)
    second = read_pressure(note, place, "pression")
    if not isinstance(second, Pressure) or len(second.values) < 2:
        return end
    behind, more = _past_sides(note, second.end)
    if not sides + more:
        return end
    return behind if more else second.end


def _past_sides(note: Note, place: int) -> tuple[int, int]:
    """The token after the words of an arm, and how many sides were among them."""
    sides = 0
    while side := note.has("pression.autre_bras", place) or note.has("pression.entre_bras", place):
        sides += note.has("pression.autre_bras", place)
        place += side
    return place, sides


def _parts(note: Note, place: int) -> tuple[list[int], int]:
    """The places of the numbers and the end: « 14/9 », « 140 over 90 », « 120 80 »."""
    separator = note.has("pression.separateurs", place + 1)
    second = place + 1 + separator
    if separator and note.is_number(second):
        return [place, second], second + 1
    if not separator and note.is_number(second) and not note.is_glued(second) and _stands_alone(note, second):
        first, other = note.tokens[place].value, note.tokens[second].value
        if first and other and other < first and (first < CMHG_BELOW) == (other < CMHG_BELOW):
            return [place, second], second + 1
    return [place], place + 1


def _stands_alone(note: Note, place: int) -> bool:
    return not is_of_something_else(note, place + 1) and note.word(place + 1) not in {"/", "-", "%", "°"}


def _unit(note: Note, end: int) -> tuple[float, int]:
    for unit, factor in (("pression.mmhg", 1.0), ("pression.cmhg", float(MMHG_PER_CMHG))):
        if taken := note.has(unit, end):
            return factor, taken
    return 1.0, 0


def _fault(note: Note, parts: list[int], end: int, has_unit: bool) -> Reason | None:
    """Why these numbers are no pressure."""
    if any(note.tokens[at].value is None or note.word(at).startswith("0") for at in parts):
        return Reason.AMBIGUOUS
    if note.word(parts[0] - 1) in {"-", "+"} and note.is_glued(parts[0]) and not note.is_glued(parts[0] - 1):
        return Reason.AMBIGUOUS
    is_cut = len(parts) == 1 and not has_unit and note.tokens[parts[0]].value != int(note.tokens[parts[0]].value or 0)
    glued = note.is_glued(end) and note.is_word(end) and not has_unit
    if is_cut or (glued and not may_be_glued(note, end)):
        return Reason.AMBIGUOUS  # « 12.8 » is 12/8 or 12,8
    ranged = note.word(end) in {"/", "-", "a"} and note.is_number(end + 1) and note.word(end + 2) not in {"h", ":"}
    if ranged:
        return Reason.APPROXIMATE
    return Reason.AMBIGUOUS if note.is_number(end) and not has_unit and _lonely(note, end) else None


def _lonely(note: Note, place: int) -> bool:
    """A further number that says nothing of itself: « 1 20/80 », « 120 80 70 »."""
    after = note.word(place + 1)
    return after in {"", ",", ".", ";", "\n"} or (after in {"/"} and not note.is_glued(place))


def _checked(note: Note, part: str, values: list[float], start: int, end: int, factor: float) -> Pressure | Refusal:
    names = ["pression_systolique", "pression_diastolique"] if part == "pression" else [f"pression_{part}"]
    if len(values) > len(names):
        return Refusal(Reason.AMBIGUOUS, end)
    read = {name: round(value, 1) for name, value in zip(names, values, strict=False)}
    for name, value in read.items():
        low, high = BY_NAME[name].hard
        if not low <= value <= high:
            return Refusal(Reason.OUT_OF_BOUNDS, end)
    if len(values) == 2 and values[1] >= values[0]:
        return Refusal(Reason.AMBIGUOUS, end)
    if elsewhere := note.has("liens.ailleurs", end):
        return Refusal(Reason.ELSEWHERE, end + elsewhere)
    has_unit = (
        bool(note.has("pression.mmhg", end - 1) or note.has("pression.cmhg", end - 1)) or note.word(end - 1) == "hg"
    )
    return Pressure(read, end, note.source(start, end) if factor != 1 else None, has_unit)
