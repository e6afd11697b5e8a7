"""What a model adds to a nurse who has decided: where would the truth be more urgent than she said?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage_core.model.ordinal import Probabilities
from triage_core.training.ensemble import Answers

Values = NDArray[np.float64]
Ranks = NDArray[np.integer]
MARKED_SHARE = 0.10  # of all visits: a quiet mark that stands everywhere is not read
PENALTY = 0.1
_SURE = 0.003


def more_urgent(at_least: Probabilities, nurse: Ranks) -> Values:
    """P(true rank > the nurse's) of each row; ``at_least`` is ``(n, K - 1)``. Above the last level there is nothing."""
    ladder = np.hstack([at_least, np.zeros((len(at_least), 1))])
    found: Values = ladder[np.arange(len(ladder)), np.asarray(nurse)]
    return found


@dataclass(frozen=True)
class MarkThreshold:
    """From which P(more urgent than the nurse) a visit is marked, and what it did where it was chosen."""

    threshold: float
    marked_share: float
    caught_share: float


def choose_mark(at_least: Probabilities, nurse: Ranks, truth: Ranks, share: float = MARKED_SHARE) -> MarkThreshold:
    """The lowest threshold that marks at most ``share`` of the visits; ``at_least`` must be out of fold."""
    told, is_under = more_urgent(at_least, nurse), np.asarray(nurse) < np.asarray(truth)
    allowed = int(share * len(told))
    ordered = np.sort(told)[::-1]
    # Equal probabilities are marked together or not at all: above the first value that would be one too many.
    threshold = float(np.nextafter(ordered[allowed], 2.0)) if allowed < len(told) else float(ordered[-1])
    marked = told >= threshold
    caught = float(marked[is_under].mean()) if is_under.any() else 0.0
    return MarkThreshold(threshold, float(marked.mean()), caught)


@dataclass(frozen=True)
class FittedReader:
    """A logistic regression over what each member says around the nurse's level."""

    members: tuple[str, ...]
    n_levels: int
    mean: Values
    spread: Values
    curve: LogisticRegression

    def score(self, answers: Answers, nurse: Ranks) -> Values:
        """P(true rank > the nurse's) of each row."""
        told = (_around(self.members, answers, nurse, self.n_levels) - self.mean) / self.spread
        found: Values = self.curve.predict_proba(told)[:, 1]
        return found


def fit_reader(members: tuple[str, ...], oof: Answers, nurse: Ranks, truth: Ranks, n_levels: int) -> FittedReader:
    """Fit on out-of-fold answers alone."""
    told = _around(members, oof, nurse, n_levels)
    mean, spread = told.mean(axis=0), told.std(axis=0)
    spread[spread == 0] = 1.0
    curve = LogisticRegression(C=PENALTY, max_iter=500).fit((told - mean) / spread, nurse < truth)
    return FittedReader(members, n_levels, mean, spread, curve)


def crossfitted_scores(
    members: tuple[str, ...], oof: Answers, nurse: Ranks, truth: Ranks, n_levels: int, folds: Ranks
) -> Values:
    """What readers of the other folds say of each row: the honest way to compare a reader with others."""
    told = np.empty(len(truth))
    for fold in np.unique(folds):
        held = folds == fold
        others = {name: oof[name][~held] for name in members}
        reader = fit_reader(members, others, nurse[~held], truth[~held], n_levels)
        told[held] = reader.score({name: oof[name][held] for name in members}, nurse[held])
    return told


def _around(members: tuple[str, ...], answers: Answers, nurse: Ranks, n_levels: int) -> Values:
    """Log-odds of at least her level, one more, two more, by member; then her level itself."""
    rows, columns = np.arange(len(nurse)), []
    for name in members:
        ladder = np.hstack([np.ones((len(rows), 1)), answers[name], np.zeros((len(rows), 2))])
        for step in (0, 1, 2):
            told = np.clip(ladder[rows, nurse + step], _SURE, 1 - _SURE)
            columns.append(np.log(told / (1 - told)))
    return np.column_stack([*columns, np.eye(n_levels)[nurse]])
