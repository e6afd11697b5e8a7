"""The members of an ensemble: three ways to read the same visits, each honest about rows it was trained on.

Every member answers with cumulative probabilities ("at least this level") of any ordinal scale.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import scipy.sparse
import xgboost
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from triage_core.model.columns import COLUMNS, GROUPS, MONOTONE, VITAL_GROUPS, Floats
from triage_core.training.cases import Cases, Prepared
from triage_core.training.fit import FitSettings, fit_model
from triage_core.training.words import Vocabulary

Values = NDArray[np.float64]
Ranks = NDArray[np.int64]
Settings = Mapping[str, object]
SMALL = FitSettings(n_estimators=150, min_child_weight=3.0)  # a thousand visits, not eight thousand
LINEAR_PENALTY = 1.5
NUMBERS_WEIGH = 0.5  # standardised numbers beside words of length 1
FURTHEST = 4.0  # standard deviations
_FIRST_DISTANCE = 4  # columns.COLUMNS: age, sex, motif, default level, then distances
_SOFTMAX: Settings = {
    "objective": "multi:softprob", "tree_method": "hist", "nthread": 1, "max_depth": 3, "learning_rate": 0.05,
    "subsample": 0.8, "colsample_bytree": 0.6, "min_child_weight": 3, "reg_lambda": 2, "seed": 42,
}  # fmt: skip
ROUNDS, ROUNDS_OF_WORDS = 150, 200
LEAST_FOR_TREES = 4


@dataclass(frozen=True)
class Fitted:
    """A fitted member: its out-of-fold answers to its training rows, and its answers to new cases, ``(n, K - 1)``."""

    oof: Values
    answer: Callable[[Cases], Values]


Member = Callable[[Prepared], Fitted]


def served_today(told: Prepared) -> Fitted:
    """The product's bundle without words: vitals, age, sex, motif."""
    kept = len(COLUMNS)
    return _product(told, slice(0, kept), MONOTONE, (*VITAL_GROUPS, GROUPS["motif"]))


def served_with_words(told: Prepared) -> Fitted:
    """The product's bundle after an import with free text: the words' margins beside the same columns."""
    kept = len(COLUMNS) + told.n_levels - 1
    return _product(told, slice(0, kept), told.monotone[:kept], told.groups)


def monotone_trees(told: Prepared) -> Fitted:
    """The same with the frame of the visit and the level of the rules; the law of worse vitals holds."""
    return _product(told, told.lawful, told.monotone, told.groups)


def free_trees(told: Prepared) -> Fitted:
    """The same without constraints: what the law costs."""
    return _product(told, slice(None), (), told.groups)


def softmax_trees(told: Prepared) -> Fitted:
    """One probability a level at once; breaks the law, reads sharper."""
    return _softmax(told, lambda columns, _: columns[:, told.lawful])


def nurse_reader(told: Prepared) -> Fitted:
    """The same with the nurse's level beside: allowed for a second reader only."""
    return _softmax(told, lambda columns, cases: np.hstack([columns[:, told.lawful], cases.nurse[:, None]]))


def word_trees(told: Prepared) -> Fitted:
    """The same with each frequent word as a column instead of the words' margins."""
    frequent = _frequent(told)
    margins = range(len(COLUMNS), len(COLUMNS) + told.n_levels - 1)

    def columns_of(columns: Floats, cases: Cases) -> Floats:
        words = told.vocabulary.matrix(cases.documents)[:, frequent].toarray()
        return np.hstack([np.delete(columns[:, told.lawful], margins, axis=1), words.astype(np.float32)])

    return _softmax(
        told, columns_of, ROUNDS_OF_WORDS, {**_SOFTMAX, "max_depth": 4, "min_child_weight": 2, "colsample_bytree": 0.3}
    )


def linear(told: Prepared) -> Fitted:
    """Cumulative logistic regressions over words and standardised numbers."""
    return _cross_fit(told, _fit_linear)


def ordinal_regression(told: Prepared) -> Fitted:
    """One regression of the rank, one isotonic curve for each "at least"."""
    settings = {**_SOFTMAX, "objective": "reg:squarederror"}
    return _cross_fit(told, lambda inside, of: _fit_rank(inside, of, settings))


def _product(told: Prepared, kept: slice, monotone: Sequence[int], groups: Sequence[Sequence[int]]) -> Fitted:
    model = fit_model(told.columns[:, kept], told.ranks, told.n_levels, SMALL, None, monotone, None, groups)
    return Fitted(model.oof_at_least, lambda cases: model.at_least(told.of(cases)[:, kept]))


_Answer = Callable[[Cases], Values]
_Columns = Callable[[Cases], Floats]
_Fit = Callable[[Prepared, _Columns], _Answer]


def _cross_fit(told: Prepared, fit: _Fit) -> Fitted:
    """Fit on all, and on the others of each fold for the out-of-fold answers; columns are crossfitted already."""
    oof = np.empty((len(told.ranks), told.n_levels - 1))
    for fold in np.unique(told.folds):
        inside, places = told.folds != fold, np.flatnonzero(told.folds == fold)
        part = replace(
            told, cases=told.cases.take(np.flatnonzero(inside)), ranks=told.ranks[inside], columns=told.columns[inside]
        )
        oof[places] = fit(part, _these(told.columns[places]))(told.cases.take(places))
    return Fitted(oof, fit(told, told.of))


def _these(columns: Floats) -> _Columns:
    """Columns that are known already: the held-out rows of a crossfitted table."""
    return lambda cases: columns


def _softmax(
    told: Prepared, build: Callable[[Floats, Cases], Floats], rounds: int = ROUNDS, settings: Settings = _SOFTMAX
) -> Fitted:
    columns, oof = build(told.columns, told.cases), np.empty((len(told.ranks), told.n_levels - 1))
    asked = {**settings, "num_class": told.n_levels}
    for fold in np.unique(told.folds):
        held = told.folds == fold
        oof[held] = _cumulative(_boost(columns[~held], told.ranks[~held], asked, rounds), columns[held])
    booster = _boost(columns, told.ranks, asked, rounds)
    return Fitted(oof, lambda cases: _cumulative(booster, build(told.of(cases), cases)))


def _frequent(told: Prepared) -> NDArray[np.int64]:
    """The words and the frame that occur in enough training cases; pieces of words are too many for trees."""
    n_words, n_pieces, _ = (len(places) for places in told.vocabulary.places)
    often = np.asarray((told.vocabulary.matrix(told.cases.documents) > 0).sum(axis=0)).ravel() >= LEAST_FOR_TREES
    often[n_words : n_words + n_pieces] = False
    return np.flatnonzero(often)


def _boost(columns: Floats, ranks: Ranks, settings: Settings, rounds: int = ROUNDS) -> xgboost.Booster:
    return xgboost.train(dict(settings), xgboost.DMatrix(columns, ranks, nthread=1), num_boost_round=rounds)


def _cumulative(booster: xgboost.Booster, columns: Floats) -> Values:
    by_level = booster.inplace_predict(columns).astype(np.float64)
    found: Values = by_level[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    return found


def _fit_linear(told: Prepared, of: _Columns) -> _Answer:
    numbers, words = _numbers(told.columns, told.n_levels), told.vocabulary
    scale = _Scale.of(numbers)
    rows = _joined(words, told.cases, scale(numbers))
    fits = [
        LogisticRegression(C=LINEAR_PENALTY, max_iter=300).fit(rows, told.ranks >= level)
        for level in range(1, told.n_levels)
    ]

    def answer(cases: Cases) -> Values:
        new = _joined(words, cases, scale(_numbers(of(cases), told.n_levels)))
        raw = np.column_stack([fit.predict_proba(new)[:, 1] for fit in fits])
        ordered: Values = np.minimum.accumulate(raw, axis=1)
        return ordered

    return answer


def _joined(words: Vocabulary, cases: Cases, numbers: Values) -> scipy.sparse.csr_matrix:
    return scipy.sparse.hstack([words.matrix(cases.documents), NUMBERS_WEIGH * numbers]).tocsr()


@dataclass(frozen=True)
class _Scale:
    """Mean and spread of the training rows; what is missing stands at the mean, with a column that says so."""

    mean: Values
    spread: Values

    @classmethod
    def of(cls, rows: Values) -> "_Scale":
        told = np.ma.masked_invalid(rows)  # a column nobody measured stands at 0
        spread = told.std(axis=0).filled(0.0)
        return cls(told.mean(axis=0).filled(0.0), np.where(spread > 0, spread, 1.0))

    def __call__(self, rows: Values) -> Values:
        standard = np.clip((rows - self.mean) / self.spread, -FURTHEST, FURTHEST)
        found: Values = np.nan_to_num(standard, nan=0.0)
        return found


def _numbers(columns: Floats, n_levels: int) -> Values:
    """Columns a line can use: distances on a log scale, ages bent at 40 and 65, flags of what is missing."""
    told = columns.astype(np.float64)
    distances = np.log1p(np.nan_to_num(told[:, _FIRST_DISTANCE : len(COLUMNS)]))
    age, frame = told[:, 0], told[:, len(COLUMNS) + n_levels - 1 :]
    is_missing = np.isnan(told[:, [3, *(GROUPS[name][0] for name in ("frequence_cardiaque", "temperature"))]])
    return np.column_stack(
        [distances, age, np.maximum(age - 65, 0), np.minimum(age, 40), told[:, 1:4], frame, is_missing]
    )


def _fit_rank(told: Prepared, of: _Columns, settings: Settings) -> _Answer:
    places = np.random.default_rng(SMALL.seed).integers(0, SMALL.n_folds, len(told.ranks))
    scores = np.empty(len(told.ranks))
    for fold in range(SMALL.n_folds):
        held = places == fold
        scores[held] = _boost(told.columns[~held], told.ranks[~held], settings).inplace_predict(told.columns[held])
    curves = [
        IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip").fit(scores, told.ranks >= level)
        for level in range(1, told.n_levels)
    ]
    booster = _boost(told.columns, told.ranks, settings)
    return lambda cases: np.column_stack([c.predict(booster.inplace_predict(of(cases))) for c in curves])


MEMBERS: Mapping[str, Member] = MappingProxyType(
    {
        "served today (no words)": served_today,
        "served with words": served_with_words,
        "monotone trees": monotone_trees,
        "free trees": free_trees,
        "soft-max trees": softmax_trees,
        "trees over words": word_trees,
        "linear": linear,
        "ordinal regression": ordinal_regression,
        "nurse reader": nurse_reader,
    }
)
