"""Mean of members with one temperature, and the choice among named candidates on out-of-fold answers alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage_core.model.ordinal import class_probabilities

Values = NDArray[np.float64]
Ranks = NDArray[np.int64]
LEAST = 1e-3  # no level of a thousand visits is impossible
TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(2.0), 57))
STACK_PENALTY = 0.05
Answers = Mapping[str, Values]  # cumulative probabilities (n, K - 1) by member


@dataclass(frozen=True)
class Candidate:
    """Members whose class probabilities are averaged, or joined by a logistic regression (``is_stacked``)."""

    members: tuple[str, ...]
    is_stacked: bool = False


@dataclass(frozen=True)
class FittedBlend:
    """A candidate fitted on out-of-fold answers; ``log_loss`` is what it reached on them."""

    candidate: Candidate
    temperature: float
    stack: LogisticRegression | None
    log_loss: float

    def probabilities(self, answers: Answers) -> Values:
        """Class probabilities, ``(n, K)``, least urgent first, none below ``LEAST``."""
        return sharpened(_joined(self.candidate, answers, self.stack), self.temperature)


def fit_blend(candidate: Candidate, oof: Answers, ranks: Ranks, folds: Ranks) -> FittedBlend:
    """The temperature (and the stack) that fit the out-of-fold answers best.

    A stack is judged by stacks of the other ``folds``: on the rows it was fitted on it would always win.
    """
    stack = _fit_stack(candidate, oof, ranks) if candidate.is_stacked else None
    mean = _joined(candidate, oof, None) if stack is None else _crossfitted_stack(candidate, oof, ranks, folds)
    losses = [log_loss(sharpened(mean, temperature), ranks) for temperature in TEMPERATURES]
    return FittedBlend(candidate, float(TEMPERATURES[int(np.argmin(losses))]), stack, min(losses))


def choose(candidates: Mapping[str, Candidate], oof: Answers, ranks: Ranks, folds: Ranks) -> tuple[str, FittedBlend]:
    """The candidate of the lowest log loss on rows its members had not seen; the first of equals."""
    fitted = {name: fit_blend(candidate, oof, ranks, folds) for name, candidate in candidates.items()}
    best = min(fitted, key=lambda name: fitted[name].log_loss)
    return best, fitted[best]


def sharpened(probabilities: Values, temperature: float) -> Values:
    """Below 1 sharper, above 1 flatter; rows sum to 1."""
    told = np.clip(probabilities, LEAST, 1.0) ** (1 / temperature)
    kept = np.clip(told / told.sum(axis=1, keepdims=True), LEAST, 1.0)
    found: Values = kept / kept.sum(axis=1, keepdims=True)
    return found


def log_loss(probabilities: Values, ranks: Ranks) -> float:
    """Mean negative log of the probability given to the true level."""
    return float(-np.log(probabilities[np.arange(len(ranks)), ranks]).mean())


def _joined(candidate: Candidate, answers: Answers, stack: LogisticRegression | None) -> Values:
    each = [class_probabilities(answers[name]) for name in candidate.members]
    if stack is None:
        return np.asarray(np.mean(each, axis=0))
    found: Values = stack.predict_proba(_logs(each))
    return found


def _fit_stack(candidate: Candidate, oof: Answers, ranks: Ranks) -> LogisticRegression:
    each = [class_probabilities(oof[name]) for name in candidate.members]
    return LogisticRegression(C=STACK_PENALTY, max_iter=3000).fit(_logs(each), ranks)


def _crossfitted_stack(candidate: Candidate, oof: Answers, ranks: Ranks, folds: Ranks) -> Values:
    told = np.empty((len(ranks), next(iter(oof.values())).shape[1] + 1))
    for fold in np.unique(folds):
        held = folds == fold
        others = {name: answers[~held] for name, answers in oof.items()}
        stack = _fit_stack(candidate, others, ranks[~held])
        told[held] = _joined(candidate, {name: answers[held] for name, answers in oof.items()}, stack)
    return told


def _logs(each: Sequence[Values]) -> Values:
    return np.log(np.clip(np.hstack(each), LEAST, 1.0))
