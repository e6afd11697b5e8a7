"""Typing errors, words as they sound, cut short or glued together: which stems of the table a word may stand for."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5  # letters: four-letter words have too many neighbours (« main », « sein », « rein »)
TWO_ERRORS_FROM = 8  # letters
OTHER_FIRST_LETTER_FROM = 7
ALIKE_FROM = 7
GLUED_FROM, PART_FROM = 8, 3
COST_OF_AN_ERROR = 0.06
CUT_SHORT, CUT_VERY_SHORT = 0.85, 0.7  # « cephal », « ceph »
_SOUNDS = (
    (re.compile(r"h"), ""),
    (re.compile(r"(.)\1"), r"\1"),
    (re.compile(r"y"), "i"),
    (re.compile(r"eau|au"), "o"),
    (re.compile(r"ei|ai|oe|ae"), "e"),
    (re.compile(r"qu|k|c(?![ei])"), "k"),
    (re.compile(r"c|z|x$"), "s"),
    (re.compile(r"ss"), "s"),
    (re.compile(r"en|em|am|an"), "a"),
    (re.compile(r"in|im"), "i"),
    (re.compile(r"[estdxp]+$"), ""),
)


class Spelling:
    """Knows the words of the table; says what an unknown word probably is, and how surely."""

    def __init__(self, words: Mapping[str, str], stems: Collection[str], ordinary: frozenset[str]) -> None:
        """``words`` maps each word as it is written to its stem."""
        self._stems, self._ordinary, self._words = stems, ordinary, words
        self._buckets: dict[str, list[str]] = defaultdict(list)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words):
            if len(word) >= SHORTEST - 1 and word.isalpha() and word not in ordinary:
                self._buckets[_bucket(word)].append(word)
                self._sounds[sound(word)].append(word)
        self._longer = [word for word in sorted(words) if len(word) >= OTHER_FIRST_LETTER_FROM and word.isalpha()]

    def readings(self, word: str, name: str) -> tuple[tuple[str, float], ...]:
        """The stems a word (``name`` is its own stem) may stand for, with a quality in 0..1; none when unknown."""
        if name in self._stems:
            return ((name, 1.0),)
        if len(word) < SHORTEST - 1 or not word.isalpha() or word in self._ordinary:
            return ()
        return self._misspelt(word) or self._cut_short(word) or self._misspelt_at_the_start(word)

    def glued(self, word: str) -> tuple[str, str] | None:
        """The two known stems of which an unknown word is made (« malventre »)."""
        if len(word) < GLUED_FROM or not word.isalpha() or word in self._ordinary:
            return None
        for cut in range(len(word) - PART_FROM, PART_FROM - 1, -1):
            first, second = self._words.get(word[:cut]), self._words.get(word[cut:])
            if first and second and max(cut, len(word) - cut) >= SHORTEST - 1:
                return first, second
        return None

    def _misspelt(self, word: str) -> tuple[tuple[str, float], ...]:
        if len(word) < SHORTEST:
            return ()
        allowed = 2 if len(word) >= TWO_ERRORS_FROM else 1
        near = _near(word, self._buckets.get(_bucket(word), ()), allowed)
        alike = [(known, 1) for known in self._sounds.get(sound(word), ())] if len(word) >= ALIKE_FROM else []
        return self._once((known, 1 - COST_OF_AN_ERROR * max(1, errors)) for known, errors in [*near, *alike])

    def _misspelt_at_the_start(self, word: str) -> tuple[tuple[str, float], ...]:
        if len(word) < OTHER_FIRST_LETTER_FROM:
            return ()
        return self._once((known, 1 - 2 * COST_OF_AN_ERROR) for known, _ in _near(word, self._longer, 1))

    def _cut_short(self, word: str) -> tuple[tuple[str, float], ...]:
        quality = CUT_SHORT if len(word) >= SHORTEST else CUT_VERY_SHORT
        return self._once((known, quality) for known in self._buckets.get(_bucket(word), ()) if known.startswith(word))

    def _once(self, readings: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
        best: dict[str, float] = {}
        for known, quality in readings:
            name = self._words[known]
            best[name] = max(quality, best.get(name, 0.0))
        return tuple(best.items())


def _near(word: str, known: Collection[str], allowed: int) -> list[tuple[str, int]]:
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=allowed, limit=6)
    return [(found, errors) for found, errors, _ in near if len(found) >= SHORTEST]


def sound(word: str) -> str:
    """A word as it sounds, roughly.

    >>> sound("pharyngite") == sound("faringite"), sound("hemorragie") == sound("emoragie")
    (True, True)
    """
    plain = word.replace("ph", "f")
    for pattern, heard in _SOUNDS:
        plain = pattern.sub(heard, plain)
    return plain


def _bucket(word: str) -> str:
    """The first letter that is heard: the h of « hématurie » is often forgotten, « ph » is an f."""
    return "f" if word.startswith("ph") else word.lstrip("h")[:1]
