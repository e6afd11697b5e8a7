"""Typing errors and words cut short: which stems of the table a word may stand for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from triage_core.motifs.text import stem

SHORTEST = 5  # letters: four-letter words have too many neighbours (« main », « sein », « rein »)
TWO_ERRORS_FROM = 8  # letters
COST_OF_AN_ERROR = 0.06
CUT_SHORT, CUT_VERY_SHORT = 0.85, 0.7  # « cephal », « ceph »


class Spelling:
    """Knows the words of the table; says what an unknown word probably is, and how surely."""

    def __init__(self, words: Iterable[str], stems: Mapping[str, object], ordinary: frozenset[str]) -> None:
        self._stems = stems
        self._ordinary = ordinary
        self._buckets: dict[str, list[str]] = defaultdict(list)
        for word in sorted(set(words)):
            if len(word) >= SHORTEST - 1 and word.isalpha() and word not in ordinary:
                self._buckets[_bucket(word)].append(word)

    def readings(self, word: str, name: str) -> tuple[tuple[str, float], ...]:
        """The stems a word (``name`` is its own stem) may stand for, with a quality in 0..1; none when unknown."""
        if name in self._stems:
            return ((name, 1.0),)
        if len(word) < SHORTEST - 1 or not word.isalpha() or word in self._ordinary:
            return ()
        return self._misspelt(word) or self._cut_short(word)

    def _misspelt(self, word: str) -> tuple[tuple[str, float], ...]:
        if len(word) < SHORTEST:
            return ()
        allowed = 2 if len(word) >= TWO_ERRORS_FROM else 1
        near = process.extract(
            word, self._buckets.get(_bucket(word), []), scorer=OSA.distance, score_cutoff=allowed, limit=6
        )
        return _once(
            (stem(known), 1 - COST_OF_AN_ERROR * max(1, errors)) for known, errors, _ in near if len(known) >= SHORTEST
        )

    def _cut_short(self, word: str) -> tuple[tuple[str, float], ...]:
        quality = CUT_SHORT if len(word) >= SHORTEST else CUT_VERY_SHORT
        longer = [known for known in self._buckets.get(_bucket(word), []) if known.startswith(word)]
        return _once((stem(known), quality) for known in longer)


def _once(readings: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    best: dict[str, float] = {}
    for name, quality in readings:
        best[name] = max(quality, best.get(name, 0.0))
    return tuple(best.items())


def _bucket(word: str) -> str:
    """The first letter that is heard: the h of « hématurie » is often forgotten."""
    return word.lstrip("h")[:1]
