"""The one door: a note in, every value with its words out, the rest in order.

Of a measure said twice the last stands and the older one stays visible; a saturation on room air stands before one with
oxygen; of age and sex the first. What is approximate,
a range, out of the hard bounds, measured elsewhere or a relative's gives no value.
"""

from collections.abc import Mapping
from datetime import date

from triage_core.extraction.air import keeps_its_place, with_its_oxygen
from triage_core.extraction.answers import find_answers
from triage_core.extraction.birth import Found
from triage_core.extraction.course import find_arrival, find_duration, find_trauma
from triage_core.extraction.later import read_later
from triage_core.extraction.measured import Measured
from triage_core.extraction.measures import read_measure
from triage_core.extraction.note import Note
from triage_core.extraction.numbers import Refusal
from triage_core.extraction.person import find_age, find_sex
from triage_core.extraction.pressure import of_other_arm
from triage_core.extraction.reason import find_reason, named_by_value
from triage_core.extraction.result import Extracted, Extraction, Reason, Unparsed, Value
from triage_core.extraction.scopes import close_family, history_items, history_spans
from triage_core.extraction.tokens import Kind
from triage_core.extraction.vocabulary import load_words
from triage_core.features import BY_NAME
from triage_core.motifs.search import MotifSearch
from triage_core.patient import METER_WORDS

ORDER = ("age", "sexe", "motif_consultation", *(name for name in BY_NAME if name != "age"),
         "antecedents", "mode_arrivee", "traumatisme")  # fmt: skip
_MAY_NAME_A_MOTIF = ("temperature",)
_NOT_OF_NOW = frozenset({Reason.ELSEWHERE, Reason.APPROXIMATE})


def extract(text: str, search: MotifSearch, today: date | None = None) -> Extraction:
    """Read a note. Never raises on any text; ``today`` turns a date of birth into an age (``None``: it is left)."""
    note = Note(text, load_words())
    values: dict[str, Extracted] = {}
    close_family(note)
    spans = history_spans(note)
    _measures(note, values)
    answers = find_answers(note, frozenset(values))
    _person(note, values, today, spans)
    _history(note, values, spans)
    _course(note, values)
    _reason(note, values, answers, search)
    return Extraction({name: values[name] for name in ORDER if name in values}, tuple(_left(note)), answers)


def _reason(note: Note, values: dict[str, Extracted], answers: Mapping[str, Extracted], search: MotifSearch) -> None:
    told = values["age"].value if "age" in values else None
    age = told if isinstance(told, (int, float)) else None
    by_meter = [answer.source for answer in answers.values() if answer.value in METER_WORDS.values()]
    by_value = by_meter + [values[name].source for name in _MAY_NAME_A_MOTIF if name in values]
    reason = find_reason(note, search, age) or named_by_value(by_value, search, age)
    if reason is not None:
        values["motif_consultation"] = reason


def _measures(note: Note, values: dict[str, Extracted]) -> None:
    standing: dict[str, Measured] = {}
    place = 0
    while place < len(note.tokens):
        read = read_measure(note, place) if note.is_free(place) else None
        if isinstance(read, Refusal):
            note.refuse(place, read.end, read.reason)
            note.share_reason(place)
            of_before = read.reason in _NOT_OF_NOW and read.of
            read = (read_later(note, read.of, read.end) if of_before else None) or read
        end = read.end if read is not None else 0
        if isinstance(read, Measured):
            read, end = _latest(note, read)
            _stand(note, values, standing, read)
        place = max(place + 1, end)


def _latest(note: Note, read: Measured) -> tuple[Measured, int]:
    """The last told of a measure and where the telling ends; on room air a saturation keeps its place."""
    end = read.end
    while (later := read_later(note, read.values, end)) is not None:
        if keeps_its_place(note, read, later):
            end = _leave_besides(note, later, end)
            continue
        note.refuse(read.start, later.start, Reason.OLDER)
        read, end = later, later.end
    return read, _leave_other_arm(note, read, end)


def _leave_other_arm(note: Note, read: Measured, end: int) -> int:
    """Of two arms the first counts; « gauche 11/7 » stays visible."""
    other = of_other_arm(note, end) if "pression_systolique" in read.values else end
    note.refuse(end, other, Reason.AMBIGUOUS)
    return other


def _leave_besides(note: Note, other: Measured, after: int) -> int:
    """Leave a saturation with oxygen visible together with its « puis » and its litres; where it ends."""
    start = after + (note.word(after) == ",")
    end = with_its_oxygen(note, other.end)
    note.refuse(start if note.has("liens.suite_mesures", start) else other.start, end, Reason.AMBIGUOUS)
    return end


def _stand(note: Note, values: dict[str, Extracted], standing: dict[str, Measured], read: Measured) -> None:
    """The measure counts; an earlier one of the same becomes visible as older."""
    if any(keeps_its_place(note, standing[name], read) for name in read.values if name in standing):
        _leave_besides(note, read, read.start)
        return
    for name in read.values:
        before = standing.pop(name, None)
        if before is not None and before is not read and before.start not in note.refused:
            note.taken.difference_update(range(before.start, before.end))
            note.refuse(before.start, before.end, Reason.OLDER)
            for other in before.values:
                standing.pop(other, None)
                values.pop(other, None)
    source = note.take(read.start, read.end)
    note.share_reason(read.start)
    for name, value in read.values.items():
        standing[name] = read
        whole = int(value) if value == int(value) else value
        values[name] = Extracted(whole, source, read.converted_from)


def _person(note: Note, values: dict[str, Extracted], today: date | None, spans: list[tuple[int, int, int]]) -> None:
    told = {place for cue, _, end in spans for place in range(cue, end)} - note.taken - note.refused.keys()
    note.taken |= told  # an age or a sex inside the history is not the patient's
    sex = find_sex(note)
    age = find_age(note, sex, today)
    note.taken -= told
    for name, found in (("sexe", sex), ("age", age)):
        if found is not None:
            values[name] = _taken(note, found)


def _course(note: Note, values: dict[str, Extracted]) -> None:
    duration, arrival, trauma = find_duration(note), find_arrival(note), find_trauma(note)
    if duration is not None:
        values["duree_symptomes_h"] = _taken(note, duration)
    if arrival is not None:
        values["mode_arrivee"] = _taken(note, arrival)
    if trauma is not None:
        values["traumatisme"] = Extracted(trauma[0], note.source(trauma[1], trauma[2]))


def _history(note: Note, values: dict[str, Extracted], spans: list[tuple[int, int, int]]) -> None:
    for cue, first, end in spans:
        items = [item for item in history_items(note, first, end) if note.is_free_between(*item)]
        if not items:
            note.refuse(cue, end, Reason.NOT_READ)
        elif "antecedents" not in values:
            told = tuple(note.source(*item) for item in items)
            values["antecedents"] = Extracted(told, note.take(cue, items[-1][1]))


def _taken(note: Note, found: Found) -> Extracted:
    value: Value = found.value
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return Extracted(value, note.take(found.start, found.end))


def _left(note: Note) -> list[Unparsed]:
    """What no value has taken, in order; marks alone say nothing and are left out."""
    left: list[Unparsed] = []
    start = 0
    for place in range(len(note.tokens) + 1):
        goes_on = place < len(note.tokens) and place not in note.taken and _joins(note, start, place)
        if goes_on:
            continue
        left += _fragment(note, start, place)
        start = place if place < len(note.tokens) and place not in note.taken else place + 1
    return left


def _joins(note: Note, start: int, place: int) -> bool:
    """Whether a token carries on the fragment: same reason, same refusal, no end of clause between."""
    same = note.refused.get(start) == note.refused.get(place) and note.groups.get(start) == note.groups.get(place)
    return place == start or (same and (place in note.refused or note.word(place) not in {",", ".", ";", "\n"}))


def _fragment(note: Note, start: int, end: int) -> list[Unparsed]:
    while start < end and _is_bare_mark(note, start):
        start += 1
    while end > start and _is_bare_mark(note, end - 1) and not note.ends_a_word(end - 1):
        end -= 1
    if start >= end or start in note.taken:
        return []
    return [Unparsed(note.source(start, end), note.refused.get(start, Reason.NOT_READ))]


def _is_bare_mark(note: Note, place: int) -> bool:
    return note.tokens[place].kind is Kind.MARK and not note.word(place).isalnum()
