"""What is told in place of a number: « sat imprenable », « refuse les constantes », « dextro HI »."""

from collections.abc import Iterator

from triage_core.extraction.note import Note
from triage_core.extraction.numbers import after_links
from triage_core.extraction.result import Extracted
from triage_core.patient import METER_FEATURES, METER_WORDS

_PRESSURES = ("pression_systolique", "pression_diastolique")
_PARTS = {"pression": _PRESSURES, "systolique": _PRESSURES[:1], "diastolique": _PRESSURES[1:]}
# What a patient who refuses the vital signs withholds; breathing and consciousness are seen without touching her.
_WITHHELD = ("frequence_cardiaque", *_PRESSURES, "saturation_oxygene", "temperature")


def find_answers(note: Note, measured: frozenset[str]) -> dict[str, Extracted]:
    """The answers of the features that were not ``measured``, each with its words, which are then taken."""
    answers: dict[str, Extracted] = {}
    for place in note.free_places():
        for name, answer, end in _said_at(note, place):
            if name not in measured and name not in answers:
                answers[name] = Extracted(answer, note.take(place, end))
                if answer in METER_WORDS.values():
                    note.share_reason(place)
    return answers


def _said_at(note: Note, place: int) -> Iterator[tuple[str, str, int]]:
    if everything := note.has("reponses.tout_refuse", place):
        yield from ((name, "refus", place + everything) for name in _WITHHELD)
    labelled = note.words.labels.at(note.tokens, place)
    if labelled is None or labelled[0] == "autre":
        return
    name, length = labelled
    start = after_links(note, place + length).end
    if name in METER_FEATURES and (word := _meter_word(note, start)):
        yield name, word, start + 1
        return
    for answer in ("non_mesurable", "refus"):
        if said := note.has(f"reponses.{answer}", start):
            yield from ((part, answer, start + said) for part in _PARTS.get(name, (name,)))
            return


def _meter_word(note: Note, place: int) -> str | None:
    """« HI » or « LO » as a meter shows it; « high » and « low » in small letters are somebody's own words."""
    word = note.word(place)
    is_shown = word in {"hi", "lo"} or note.written(place).isupper()
    return METER_WORDS.get(word) if is_shown else None
