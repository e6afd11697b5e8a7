"""The words of notes (``words.toml``) as phrases of tokens, found from the left, the longest first."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from triage_core.extraction.tokens import Kind, Token, tokenize
from triage_core.features import Interval

PACKAGED = Path(__file__).with_name("words.toml")
MISSPELT_FROM = 6  # letters of a label that may hold one typing error
T = TypeVar("T")


class Phrases(Generic[T]):
    """Phrases and what each stands for."""

    def __init__(self, meanings: Mapping[str, T], spelling: bool = False) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for written, meaning in meanings.items():
            words = tuple(token.text for token in tokenize(written))
            self._by_first.setdefault(words[0], []).append((words, meaning))
        for known in self._by_first.values():
            known.sort(key=lambda entry: -len(entry[0]))
        firsts = (word for word in self._by_first if len(word) >= MISSPELT_FROM)
        self._misspelt = sorted(firsts) if spelling else []

    def at(self, tokens: Sequence[Token], place: int) -> tuple[T, int] | None:
        """What stands at this token and how many tokens it takes; ``None``: nothing known."""
        if place >= len(tokens):
            return None
        first = self._first(tokens[place])
        for words, meaning in self._by_first.get(first, ()):
            rest = tokens[place + 1 : place + len(words)]
            if len(rest) == len(words) - 1 and all(map(self._is, words[1:], rest)):
                return meaning, len(words)
        return None

    def _is(self, known: str, token: Token) -> bool:
        """The word itself, or a long one with a single typing error in a table that allows it."""
        if known == token.text:
            return True
        may_err = bool(self._misspelt) and len(known) >= MISSPELT_FROM and token.kind is Kind.WORD
        return may_err and OSA.distance(known, token.text, score_cutoff=1) <= 1

    def _first(self, token: Token) -> str:
        word = token.text
        if word in self._by_first or token.kind is not Kind.WORD or len(word) < MISSPELT_FROM or not self._misspelt:
            return word
        near = process.extractOne(word, self._misspelt, scorer=OSA.distance, score_cutoff=1)
        return near[0] if near else word


@dataclass(frozen=True)
class Sign:
    """How one number is written: factors of its units, words that may follow, and when a weak label is none."""

    units: Phrases[float]
    suffixes: Phrases[bool]
    needs_unit: bool = False
    between: Interval | None = None


@dataclass(frozen=True)
class Words:
    """The whole table, compiled."""

    signs: Mapping[str, Sign]
    labels: Phrases[str]
    weak: frozenset[tuple[str, str]]
    lone_units: Phrases[str]
    of_fever: frozenset[str]
    also_reasons: frozenset[str]
    sets: Mapping[str, Phrases[str]]
    plain: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]

    def has(self, name: str, tokens: Sequence[Token], place: int) -> int:
        """How many tokens a phrase of this set takes at this place; 0 when none stands there."""
        found = self.sets[name].at(tokens, place)
        return found[1] if found else 0


@lru_cache(maxsize=1)
def load_words(path: Path = PACKAGED) -> Words:
    """Read and compile the table; ``KeyError`` or ``tomllib.TOMLDecodeError`` when the file is not one."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    signs = table["signes"]
    labels = {word: name for name, sign in signs.items() for word in (*sign["mots"], *sign.get("faibles", ()))}
    labels |= {word: part for part in ("systolique", "diastolique") for word in table["pression"][part]}
    labels |= dict.fromkeys(table["pression"]["mots"], "pression")
    labels |= dict.fromkeys(table["etiquettes"]["ignorees"], "autre")
    weak = frozenset((name, word) for name, sign in signs.items() for word in sign.get("faibles", ()))
    return Words(
        signs={name: _sign(sign) for name, sign in signs.items()},
        labels=Phrases(labels, spelling=True),
        weak=weak,
        lone_units=Phrases({unit: name for name, sign in signs.items() for unit in sign.get("seules", ())}),
        of_fever=frozenset(table["fievre"]["mots"]),
        also_reasons=frozenset([*table["fievre"]["mots"], *table["etiquettes"]["aussi_motifs"]]),
        sets=_sets(table),
        plain={"douleur": frozenset(table["douleur"]["mots"])},
        numbers=table["nombres"],
    )


def _sign(sign: Mapping[str, Any]) -> Sign:
    between = sign.get("entre")
    return Sign(
        units=Phrases(sign["unites"]),
        suffixes=_all_of(sign.get("suites", ())),
        needs_unit=sign.get("unite_obligatoire", False),
        between=(between[0], between[1]) if between else None,
    )


def _sets(table: Mapping[str, Any]) -> dict[str, Phrases[str]]:
    """Every list and every mapping of phrases, as ``section.list``."""
    found: dict[str, Phrases[str]] = {}
    for section in table.keys() - {"signes", "nombres"}:
        for name, words in table[section].items():
            meanings = words if isinstance(words, dict) else dict.fromkeys(words, name)
            found[f"{section}.{name}"] = Phrases(meanings)
    return found


def _all_of(words: Iterable[str]) -> Phrases[bool]:
    return Phrases(dict.fromkeys(words, True))
