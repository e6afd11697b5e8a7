"""The synonym table (``synonyms.toml``) read into phrases: tuples of stems that name or hint a motif."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, product
from pathlib import Path
from sys import intern

from triage_core.motifs.text import LITTLE_WORDS, clauses, stem
from triage_core.motifs.values import ValueHint, read_hints
from triage_core.rules.catalog import Motif

PACKAGED = Path(__file__).with_name("synonyms.toml")

_ARTICLES = frozenset(["le", "la", "les", "l", "un", "une", "de", "du", "des", "d", "the", "a", "an", "of"])


@dataclass(frozen=True, slots=True)
class Phrase:
    """Stems that belong together. ``only_hint`` never names a motif alone; ``needs_age`` waits for a fitting age."""

    stems: tuple[str, ...]
    only_hint: bool = False
    needs_age: bool = False


@dataclass(frozen=True)
class Synonyms:
    """The table as read. ``words`` maps an abbreviation to its word or words, ``groups`` a name to a choice."""

    words: Mapping[str, tuple[str, ...]]
    false_negations: tuple[str, ...]
    ordinary: frozenset[str]
    motifs: Mapping[str, Mapping[str, Sequence[str]]]
    groups: Mapping[str, str] = field(default_factory=dict)
    values: tuple[ValueHint, ...] = ()
    _known: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict, repr=False, compare=False)

    def stems(self, words: Iterable[str]) -> list[tuple[str, int]]:
        """The stems of words, each with the place of its word; little words are left out."""
        return [
            (stem(plain), place)
            for place, word in enumerate(words)
            for plain in self.words.get(word, (word,))
            if plain not in LITTLE_WORDS
        ]

    def phrase_stems(self, text: str) -> tuple[str, ...]:
        """The stems of a phrase, each once; punctuation inside does not matter."""
        flat = [word for clause in clauses(text) for word in clause]
        return tuple(dict.fromkeys(name for name, _ in self.stems(flat)))

    def phrases(self, motif: Motif) -> tuple[Phrase, ...]:
        """Every phrase of a motif: its names in the grid and its lines of the table; the stronger use wins."""
        lines = self.motifs.get(motif.id, {})
        named = (motif.label, motif.label_en, *motif.aliases, *lines.get("fr", ()), *lines.get("en", ()))
        uses = ((named, False, False), (lines.get("si_age", ()), False, True), (lines.get("faible", ()), True, False))
        found: dict[tuple[str, ...], Phrase] = {}
        for texts, only_hint, needs_age in uses:
            for words, stems in chain.from_iterable(map(self._written_out, texts)):
                is_hint = only_hint or (len(stems) == 1 and words > 1)  # « dans l'oreille »: no sense is left
                known = found.get(stems)
                if known is None or (known.only_hint and not is_hint):
                    found[stems] = Phrase(stems, is_hint, needs_age)
        found.pop((), None)
        return tuple(found.values())

    def spellings(self, motif: Motif) -> dict[str, str]:
        """The words of a motif as they are written, each with its stem, for spelling correction."""
        lines = self.motifs.get(motif.id, {})
        texts = (motif.label, motif.label_en, *motif.aliases, *(text for group in lines.values() for text in group))
        spelled = " , ".join(self._choices(text).replace("|", " ").replace("_", " ") for text in texts)
        words = {word for clause in clauses(spelled) for word in clause} - LITTLE_WORDS
        return {word: self.stem_of(word) for word in words}

    def stem_of(self, word: str) -> str:
        """The stem of one written word, or of the word it abbreviates."""
        plain = self.words.get(word, (word,))
        return stem(plain[0] if len(plain) == 1 else word)

    def _written_out(self, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Every phrase of « a|b c|d »: how many words it has, articles left out, and its stems, each once.

        A choice is read once, not once a phrase: there are tens of thousands.
        """
        text = self._choices(text)
        if "|" not in text:
            yield self._read(text)
            return
        choices = [[self._read(choice.replace("_", " ")) for choice in word.split("|")] for word in text.split()]
        for parts in product(*choices):
            stems = dict.fromkeys(name for _, read in parts for name in read)
            yield sum(words for words, _ in parts), tuple(stems)

    def _read(self, text: str) -> tuple[int, tuple[str, ...]]:
        """How many words, articles left out, and the stems; one reading of a text serves every motif."""
        if text not in self._known:
            flat = [word for clause in clauses(text) for word in clause]
            stems = tuple(dict.fromkeys(intern(name) for name, _ in self.stems(flat)))
            self._known[text] = sum(word not in _ARTICLES for word in flat), stems
        return self._known[text]

    def _choices(self, text: str) -> str:
        """« {membre} » replaced by the words of that group."""
        for name, choice in self.groups.items():
            text = text.replace("{" + name + "}", choice)
        return text


@lru_cache(maxsize=1)
def load_synonyms(path: Path = PACKAGED) -> Synonyms:
    """Read the table, once a process; ``tomllib.TOMLDecodeError`` or ``KeyError`` when the file is not one."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    plain = {short: tuple(clauses(long)[0]) for short, long in table["mots"].items()}
    for long, shorts in table.get("memes_mots", {}).items():
        plain |= dict.fromkeys(shorts.split(), tuple(clauses(long)[0]))
    negation = table["negation"]
    ordinary = frozenset(word for line in negation["ordinaires"] for word in line.split())
    values = read_hints(table.get("valeurs", ()))
    return Synonyms(plain, tuple(negation["fausses"]), ordinary, table["motifs"], table.get("groupes", {}), values)
