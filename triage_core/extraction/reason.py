"""Why the patient comes: the stretch of words left over that names a motif best."""

from collections.abc import Iterable
from itertools import pairwise

from triage_core.extraction.note import Note
from triage_core.extraction.result import Extracted
from triage_core.extraction.tokens import Kind
from triage_core.motifs.search import CONFIDENCE, MotifSearch
from triage_core.motifs.text import LITTLE_WORDS
from triage_core.motifs.weighing import FAR_OFF

SHOWN = 5
_FIRST = 0.06  # a note begins with why the patient comes
_WHOLE = 0.15  # of a unit of log likeness of the whole note, beside the score of one stretch
MOST_RUNS = 40  # stretches asked about in one note; a real one has a handful
_BREAKS = frozenset({",", ".", ";", "\n", "!", "?", "(", ")", "|"})
_SIDES = frozenset({"d", "sa"})  # « hanche D », « enceinte 20 SA »
_ASIDE = frozenset(
    LITTLE_WORDS | {"pour", "motif", "adresse", "adressee", "suspicion", "susp", "avec", "a", "c/o", ":", "-", "'"}
)


def find_reason(note: Note, search: MotifSearch, age: float | None) -> Extracted | None:
    """The reason in the nurse's words with its motif and candidates; ``None`` when nothing is recognised.

    Of several stretches the surest counts, with what all of them together resemble; of equals the first.
    """
    best: tuple[float, tuple[int, int]] | None = None
    stretches = runs(note)[:MOST_RUNS]
    alike = search.likeness(", ".join(note.source(*run) for run in stretches))
    for run in [*stretches, *_joined(note, stretches)]:
        found = search.recognise(note.source(*run), age)
        if found is None:
            continue
        score = found.score + _WHOLE * alike.get(found.id, FAR_OFF) + _FIRST * (best is None)
        if best is None or score > best[0]:
            best = score, run
    return None if best is None else _reason(note, search, age, best[1])


def named_by_value(sources: Iterable[str], search: MotifSearch, age: float | None) -> Extracted | None:
    """The motif that the words of a value name (« T 41 »), for a note where nothing else names one."""
    for source in sources:
        if search.recognise(source, age) is not None:
            return Extracted(source, source, detail=_detail(source, search, age))
    return None


def _joined(note: Note, stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Two stretches with but a comma between: « chute, hanche D »."""
    pairs = pairwise(stretches)
    return [(a[0], b[1]) for a, b in pairs if a[1] + 1 == b[0] and note.word(a[1]) == ","]


def _reason(note: Note, search: MotifSearch, age: float | None, run: tuple[int, int]) -> Extracted:
    detail = _detail(note.source(*run), search, age)
    return Extracted(note.source(*_trimmed(note, run)), note.take(*run), detail=detail)


def _detail(words: str, search: MotifSearch, age: float | None) -> dict[str, object]:
    candidates = [found for found in search.rank(words, SHOWN, age) if found.score >= CONFIDENCE / 2]
    told = [{"id": found.id, "label": found.label, "score": found.score} for found in candidates]
    return {"motif_id": candidates[0].id, "motif_candidates": told}


def runs(note: Note) -> list[tuple[int, int]]:
    """The stretches of free tokens between values and the marks that end a clause."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for place in range(len(note.tokens) + 1):
        inside = (note.is_free(place) or place in note.shared) and note.word(place) not in _BREAKS
        if inside and start is None:
            start = place
        elif not inside and start is not None:
            found.append((start, place))
            start = None
    return [(start, end) for start, end in found if any(note.is_word(at) for at in range(start, end))]


def _trimmed(note: Note, run: tuple[int, int]) -> tuple[int, int]:
    """Without the little words at the edges: « pour douleur thoracique » is « douleur thoracique »."""
    start, end = run
    while start < end - 1 and (_says_nothing(note, start) or _is_aside(note, start)):
        start += 1
    while (
        end - 1 > start
        and not note.ends_a_word(end - 1)
        and (_says_nothing(note, end - 1) or note.word(end - 1) in LITTLE_WORDS - _SIDES)
    ):
        end -= 1
    return start, end


def _says_nothing(note: Note, place: int) -> bool:
    """Marks, dates and the numbers of « le 14/9 »."""
    if note.tokens[place].kind in {Kind.MARK, Kind.DATE}:
        return True
    return note.is_number(place) and "/" in {note.word(place + 1), note.word(place - 1)}


def _is_aside(note: Note, place: int) -> bool:
    """A little word, but not the letter of « T1 »."""
    return note.word(place) in _ASIDE and not (note.is_number(place + 1) and note.is_glued(place + 1))
