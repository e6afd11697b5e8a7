"""The table of criteria (``criteria.toml``) read into families: phrases that suggest the same criteria."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from triage_core.motifs.negation import Protected
from triage_core.motifs.spelling import Spelling
from triage_core.motifs.synonyms import Synonyms
from triage_core.motifs.text import clauses

PACKAGED = Path(__file__).with_name("criteria.toml")

Stems = tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """Phrases of the same meaning and what silences them.

    ``companions`` are words of which one must stand in the text besides; empty: none need. A treatment counts in the
    history too, and not when it was stopped long ago.
    """

    phrases: tuple[Stems, ...]
    silencers: frozenset[str]
    companions: tuple[Stems, ...]
    is_treatment: bool


@dataclass(frozen=True)
class Criteria:
    """The table as read: the families of each criterion, the words of stopping, and how its words may be misspelt."""

    families: Mapping[str, tuple[Family, ...]]
    stopping: frozenset[str]
    recent: frozenset[str]
    synonyms: Synonyms
    spelling: Spelling
    protected: Protected


def load_criteria(synonyms: Synonyms, path: Path = PACKAGED) -> Criteria:
    """Read the table; a ``ValueError``, ``LookupError``, ``TypeError`` or ``AttributeError`` when it is none."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    families: dict[str, list[Family]] = defaultdict(list)
    written: set[str] = set()
    for row in table["famille"]:
        family = _family(row, synonyms)
        written |= _words([*row["mots"], *row.get("avec", ())])
        for criterion in row["criteres"]:
            families[criterion].append(family)
    every = [family for told in families.values() for family in told]
    stems = {name for family in every for phrase in (*family.phrases, *family.companions) for name in phrase}
    right = _ordinary(synonyms) | _words([table["ordinaires"]])
    return Criteria(
        {criterion: tuple(told) for criterion, told in families.items()},
        frozenset(_words(table["arrets"])),
        frozenset(_words(table["recents"])),
        synonyms,
        Spelling(_spellings(written, stems, synonyms), stems, right - written),
        Protected((*_phrases(synonyms.false_negations, synonyms), *(p for family in every for p in family.phrases))),
    )


def _family(row: Mapping[str, Sequence[str]], synonyms: Synonyms) -> Family:
    return Family(
        tuple(dict.fromkeys(_phrases(row["mots"], synonyms))),
        frozenset(_words(row.get("sauf", ()))),
        tuple(dict.fromkeys(_phrases(row.get("avec", ()), synonyms))),
        bool(row.get("traitement")),
    )


def _phrases(texts: Iterable[str], synonyms: Synonyms) -> Iterator[Stems]:
    """Every phrase of « a|b c|d » as stems; one that is cut to a single word or none is a fault of the table."""
    for text in texts:
        for words in product(*(choice.split("|") for choice in text.split())):
            stems = synonyms.phrase_stems(" ".join(words).replace("_", " "))
            if not stems or len(stems) == 1 < len(words):
                raise ValueError(f"too little is left of the phrase {' '.join(words)!r}: {stems}")
            yield stems


def _words(texts: Iterable[str]) -> set[str]:
    spelled = " , ".join(texts).replace("|", " ").replace("_", " ")
    return {word for clause in clauses(spelled) for word in clause}


def _spellings(written: Iterable[str], stems: set[str], synonyms: Synonyms) -> dict[str, str]:
    named = {word: synonyms.stem_of(word) for word in written}
    return {word: name for word, name in named.items() if name in stems}


def _ordinary(synonyms: Synonyms) -> frozenset[str]:
    """Words that are spelled right: whatever the search knows is no misspelt word of a criterion."""
    lines = (line for motif in synonyms.motifs.values() for texts in motif.values() for line in texts)
    known = {*re.findall(r"[^\W\d_]+", " ".join(lines))}
    return synonyms.ordinary | synonyms.words.keys() | _words(sorted(known))
