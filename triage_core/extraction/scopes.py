"""Stretches of a note that are not about the patient today: a relative's diseases, the patient's own history."""

from triage_core.extraction.note import Note
from triage_core.extraction.result import Reason

_FILLERS = frozenset(
    {"a", "une", "un", "la", "le", "les", "de", "du", "des", ":", "avec", "ayant", "est", "has", "had", "with"}
)
_SEPARATORS = frozenset({",", "/", "+", "et", "and", "&", ":", "-", "(", ")"})
_HISTORY_REACH = 40


def close_family(note: Note) -> None:
    """Keep every reader out of « père : IDM à 50 ans », up to the end of the clause or the next own vital sign."""
    place = 0
    while place < len(note.tokens):
        if note.is_free(place) and _opens_family(note, place):
            end = _family_end(note, place)
            note.refuse(place, end, Reason.FAMILY)
            place = end
        place += 1


def _opens_family(note: Note, place: int) -> bool:
    if note.has("famille.familiaux", place):
        return True
    if not note.has("famille.parents", place):
        if not (note.has("sexe.femmes", place) or note.has("sexe.hommes", place)):
            return False
        return note.word(place - 1) in {"sa", "son", "ma", "mon"} and not _is_witness(note, place)
    return not _is_witness(note, place)


def _is_witness(note: Note, place: int) -> bool:
    """« amenée par sa mère », « d'après le père »: they tell, they are not ill."""
    before = range(max(0, place - 3), place)
    return any(note.has("famille.temoins", at) for at in before)


def _family_end(note: Note, place: int) -> int:
    """At the comma (of « ATCD familiaux » the full stop), or where the patient's own vital signs begin."""
    listed = bool(note.has("famille.familiaux", place))
    end = note.clause_end(place, commas=not listed)
    said = 0
    for at in range(place + 1, end):
        labelled = note.words.labels.at(note.tokens, at)
        if said and labelled is not None and any(note.is_number(number) for number in range(at + 1, at + 4)):
            return at
        said += note.is_word(at) and note.word(at) not in _FILLERS and labelled is None
    return end


def history_spans(note: Note) -> list[tuple[int, int, int]]:
    """Where the patient's history is told: (cue, first word of it, end)."""
    spans: list[tuple[int, int, int]] = []
    place = 0
    while place < len(note.tokens):
        length = note.has("antecedents.mots", place) if note.is_free(place) else 0
        if length:
            first = place + length
            while note.word(first) in {":", "-", "de", "d", "'", "d'", "="}:
                first += 1
            end = _history_end(note, first)
            spans.append((place, first, end))
            place = end
        place += 1
    return spans


def _history_end(note: Note, first: int) -> int:
    end = min(note.clause_end(first), first + _HISTORY_REACH)
    for at in range(first, end):
        labelled = note.words.labels.at(note.tokens, at)
        measured = labelled is not None and any(note.is_number(number) for number in range(at + 1, at + 3))
        if (
            not note.is_free(at)
            or note.has("antecedents.fin", at)
            or (measured and not note.has("antecedents.connus", at))
            or (note.word(at) in {"h", "f", "m"} and note.is_number(at + 1) and note.has("age.annees", at + 2))
        ):
            return at
    return end


def history_items(note: Note, first: int, end: int) -> list[tuple[int, int]]:
    """The items of one history: cut at separators, and between known names that follow each other."""
    items: list[tuple[int, int]] = []
    start = place = first
    while place < end:
        if note.word(place) in _SEPARATORS:
            items.append((start, place))
            start = place = place + 1
            continue
        known = note.has("antecedents.connus", place)
        if known and place > start and _all_known(note, start, place):
            items.append((start, place))
            start = place
        place += known or 1
    items.append((start, end))
    return [(start, stop) for start, stop in items if start < stop and not _is_denied(note, start)]


def _all_known(note: Note, start: int, end: int) -> bool:
    return start + note.has("antecedents.connus", start) == end


def _is_denied(note: Note, place: int) -> bool:
    return bool(note.has("antecedents.aucun", place)) and (note.word(place) != "o")
