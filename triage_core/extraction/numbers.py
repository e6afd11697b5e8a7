"""One number behind its label: read whole with its unit, or refused with the reason; nothing in between."""

from dataclasses import dataclass

from triage_core.extraction.note import Note
from triage_core.extraction.result import Reason
from triage_core.extraction.tokens import Kind
from triage_core.extraction.vocabulary import Sign

MOST_LINKS = 5
_RANGE_WORDS = frozenset({"a", "ou", "to", "or"})
_RANGE_MARKS = frozenset({"-", "/", "--"})
_MAY_FOLLOW_A_LATER_MEASURE = frozenset({"apres", "sous", "a", "ce", "au", "en", "sur", "after", "on", "et", "avec"})


@dataclass(frozen=True)
class Refusal:
    """Something that looks like a value and is none; ``end`` is the token after it, ``of`` the features it named."""

    reason: Reason
    end: int
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Number:
    """A number in its canonical unit, where it ends, and whether it was written in another unit or has none."""

    value: float
    start: int
    end: int
    converted: bool = False
    has_unit: bool = False


@dataclass(frozen=True)
class Links:
    """What stands between a label and its number: where it ends and what it says."""

    end: int
    refusal: Reason | None = None


def after_links(note: Note, place: int, sign: Sign | None = None) -> Links:
    """Skip « : », « à », « mesurée », a date, a unit in brackets; notice « environ » and « hier »."""
    refusal: Reason | None = None
    start = place
    for _ in range(MOST_LINKS):
        if approximate := note.has("liens.approximations", place):
            place, refusal = place + approximate, Reason.APPROXIMATE
        elif elsewhere := note.has("liens.ailleurs", place):
            place, refusal = place + elsewhere, Reason.ELSEWHERE
        elif link := note.has("liens.mots", place):
            place += link
        elif dated := _date(note, place):
            place += dated
        elif sign is not None and note.word(place - 1) == "(" and (unit := sign.units.at(note.tokens, place)):
            place += unit[1]
        else:
            break
    if place > start and note.is_glued(place) and note.is_number(place) and note.is_word(place - 1):
        refusal = Reason.AMBIGUOUS  # « a1 » is no link and a number
    return Links(place, refusal)


def read_number(note: Note, place: int, sign: Sign) -> Number | Refusal | None:
    """The number at this place. ``None``: none stands there, or one of something else (« 2 h », « 500 mg »)."""
    if not note.is_number(place) or not note.is_free(place):
        return None
    if _is_signed(note, place):
        return Refusal(Reason.AMBIGUOUS, place + 1)
    value, end = _whole(note, place, sign)
    if value is None:
        return Refusal(Reason.AMBIGUOUS, end)
    unit = _unit(note, place, end, sign)
    if unit is not None:
        value, end = value * unit[0], end + unit[1]
    elif is_of_something_else(note, end):
        return None
    fault = _cut_or_range(note, end, unit is not None)
    if fault is not None:
        return fault
    if suffix := sign.suffixes.at(note.tokens, end):
        end += suffix[1]
    if note.has("liens.ailleurs", end):
        return Refusal(Reason.ELSEWHERE, end + note.has("liens.ailleurs", end))
    return Number(value, place, end, unit is not None and unit[0] != 1, unit is not None)


def is_of_something_else(note: Note, place: int) -> bool:
    """Whether what follows a number makes it a dose, an age, a time; a letter before another number is a label."""
    taken = note.has("unites_etrangeres.mots", place)
    if not taken:
        return False
    single = taken == 1 and len(note.word(place)) == 1 and note.word(place).isalpha()
    is_label = single and note.is_number(place + 1) and not (note.is_glued(place) and not note.is_glued(place + 1))
    return not (is_label and not (note.is_glued(place) and note.is_glued(place + 1)))


def is_later_measure(note: Note, end: int) -> bool:
    """Whether a number behind « puis » stands as a measure: not « puis 2 vomissements »."""
    word = note.word(end)
    known = note.words.labels.at(note.tokens, end) is not None
    return not note.is_word(end) or known or word in _MAY_FOLLOW_A_LATER_MEASURE


def _date(note: Note, place: int) -> int:
    """« du 14/9 », « le 12/03/2024 » between a label and its number."""
    if note.word(place) not in {"le", "du"}:
        return 0
    if place + 1 < len(note.tokens) and note.tokens[place + 1].kind is Kind.DATE:
        return 2
    is_date = note.is_number(place + 1) and note.word(place + 2) == "/" and note.is_number(place + 3)
    return 4 if is_date else 0


def _is_signed(note: Note, place: int) -> bool:
    before = note.word(place - 1)
    return before in {"-", "+"} and note.is_glued(place) and not note.is_glued(place - 1)


def _whole(note: Note, place: int, sign: Sign) -> tuple[float | None, int]:
    """The value of the clump; « 36°9 » and « 1g20 » are numbers too. ``None`` when it cannot be read whole."""
    value = note.tokens[place].value
    middle, last = note.word(place + 1), place + 2
    joined = note.is_glued(place + 1) and note.is_number(last) and note.is_glued(last)
    if (
        value is not None
        and joined
        and middle in {"°", "g"}
        and sign.units.at(note.tokens, place + 1)
        and note.word(last).isdigit()
        and value == int(value)
    ):
        digits = note.word(last)
        return (float(f"{int(value)}.{digits}"), place + 3) if len(digits) <= 2 else (None, place + 3)
    return value, place + 1


def _unit(note: Note, place: int, end: int, sign: Sign) -> tuple[float, int] | None:
    found = sign.units.at(note.tokens, end)
    if found is None:
        return None
    after = end + found[1]
    letter = len(note.word(after - 1)) == 1 and note.word(after - 1).isalpha()
    if note.is_number(after) and (letter or (note.is_glued(after) and note.is_word(after - 1))):
        return None  # « 1,2 G15 »: the letter is the label of the next number
    return found


def may_be_glued(note: Note, place: int) -> bool:
    """Whether letters glued behind a number are a word of their own (« 110TA 14/9 », « 94AA »), not a misread digit."""
    word = note.word(place)
    label = len(word) > 1 and word.isalpha() and note.words.labels.at(note.tokens, place) is not None
    return label or bool(note.has("suites.connues", place))


def _cut_or_range(note: Note, end: int, has_unit: bool) -> Refusal | None:
    """A number glued to letters, cut in two by a space, or one end of a range."""
    word = note.word(end)
    if note.is_glued(end) and note.is_word(end) and not has_unit and not may_be_glued(note, end):
        return Refusal(Reason.AMBIGUOUS, end + 1)
    if (word in _RANGE_WORDS or word in _RANGE_MARKS) and note.is_number(end + 1) and not _is_clock(note, end + 1):
        return Refusal(Reason.APPROXIMATE, end + 2)
    if has_unit:
        return None
    if note.is_number(end) and _is_bare(note, end):
        return Refusal(Reason.AMBIGUOUS, end + 1)
    if word in {",", "."} and note.is_number(end + 1) and len(note.word(end + 1)) <= 2 and _is_bare(note, end + 1):
        return Refusal(Reason.AMBIGUOUS, end + 2)
    return None


def _is_clock(note: Note, place: int) -> bool:
    colon = note.word(place + 1) == ":" and note.is_glued(place + 1) and note.is_number(place + 2)
    return colon or note.word(place + 1) in {"h", "heures"}


def _is_bare(note: Note, place: int) -> bool:
    """Whether a number says of itself nothing: no unit, no word that it counts, no second half."""
    after = place + 1
    if after >= len(note.tokens) or note.word(after) in {",", ".", ";", "\n", ")"}:
        return True
    if note.is_number(after):
        return True
    is_label = note.words.labels.at(note.tokens, after) is not None
    return is_label and not note.is_glued(after)
