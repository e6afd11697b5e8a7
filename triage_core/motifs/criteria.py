"""Which criteria of a motif the nurse's own words or measures suggest. Proposed to her, never ticked; words that are
denied, a relative's or of long ago suggest nothing, and what reassures is never suggested.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from triage_core.motifs.bearing import is_of_another, is_silenced, is_stopped, with_breaks
from triage_core.motifs.criteria_table import Criteria, Family, Stems, load_criteria
from triage_core.motifs.negation import PRESENT, weigh
from triage_core.motifs.placing import ReadText, placed
from triage_core.motifs.silent import DAMAGED
from triage_core.motifs.synonyms import load_synonyms
from triage_core.motifs.text import clauses, without_accents
from triage_core.rules.catalog import Motif, Rule
from triage_core.rules.conditions import Reading, State, fired_by, read_values

logger = logging.getLogger(__name__)

_UNMEASURED: Mapping[str, float | None] = MappingProxyType({})

SURE_WORD = 0.9  # one typing error costs 0.06, two 0.12; a word cut short is worth 0.85 at most
SURE_PHRASE = 0.8  # an error and another order, or a comma between, are still one phrase; far apart they are not
WIDEST = 12  # words of a text shown as the ones a suggestion came from
_TOKEN = re.compile(r"\bst ?[+-](?!\w)|\bd['’]un coup|\btout [àa] coup|[^\W_]+", re.IGNORECASE)


@dataclass(frozen=True)
class Suggestion:
    """A criterion and the nurse's words that suggest it; without words the measured values, without these the age."""

    rule_id: str
    words: str
    values: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class _Note:
    """A text, read: its clauses, which word stands at each place, what is present and what is at least not denied."""

    text: str
    table: Criteria
    clauses: Sequence[Sequence[str]]
    word_at: dict[int, tuple[int, int]]
    present: ReadText
    told: ReadText


def suggested(
    text: str, motif: Motif, age: float | None, measured: Mapping[str, float | None] = _UNMEASURED
) -> tuple[Suggestion, ...]:
    """The boxes of a motif that words or measures suggest, most urgent first; only those more urgent than the motif.

    ``text`` may have several lines; one that is history begins with « ATCD ». ``age`` in years, ``None``: not known,
    and then no measure is weighed. ``measured``: canonical units, by the one name of each feature; what is absent or
    ``None`` suggests nothing. By a measure only the rule's own hint suggests. A damaged table takes the words away.
    """
    table = _packaged()
    rules = [rule for rule in motif.modulators if _may_be(rule, motif, age)]
    if not rules:
        return ()
    note = _read(text, table) if table is not None and text.strip() else None
    reading = None if age is None else Reading(read_values(measured, age))
    found = [(rule, _by_words(rule, note) or _by_hint(rule, reading)) for rule in rules]
    told = [(rule.level, one) for rule, one in found if one is not None]
    return tuple(one for _, one in sorted(told, key=lambda pair: -pair[0].rank))


@lru_cache(maxsize=1)
def _packaged() -> Criteria | None:
    try:
        return load_criteria(load_synonyms())
    except DAMAGED as damaged:
        logger.warning("the table of criteria is unreadable, none is proposed: %s", type(damaged).__name__)
        return None


def _may_be(rule: Rule, motif: Motif, age: float | None) -> bool:
    """Whether a box can be ticked at this age and would be more urgent than the motif's own level."""
    if not rule.checkbox or rule.effect != "set_level" or rule.level.rank <= motif.default_level.rank:
        return False
    return age is None or (rule.scope.covers(age) and _at_age(rule, age) is not State.NOT_FIRED)


def _at_age(rule: Rule, age: float) -> State:
    """What the rule's own hint says of an age alone."""
    return State.UNKNOWN if rule.suggestion is None else rule.suggestion.answer(Reading(read_values({}, age))).state


def _by_words(rule: Rule, note: _Note | None) -> Suggestion | None:
    if note is None:
        return None
    for family in note.table.families.get(rule.id, ()):
        words = _family_words(family, note)
        if words is not None:
            return Suggestion(rule.id, words)
    return None


def _by_hint(rule: Rule, reading: Reading | None) -> Suggestion | None:
    """What the rule's own hint makes of age and measures; unless it fires, nothing."""
    hint = rule.suggestion
    if hint is None or reading is None or hint.answer(reading).state is not State.FIRED:
        return None
    values = {name: reading.values[name] for name in sorted(fired_by(hint, reading))}
    return Suggestion(rule.id, "", tuple((name, value) for name, value in values.items() if value is not None))


def _family_words(family: Family, note: _Note) -> str | None:
    if family.companions and not any(_stands(phrase, note.told) for phrase in family.companions):
        return None
    hits = [places for phrase in family.phrases if (places := _standing(phrase, family, note))]
    return _as_typed(max(hits, key=lambda places: (len(places), -min(places))), note) if hits else None


def _stands(phrase: Stems, read: ReadText) -> frozenset[int]:
    if not all(name in read.found for name in phrase):
        return frozenset()
    quality, places = placed(phrase, read)
    return places if quality >= SURE_PHRASE else frozenset()


def _standing(phrase: Stems, family: Family, note: _Note) -> frozenset[int]:
    """The places of a phrase that stands in the text, is the patient's own and is not silenced by a word near by."""
    places = _stands(phrase, note.told if family.is_treatment else note.present)
    if not places:
        return places
    at = sorted(note.word_at[place] for place in places)
    is_out = is_silenced(note.clauses, at, family.silencers) or is_of_another(note.clauses, at)
    if family.is_treatment:
        is_out = is_out or is_stopped(note.clauses, at, note.table.stopping, note.table.recent)
    return frozenset() if is_out else places


def _read(text: str, table: Criteria) -> _Note:
    parts = clauses(with_breaks(text))
    stems = [table.synonyms.stems(part) for part in parts]
    weights = weigh(parts, [table.protected.places(part) for part in stems])
    present: dict[str, list[tuple[int, float]]] = defaultdict(list)
    told: dict[str, list[tuple[int, float]]] = defaultdict(list)
    word_at: dict[int, tuple[int, int]] = {}
    for clause, named in enumerate(stems):
        for name, at in named:
            place = len(word_at)
            word_at[place] = clause, at
            for reading, quality in _readings(parts[clause][at], name, table):
                if weights[clause][at] == PRESENT:
                    present[reading].append((place, quality))
                if weights[clause][at]:
                    told[reading].append((place, quality))
    clause_of = {place: clause for place, (clause, _) in word_at.items()}
    return _Note(text, table, parts, word_at, ReadText(present, clause_of, 0), ReadText(told, clause_of, 0))


def _readings(word: str, name: str, table: Criteria) -> Iterator[tuple[str, float]]:
    readings = table.spelling.readings(word, name)
    return (reading for reading in readings if reading[1] >= SURE_WORD)


def _as_typed(places: frozenset[int], note: _Note) -> str:
    """The stretch of the text from the first of these words to the last, as the nurse typed it."""
    at = sorted(note.word_at[place] for place in places)
    (first_clause, first), (last_clause, last) = at[0], at[-1]
    start, end = note.clauses[first_clause][first], note.clauses[last_clause][last]
    tokens = [(without_accents(found.group().lower()), found) for found in _TOKEN.finditer(note.text)]
    for number, (plain, found) in enumerate(tokens):
        if _is_same(plain, start):
            ends = [other for plain, other in tokens[number : number + WIDEST] if _is_same(plain, end)]
            if ends:
                return note.text[found.start() : ends[0].end()]
    return " ".join(note.clauses[clause][word] for clause, word in at)


def _is_same(plain: str, word: str) -> bool:
    return plain == word or (not plain.isalnum() and with_breaks(plain) == word)  # « ST+ », « d'un coup »
