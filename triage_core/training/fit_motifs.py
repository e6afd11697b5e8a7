"""Fits the weights of the reason search: ``python -m triage_core.training.fit_motifs [--check]``.

Multinomial logistic regression over the terms of the examples (``motifs/examples.toml``) and of a sample of the
table's phrases, weights rounded to a byte. The queries of the tests are no examples.
"""

import hashlib
import math
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from triage_core.motifs.learned import EXAMPLES, PACKAGED, UNLEARNED, LearnedMotifs, Terms
from triage_core.motifs.search import MotifSearch
from triage_core.motifs.synonyms import PACKAGED as TABLE
from triage_core.motifs.synonyms import load_synonyms
from triage_core.rules.catalog import RuleBook, load_rulebook

PHRASES, PHRASE_WEIGHT = 60, 0.3  # of a motif's lines of the table, and what one counts beside an example
LEAST = 3  # texts a pair of words or a piece must occur in; a word alone may occur once
PENALTY = 20.0  # sklearn's C
MOST_STEPS = 300
_BYTE = 127


def read_examples(path: Path = EXAMPLES) -> dict[str, tuple[str, ...]]:
    """The examples: what was typed, and the motifs it may mean, the best first."""
    told: Mapping[str, Sequence[str]] = tomllib.loads(path.read_text(encoding="utf-8"))["exemples"]
    return {text: tuple(ids) for ids, texts in ((key.split(), texts) for key, texts in told.items()) for text in texts}


def fit(book: RuleBook, examples: Mapping[str, tuple[str, ...]], phrases: int = PHRASES) -> LearnedMotifs:
    """The weights of these examples and of so many phrases a motif; the same for the same table and libraries."""
    search = MotifSearch(book, learned=UNLEARNED)
    number = {motif.id: at for at, motif in enumerate(book.motifs)}
    texts = [(text, number[ids[0]], 1.0) for text, ids in examples.items()]
    texts += [(phrase, at, PHRASE_WEIGHT) for phrase, at in _phrases(book, phrases)]
    documents = [search.terms(text) for text, _, _ in texts]
    blocks, rarity = _vocabulary(documents)
    classifier = LogisticRegression(C=PENALTY, max_iter=MOST_STEPS, tol=1e-4)
    matrix = _matrix(documents, blocks, rarity)
    classifier.fit(matrix, [at for _, at, _ in texts], sample_weight=[weight for _, _, weight in texts])
    weights = np.asarray(classifier.coef_.T, dtype=np.float64)
    scale = np.abs(weights).max(axis=0) / _BYTE
    rounded = np.rint(weights / scale).astype(np.int8)
    ids = tuple(motif.id for motif in book.motifs)
    bias = np.asarray(classifier.intercept_, dtype=np.float32)
    return LearnedMotifs(ids, blocks, rarity, rounded, scale.astype(np.float32), bias)


def digest() -> str:
    """What the weights were learned from: the examples, and the table by whose words they are read."""
    return hashlib.sha256(EXAMPLES.read_bytes() + TABLE.read_bytes()).hexdigest()


def write(learned: LearnedMotifs, path: Path = PACKAGED) -> None:
    """The weights as one file, with the digest of what they were learned from."""
    words, pieces = ("\n".join(block) for block in learned.places)
    np.savez_compressed(
        path, words=words, pieces=pieces, motifs="\n".join(learned.motifs), rarity=learned.rarity,
        weights=learned.weights, scale=learned.scale, bias=learned.bias, examples=digest(),
    )  # fmt: skip


def _phrases(book: RuleBook, most: int) -> list[tuple[str, int]]:
    """A sample of the phrases that name each motif, its titles among them."""
    synonyms, drawn = load_synonyms(), np.random.default_rng(1)
    sample: list[tuple[str, int]] = []
    for at, motif in enumerate(book.motifs):
        named = sorted({" ".join(phrase.stems) for phrase in synonyms.phrases(motif) if not phrase.only_hint})
        sample += [(phrase, at) for phrase in drawn.permutation(named)[:most].tolist()]
        sample += [(title, at) for title in (motif.label, motif.label_en)]
    return sample


def _vocabulary(documents: Sequence[Terms]) -> tuple[tuple[dict[str, int], ...], np.ndarray]:
    """Each term that occurs often enough with its place, and how rare it is (inverse document frequency)."""
    counted = [Counter(term for document in documents for term in document[block]) for block in range(2)]
    kept = [
        [term for term, n in sorted(counted[0].items()) if n >= LEAST or " " not in term],
        [term for term, n in sorted(counted[1].items()) if n >= LEAST],
    ]
    words = {term: at for at, term in enumerate(kept[0])}
    pieces = {term: len(words) + at for at, term in enumerate(kept[1])}
    times = [counted[block][term] for block in range(2) for term in kept[block]]
    rarity = [math.log((1 + len(documents)) / (1 + n)) + 1 for n in times]
    return (words, pieces), np.array(rarity, dtype=np.float32)


def _matrix(
    documents: Sequence[Terms], blocks: Sequence[Mapping[str, int]], rarity: np.ndarray
) -> scipy.sparse.csr_matrix:
    """A row a document, each block of it of length 1, as in serving."""
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for document in documents:
        for known, told in zip(blocks, document, strict=True):
            places = sorted(known[term] for term in told if term in known)
            shares = rarity[places]
            columns += places
            values += (shares / np.sqrt((shares**2).sum())).tolist() if places else []
        ends.append(len(columns))
    return scipy.sparse.csr_matrix((values, columns, ends), shape=(len(documents), len(rarity)))


def main(arguments: Sequence[str]) -> int:
    """Fit and write the weights; ``--check`` says whether those packaged were learned from the examples."""
    if "--check" in arguments:
        with np.load(PACKAGED, allow_pickle=False) as told:
            is_fresh = str(told["examples"]) == digest()
        print(
            "weights of the reason search: fresh"
            if is_fresh
            else "stale: run python -m triage_core.training.fit_motifs"
        )
        return 0 if is_fresh else 1
    learned = fit(load_rulebook(), read_examples())
    write(learned)
    print(f"{sum(map(len, learned.places))} terms, {PACKAGED.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
