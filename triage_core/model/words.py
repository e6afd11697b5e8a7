"""What the words of a visit say to the model: the same terms, weighed the same way, in training and in serving.

A linear score of the words, one margin for each "at least this level". It knows no vital sign, so that a margin is
the same however the vitals move: the law of worse vitals holds as without words.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from triage_core.motifs.text import normalise
from triage_core.patient import Patient

WORDS_FILE = "words.json"
MARGIN_COLUMNS: tuple[str, ...] = ("mots_vert", "mots_jaune", "mots_rouge")  # beside columns.COLUMNS, in this order
BLOCKS: tuple[str, ...] = ("mots", "lettres", "cadre")  # each of length 1 by itself, the last as it is
LETTERS = (3, 4, 5)
_WORD = re.compile(r"\w+")

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Document:
    """What is said at the desk: the free text, the motif, how she came, trauma or not. Each may be unknown."""

    text: str | None
    motif_id: str | None = None
    mode_arrivee: str | None = None
    traumatisme: bool | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The plain words; none when nothing was written."""
        return tuple(_WORD.findall(normalise(self.text or "")))

    @cached_property
    def terms(self) -> tuple[Counts, Counts, Counts]:
        """How often each term occurs, by block: words alone and in pairs, pieces of words, what frames them."""
        pairs = (f"{one} {other}" for one, other in zip(self.words, self.words[1:], strict=False))
        return Counter([*self.words, *pairs]), Counter(_pieces(self.words)), Counter(self._frame())

    def _frame(self) -> list[str]:
        named = {"motif": self.motif_id, "arrivee": self.mode_arrivee}
        told = [f"{name}={value}" for name, value in named.items() if value is not None]
        return [*told, "traumatisme"] if self.traumatisme else told


@dataclass(frozen=True)
class Term:
    """How rare a term is, and what it adds to each margin once the length of its block is 1."""

    rarity: float
    weights: tuple[float, ...]


@dataclass(frozen=True)
class WordScorer:
    """The learned words: one intercept for each "at least", and the terms of each block of ``BLOCKS``."""

    intercepts: tuple[float, ...]
    terms: tuple[Mapping[str, Term], ...]

    def margins(self, document: Document) -> tuple[float, ...]:
        """Log-odds of each "at least this level" by the words alone; NaN when nothing was written."""
        if not document.words:
            return (math.nan,) * len(self.intercepts)
        totals = list(self.intercepts)
        for block, known, counted in zip(BLOCKS, self.terms, document.terms, strict=True):
            for share, weights in _shares(block, known, counted):
                for level, weight in enumerate(weights):
                    totals[level] += share * weight
        return tuple(totals)

    def as_json(self) -> bytes:
        """The file of a bundle, the same bytes for the same words."""
        told = {"intercepts": self.intercepts, "terms": [{k: asdict(t) for k, t in b.items()} for b in self.terms]}
        return json.dumps(told, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_scorer(content: bytes, n_margins: int) -> WordScorer:
    """The scorer of a file; ``KeyError``, ``TypeError`` or ``ValueError`` for anything but ``n_margins`` margins."""
    told = json.loads(content)
    terms = tuple(
        {name: Term(float(term["rarity"]), tuple(map(float, term["weights"]))) for name, term in block.items()}
        for block in told["terms"]
    )
    scorer = WordScorer(tuple(map(float, told["intercepts"])), terms)
    lengths = {len(scorer.intercepts)} | {len(term.weights) for block in terms for term in block.values()}
    if lengths != {n_margins} or len(terms) != len(BLOCKS):
        raise ValueError(f"wanted {n_margins} margins over {len(BLOCKS)} blocks of words")
    return scorer


def document_of(patient: Patient, motif_id: str | None) -> Document:
    """The words of one patient; ``motif_id`` is the motif that counts, chosen or recognised."""
    return Document(patient.motif_consultation, motif_id, patient.mode_arrivee, patient.traumatisme)


def strength(block: str, count: int, rarity: float) -> float:
    """What a term weighs before its block is brought to length 1: repeated words count little more than once."""
    return 1.0 if block == "cadre" else (1.0 + math.log(count)) * rarity


def _shares(block: str, known: Mapping[str, Term], counted: Counts) -> list[tuple[float, tuple[float, ...]]]:
    found = [(strength(block, n, known[t].rarity), known[t].weights) for t, n in counted.items() if t in known]
    length = 1.0 if block == "cadre" else math.sqrt(sum(share * share for share, _ in found))
    return [(share / length, weights) for share, weights in found]


def _pieces(words: tuple[str, ...]) -> list[str]:
    """Three to five letters in a row within each word, a space standing for its ends; a short word once."""
    pieces: list[str] = []
    for word in words:
        padded = f" {word} "
        for length in LETTERS:
            pieces.extend(padded[start : start + length] for start in range(max(1, len(padded) - length + 1)))
            if len(padded) <= length:
                break
    return pieces
