"""From the words of the nurse to the motifs of the grid: ranked, and silent when it does not know.

A phrase of the table that stands in the text scores by its length and by how much of the text it explains; order,
gaps and typing errors cost a little. A phrase inside a longer one of another motif (« traumatisme » in « traumatisme
crânien ») yields to it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from triage_core.motifs.ages import AgeRange, said_age
from triage_core.motifs.leaning import Leaning
from triage_core.motifs.learned import Floats, LearnedMotifs, Terms, Told, load_learned, terms_of
from triage_core.motifs.negation import Protected, weigh
from triage_core.motifs.placing import ReadText, placed
from triage_core.motifs.spelling import Spelling
from triage_core.motifs.synonyms import Phrase, Synonyms, load_synonyms
from triage_core.motifs.text import clauses, stem
from triage_core.motifs.values import hinted
from triage_core.motifs.weighing import FAR_OFF, LEAST, Hit, weighed
from triage_core.rules.catalog import Motif, RuleBook
from triage_core.rules.conditions import Reading, State, read_values

# Below it the search says it does not know. An exact word scores at least 0.74, with one typing error 0.70; a hint at
# most 0.55, a word of the history 0.57, four letters of a word cut short 0.56, a phrase found in part 0.5: the limit
# lies in the gap between. Set by hand on our own queries, not calibrated: it is no probability.
CONFIDENCE = 0.6

_BASE, _PER_WORD, _WORDS_THAT_COUNT, _COVERAGE = 0.74, 0.05, 4, 0.06
_TITLE_BONUS, _AGE_BONUS = 0.08, 0.1
_HINT, _INSIDE_ANOTHER, _PART, _LEANING = 0.55, 0.7, 0.5, 0.24
_GLUED = 0.94
_ENOUGH = 5  # candidates; with fewer, words found in part propose more
_AGE_CHANCE = 1.5  # log chance more for a motif made for this age, less for one of an age that nobody told
_VALUE = 0.7  # « FC 150 » names its motif, after any word that names one


@dataclass(frozen=True)
class MotifCandidate:
    """A motif the text may mean, and how strongly (0..1)."""

    id: str
    label: str
    score: float


class MotifSearch:
    """Finds motifs from words; the index is built once, from the rule book and the synonym table."""

    def __init__(self, book: RuleBook, synonyms: Synonyms | None = None, learned: LearnedMotifs | None = None) -> None:
        """Table and weights are the packaged ones unless given; ``ValueError`` for weights of other motifs."""
        self._motifs = book.motifs
        self._learned = load_learned() if learned is None else learned
        if self._learned.motifs not in {(), tuple(motif.id for motif in book.motifs)}:
            raise ValueError("the weights were learned for other motifs")
        self._synonyms = synonyms or load_synonyms()
        self._phrases: list[tuple[int, Phrase]] = [
            (number, phrase) for number, motif in enumerate(book.motifs) for phrase in self._synonyms.phrases(motif)
        ]
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        for at, (_, phrase) in enumerate(self._phrases):
            for name in phrase.stems:
                self._by_stem[name].append(at)
        self._rarity = {name: 1 / math.log2(1 + len(at)) for name, at in self._by_stem.items()}
        self._leaning = Leaning(self._by_stem, [number for number, _ in self._phrases], self._rarity)
        self._spelling = Spelling(self._written_words(), self._by_stem, self._synonyms.ordinary)
        self._number = {motif.id: number for number, motif in enumerate(book.motifs)}
        self._titles = {
            self._synonyms.phrase_stems(title): number
            for number, motif in enumerate(book.motifs)
            for title in (motif.label_en, motif.label)
        }
        false = map(self._synonyms.phrase_stems, self._synonyms.false_negations)
        self._protected = Protected((*(phrase.stems for _, phrase in self._phrases), *false))

    def rank(self, text: str, limit: int = 5, age: float | None = None) -> tuple[MotifCandidate, ...]:
        """At most ``limit`` motifs, best first; () when nothing matches.

        With the age (years) known, motifs of another age are left out and those made for it come first. Of equal
        scores the more urgent default level wins, then the word that stands first.
        """
        query = self._read(text)
        said = said_age(text)
        ages = said if age is None else AgeRange(age, age)
        fits = [_fits(motif, ages) for motif in self._motifs]
        hits = [*_yield_to_longer(self._hits(query, fits)), *self._value_hits(text, fits, ages)]
        titled = self._titles.get(self._synonyms.phrase_stems(text))
        hits = [replace(hit, score=self._raised(hit, hit.motif == titled, fits[hit.motif])) for hit in hits]
        if len({hit.motif for hit in hits}) < _ENOUGH:
            hits = [*hits, *self._partial_hits(query, fits), *self._leaning_hits(query, fits)]
        if self._learned.motifs and titled is None:
            hits = weighed(hits, self._chances(self._terms(query, text, said), fits), query.length)
        return self._ranked(hits, fits)[:limit]

    def likeness(self, text: str) -> dict[str, float]:
        """How much a text resembles the examples of each motif: at most 0, ``FAR_OFF`` for anything less alike."""
        if not self._learned.motifs:
            return {}
        chances = np.maximum(self._learned.log_chances(self.terms(text)), FAR_OFF)
        return dict(zip(self._learned.motifs, chances.tolist(), strict=True))

    def terms(self, text: str) -> Terms:
        """The terms of a text by which it resembles the examples."""
        return self._terms(self._read(text), text, said_age(text))

    def recognise(self, text: str, age: float | None = None) -> MotifCandidate | None:
        """The best motif when its score reaches ``CONFIDENCE``; else ``None``: unknown."""
        best = self.rank(text, limit=1, age=age)
        return best[0] if best and best[0].score >= CONFIDENCE else None

    def _read(self, text: str) -> ReadText:
        parts = clauses(text)
        stems = [self._synonyms.stems(part) for part in parts]
        protected = [self._protected.places(part) for part in stems]
        weights = weigh(parts, protected)
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        clause_of: dict[int, int] = {}
        told: list[list[Told]] = [[] for _ in parts]
        place = length = 0
        for clause, (words, named) in enumerate(zip(parts, stems, strict=True)):
            for name, at in named:
                clause_of[place] = clause
                word = words[at] if stem(words[at]) == name else name
                readings = self._spelling.readings(word, name)
                likeliest = max(readings, key=lambda reading: reading[1])[0] if readings else name
                told[clause].append(Told(likeliest, bool(weights[clause][at])))
                if weights[clause][at]:
                    length += not name.isdigit()
                    for reading, quality in readings:
                        found[reading].append((place, quality * weights[clause][at]))
                    if not readings and (parts_of := self._spelling.glued(word)):
                        for reading in parts_of:
                            clause_of[place] = clause
                            found[reading].append((place, weights[clause][at] * _GLUED))
                            place += 1
                        continue
                place += 1
        return ReadText(found, clause_of, length, told)

    def _hits(self, query: ReadText, fits: Sequence[bool | None]) -> list[Hit]:
        present = Counter(at for name in query.found for at in self._by_stem[name])
        hits = []
        for at, count in present.items():
            number, phrase = self._phrases[at]
            if count < len(phrase.stems) or fits[number] is False or (phrase.needs_age and not fits[number]):
                continue
            quality, places = placed(phrase.stems, query)
            if quality:
                score = quality * _strength(len(phrase.stems), query.length) * (_HINT if phrase.only_hint else 1)
                hits.append(Hit(number, score, places))
        return hits

    def _partial_hits(self, query: ReadText, fits: Sequence[bool | None]) -> list[Hit]:
        """Phrases found only in part, below the confidence: something to choose from rather than nothing."""
        present: dict[int, float] = defaultdict(float)
        for name, places in query.found.items():
            for at in self._by_stem[name]:
                present[at] += self._rarity[name] * max(quality for _, quality in places)
        hits = []
        for at, weight in present.items():
            number, phrase = self._phrases[at]
            share = weight / sum(self._rarity[name] for name in phrase.stems)
            if share >= _PART and fits[number] is not False and not phrase.needs_age:
                hits.append(Hit(number, _PART * min(share, 1.0), frozenset()))
        return hits

    def _leaning_hits(self, query: ReadText, fits: Sequence[bool | None]) -> list[Hit]:
        """Motifs that single words lean to, below all others."""
        found = [(name, max(quality for _, quality in places)) for name, places in query.found.items()]
        leaning = [(number, weight) for number, weight in self._leaning.scores(found).items() if weight > LEAST]
        return [Hit(number, _LEANING * weight, frozenset()) for number, weight in leaning if fits[number] is not False]

    def _value_hits(self, text: str, fits: Sequence[bool | None], ages: AgeRange | None) -> list[Hit]:
        numbers = (self._number[motif] for motif in hinted(text, self._synonyms.values, ages) if motif in self._number)
        return [
            Hit(number, _VALUE, frozenset())
            for number in numbers
            if fits[number] or self._motifs[number].age_restriction is None
        ]

    def _ranked(self, hits: Iterable[Hit], fits: Sequence[bool | None]) -> tuple[MotifCandidate, ...]:
        best: dict[int, Hit] = {}
        for hit in sorted(hits, key=lambda hit: (-round(hit.score, 3), min(hit.places, default=0))):
            best.setdefault(hit.motif, hit)

        def order(hit: Hit) -> tuple[float, bool, int, int, int]:
            motif = self._motifs[hit.motif]
            for_an_age = motif.age_restriction is not None and fits[hit.motif] is None
            first = min(hit.places, default=0)
            return -round(hit.score, 3), for_an_age, -motif.default_level.rank, first, hit.motif

        motifs = self._motifs
        return tuple(
            MotifCandidate(motifs[hit.motif].id, motifs[hit.motif].label, round(hit.score, 3))
            for hit in sorted(best.values(), key=order)
        )

    def _terms(self, query: ReadText, text: str, said: AgeRange | None) -> Terms:
        """By the age that the words say: the examples know no other."""
        return terms_of(query.told, said, hinted(text, self._synonyms.values, said))

    def _chances(self, terms: Terms, fits: Sequence[bool | None]) -> Floats:
        """The log chances of the likeness, each moved by what is known of the age."""
        for_an_age = [motif.age_restriction is not None for motif in self._motifs]
        moved = [
            -math.inf if fit is False else _AGE_CHANCE * (1 if fit else -1) * limited
            for fit, limited in zip(fits, for_an_age, strict=True)
        ]
        return self._learned.log_chances(terms) + np.array(moved, dtype=np.float32)

    @staticmethod
    def _raised(hit: Hit, is_title: bool, fits: bool | None) -> float:
        """The whole name of a motif, or a motif made for this age, comes before its like; hints stay hints."""
        if hit.score < CONFIDENCE:
            return hit.score
        return min(1.0, hit.score + (_TITLE_BONUS if is_title else 0) + (_AGE_BONUS if fits else 0))

    def _written_words(self) -> dict[str, str]:
        """Every word of the table as it may be written, with its stem."""
        words = {short: self._synonyms.stem_of(short) for short in self._synonyms.words if len(short) > 4}
        for motif in self._motifs:
            words |= self._synonyms.spellings(motif)
        return {word: name for word, name in words.items() if name in self._by_stem}


def _fits(motif: Motif, ages: AgeRange | None) -> bool | None:
    """Whether a motif meant for some ages is meant for these; ``None``: no limit, or it cannot be said."""
    if motif.age_restriction is None or ages is None:
        return None
    answers = {
        motif.age_restriction.answer(Reading(read_values({}, age))).state is not State.NOT_FIRED
        for age in {ages.low, ages.high}
    }
    return answers.pop() if len(answers) == 1 else None


def _strength(words: int, length: int) -> float:
    covered = min(1.0, words / max(1, length))
    return _BASE + _PER_WORD * (min(words, _WORDS_THAT_COUNT) - 1) + _COVERAGE * covered


def _yield_to_longer(hits: Sequence[Hit]) -> list[Hit]:
    """Weaken a hit that lies inside a longer one of another motif that is nearly as sure."""

    def lies_inside(hit: Hit) -> bool:
        return any(
            hit.places < other.places and other.motif != hit.motif and other.score >= hit.score - 0.1 for other in hits
        )

    return [replace(hit, score=hit.score * _INSIDE_ANOTHER) if lies_inside(hit) else hit for hit in hits]
