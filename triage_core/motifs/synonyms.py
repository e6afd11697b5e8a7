"""The synonym table (``synonyms.toml``) read into phrases: tuples of stems that name or hint a motif."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from triage_core.motifs.text import LITTLE_WORDS, clauses, stem
from triage_core.rules.catalog import Motif

PACKAGED = Path(__file__).with_name("synonyms.toml")


@dataclass(frozen=True)
class Phrase:
    """Stems that belong together. ``only_hint`` never names a motif alone; ``needs_age`` waits for a fitting age."""

    stems: tuple[str, ...]
    only_hint: bool = False
    needs_age: bool = False


@dataclass(frozen=True)
class Synonyms:
    """The table as read. ``words`` maps an abbreviation to its word or words."""

    words: Mapping[str, tuple[str, ...]]
    false_negations: tuple[str, ...]
    ordinary: frozenset[str]
    motifs: Mapping[str, Mapping[str, Sequence[str]]]

    def stems(self, words: Iterable[str]) -> list[tuple[str, int]]:
        """The stems of words, each with the place of its word; little words are left out."""
        return [
            (stem(plain), place)
            for place, word in enumerate(words)
            for plain in self.words.get(word, (word,))
            if plain not in LITTLE_WORDS
        ]

    def phrase_stems(self, text: str) -> tuple[str, ...]:
        """The stems of a phrase of the table, each once; punctuation inside does not matter."""
        flat = [word for clause in clauses(text) for word in clause]
        return tuple(dict.fromkeys(name for name, _ in self.stems(flat)))

    def phrases(self, motif: Motif) -> tuple[Phrase, ...]:
        """Every phrase of a motif: its names in the grid and its lines of the table; the stronger use wins."""
        lines = self.motifs.get(motif.id, {})
        named = (motif.label, motif.label_en, *motif.aliases, *lines.get("fr", ()), *lines.get("en", ()))
        uses = ((named, False, False), (lines.get("si_age", ()), False, True), (lines.get("faible", ()), True, False))
        found: dict[tuple[str, ...], Phrase] = {}
        for texts, only_hint, needs_age in uses:
            for text in texts:
                for spelled in alternatives(text):
                    stems = self.phrase_stems(spelled)
                    found.setdefault(stems, Phrase(stems, only_hint, needs_age))
        found.pop((), None)
        return tuple(found.values())

    def spellings(self, motif: Motif) -> frozenset[str]:
        """The words of a motif as they are written, for spelling correction."""
        lines = self.motifs.get(motif.id, {})
        texts = (motif.label, motif.label_en, *motif.aliases, *(text for group in lines.values() for text in group))
        spelled = " ".join(alternative for text in texts for alternative in alternatives(text))
        return frozenset(word for clause in clauses(spelled) for word in clause)


def alternatives(text: str) -> list[str]:
    """« a|b c » written out: « a c » and « b c »; « _ » joins the words of one choice."""
    return [" ".join(words).replace("_", " ") for words in product(*(word.split("|") for word in text.split()))]


def load_synonyms(path: Path = PACKAGED) -> Synonyms:
    """Read the table; ``tomllib.TOMLDecodeError`` or ``KeyError`` when the file is not one."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    plain = {short: tuple(clauses(long)[0]) for short, long in table["mots"].items()}
    negation = table["negation"]
    return Synonyms(plain, tuple(negation["fausses"]), frozenset(negation["ordinaires"]), table["motifs"])
