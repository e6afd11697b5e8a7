"""Fits the words part: vocabulary and weights of the training rows alone, and what it says of rows it did not see."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage_core.model.columns import Floats
from triage_core.model.words import BLOCKS, Document, Term, WordScorer, strength

if TYPE_CHECKING:
    import pandas as pd

MIN_WORDINGS = 300  # the synthetic table has 217: the grid's own labels and synonyms, which the motif tells already
WORDINGS_PER_ROOT = 6.0  # and as many times the root of the rows: a few corrections in words do not make a history
MIN_SHARE = 0.5  # of the rows with words
MOST_ROWS = 50_000  # rows the weights are fitted on; more add nothing but time
PENALTY = 1.0  # sklearn's C
SEED = 42
LEAST_SERVED = 5  # visits a term of a served file occurs in: a name that somebody typed must not travel with a model
_LEAST = {"mots": 2, "lettres": 3, "cadre": 5}  # documents a term must occur in
_MOST = {"mots": 5000, "lettres": 1500, "cadre": 500}
_NEVER_SURE = 1e-4

Ranks = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The terms of some documents by block, each with its column and its rarity (inverse document frequency)."""

    places: tuple[Mapping[str, int], ...]
    rarities: tuple[tuple[float, ...], ...]

    def matrix(self, documents: Sequence[Document]) -> scipy.sparse.csr_matrix:
        """One sparse row a document, blocks side by side."""
        return scipy.sparse.hstack([self._block(number, documents) for number in range(len(BLOCKS))]).tocsr()

    def _block(self, number: int, documents: Sequence[Document]) -> scipy.sparse.csr_matrix:
        block, places, rarities = BLOCKS[number], self.places[number], self.rarities[number]
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for document in documents:
            found = [(places[t], n) for t, n in document.terms[number].items() if t in places]
            shares = np.array([strength(block, n, rarities[place]) for place, n in found])
            length = 1.0 if block == "cadre" or not found else float(np.sqrt((shares**2).sum()))
            values.extend((shares / length).tolist())
            columns.extend(place for place, _ in found)
            ends.append(len(values))
        return scipy.sparse.csr_matrix((values, columns, ends), shape=(len(documents), len(places)))


@dataclass(frozen=True)
class FittedWords:
    """A vocabulary and its weights, as fitted; ``scorer`` is the form that is served."""

    vocabulary: Vocabulary
    intercepts: tuple[float, ...]
    weights: NDArray[np.float64]  # (K - 1, terms)

    def margins(self, documents: Sequence[Document]) -> Floats:
        """The margins of many documents, ``(n, K - 1)`` float32; NaN where nothing was written."""
        told = np.asarray(self.vocabulary.matrix(documents) @ self.weights.T) + np.array(self.intercepts)
        told[[not document.words for document in documents]] = np.nan
        found: Floats = told.astype(np.float32)
        return found

    def scorer(self) -> WordScorer:
        """The same as plain numbers by term."""
        blocks, start = [], 0
        for places, rarities in zip(self.vocabulary.places, self.vocabulary.rarities, strict=True):
            told = self.weights[:, start : start + len(places)].T
            blocks.append({t: Term(rarities[at], tuple(told[at].tolist())) for t, at in places.items()})
            start += len(places)
        return WordScorer(self.intercepts, tuple(blocks))


def fit_vocabulary(documents: Sequence[Document], least: int = 0) -> Vocabulary:
    """The terms that occur often enough (``least`` documents or more), the most frequent when there are too many."""
    places, rarities = [], []
    for number, block in enumerate(BLOCKS):
        seen: Counter[str] = Counter(term for document in documents for term in document.terms[number])
        often = sorted((-count, term) for term, count in seen.items() if count >= max(_LEAST[block], least))
        kept = sorted(term for _, term in often[: _MOST[block]])
        places.append({term: place for place, term in enumerate(kept)})
        rarities.append(tuple(round(float(np.log((1 + len(documents)) / (1 + seen[t]))) + 1, 6) for t in kept))
    return Vocabulary(tuple(places), tuple(rarities))


def fit_words(documents: Sequence[Document], ranks: Ranks, n_levels: int, least: int = 0) -> FittedWords:
    """One logistic regression for each "at least" of any ordinal scale, on at most ``MOST_ROWS`` rows."""
    chosen = np.arange(len(ranks))
    if len(chosen) > MOST_ROWS:
        chosen = np.sort(np.random.default_rng(SEED).permutation(chosen)[:MOST_ROWS])
    kept = [documents[place] for place in chosen.tolist()]
    vocabulary = fit_vocabulary(kept, least)
    rows, reached = vocabulary.matrix(kept), ranks[chosen, None] >= np.arange(1, n_levels)
    fits = [_fit_one(rows, column) for column in reached.T]
    return FittedWords(vocabulary, tuple(i for i, _ in fits), np.array([weights for _, weights in fits]))


def crossfitted_words(
    documents: Sequence[Document], ranks: Ranks, n_levels: int, folds: Ranks, least: int = 0
) -> Floats:
    """What words fitted on the *other* folds say of each row, vocabulary included: no row sees its own level."""
    told = np.empty((len(ranks), n_levels - 1), dtype=np.float32)
    for fold in np.unique(folds):
        inside = folds == fold
        others = [documents[place] for place in np.flatnonzero(~inside).tolist()]
        fitted = fit_words(others, ranks[~inside], n_levels, least)
        told[inside] = fitted.margins([documents[place] for place in np.flatnonzero(inside).tolist()])
    return told


def documents_of(frame: "pd.DataFrame") -> tuple[Document, ...]:
    """The documents of a flat table; columns that are absent are unknown."""
    nothing = [None] * len(frame)
    names = ("motif_consultation", "motif_id", "mode_arrivee", "traumatisme")
    text, motif, arrival, trauma = (frame[name].tolist() if name in frame.columns else nothing for name in names)
    return tuple(
        Document(_word(t), _word(m), _word(a), None if j is None or j != j else bool(j))
        for t, m, a, j in zip(text, motif, arrival, trauma, strict=True)
    )


def has_free_text(documents: Sequence[Document]) -> bool:
    """Whether people wrote these words: enough rows have some, in more wordings than the grid itself offers."""
    written = [document.words for document in documents if document.words]
    enough = max(MIN_WORDINGS, WORDINGS_PER_ROOT * len(documents) ** 0.5)
    return len(written) >= MIN_SHARE * len(documents) and len(set(written)) >= enough


def _fit_one(rows: scipy.sparse.csr_matrix, reached: NDArray[np.bool_]) -> tuple[float, list[float]]:
    """Intercept and weights; a constant where all rows say the same."""
    share = float(reached.mean())
    if share in (0.0, 1.0):
        sure = min(max(share, _NEVER_SURE), 1 - _NEVER_SURE)
        return round(float(np.log(sure / (1 - sure))), 6), [0.0] * rows.shape[1]
    curve = LogisticRegression(C=PENALTY, max_iter=300).fit(rows, reached)
    return round(float(curve.intercept_[0]), 6), np.round(curve.coef_[0], 6).tolist()


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None
