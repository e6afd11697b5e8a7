"""From raw scores to calibrated probabilities that keep the law: a larger score is never less urgent.

The model gives one margin (log-odds) for each "at least this level" of an ordinal scale of K levels.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xgboost

Probabilities = NDArray[np.float64]
Margins = NDArray[np.float32]

# Isotonic steps end at 0 and 1, which no finite sample proves; the log loss stays finite too.
LOWEST, HIGHEST = 0.001, 0.999


@dataclass(frozen=True)
class Calibrator:
    """The knots of one isotonic curve: ``x`` scores, strictly increasing; ``y`` probabilities, never decreasing."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.x or len(self.x) != len(self.y):
            raise ValueError(f"a calibrator needs as many x as y, got {len(self.x)} and {len(self.y)}")
        if not all(low < high for low, high in zip(self.x, self.x[1:], strict=False)):
            raise ValueError("the scores of a calibrator must increase strictly")
        if not all(low <= high for low, high in zip(self.y, self.y[1:], strict=False)):
            raise ValueError("the probabilities of a calibrator must never decrease")

    @cached_property
    def _knots(self) -> tuple[Probabilities, Probabilities, Probabilities]:
        """Scores, probabilities and slopes as arrays of at least two knots."""
        x, y = (self.x, self.y) if len(self.x) > 1 else ((self.x[0], self.x[0] + 1.0), self.y * 2)
        scores, probabilities = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        return scores, probabilities, np.diff(probabilities) / np.diff(scores)

    def __call__(self, scores: NDArray[np.floating]) -> Probabilities:
        """Probabilities within [0.001, 0.999], never decreasing in the score, to the last bit."""
        x, y, slope = self._knots
        known = np.clip(np.asarray(scores, dtype=np.float64), x[0], x[-1])
        left = np.clip(np.searchsorted(x, known, side="right") - 1, 0, len(x) - 2)
        # A line may overshoot its right knot by one unit in the last place; the law admits no such step back.
        line = np.minimum(y[left] + (known - x[left]) * slope[left], y[left + 1])
        calibrated: Probabilities = np.clip(line, LOWEST, HIGHEST)
        return calibrated

    def of_one(self, score: float) -> float:
        """The same for one score, bit for bit, without the price of arrays."""
        x, y, slope = self._lists
        known = min(max(score, x[0]), x[-1])
        left = min(max(bisect_right(x, known) - 1, 0), len(x) - 2)
        line = min(y[left] + (known - x[left]) * slope[left], y[left + 1])
        return min(max(line, LOWEST), HIGHEST)

    @cached_property
    def _lists(self) -> tuple[list[float], list[float], list[float]]:
        x, y, slope = self._knots
        return x.tolist(), y.tolist(), slope.tolist()


def at_least(margins: Margins, calibrators: Sequence[Calibrator]) -> Probabilities:
    """P(rank >= 1), P(rank >= 2), ...: shape ``(n, K - 1)`` like the margins, each row in decreasing order."""
    raw = np.column_stack([calibrator(column) for calibrator, column in zip(calibrators, margins.T, strict=True)])
    ordered: Probabilities = np.minimum.accumulate(raw, axis=1)
    return ordered


def at_least_of_one(margins: Sequence[float], calibrators: Sequence[Calibrator]) -> tuple[float, ...]:
    """The same for the margins of one row, bit for bit."""
    raw = (calibrator.of_one(margin) for calibrator, margin in zip(calibrators, margins, strict=True))
    return tuple(accumulate(raw, min))


def expected_rank(margins: Margins) -> Probabilities:
    """The mean rank the margins stand for, before calibration: a smooth measure of how a row leans, shape ``(n,)``."""
    total: Probabilities = (1.0 / (1.0 + np.exp(-margins.astype(np.float64)))).sum(axis=1)
    return total


def raw_margins(booster: "xgboost.Booster", rows: NDArray[np.float32]) -> Margins:
    """The booster's margins, shape ``(n, K - 1)``: sums of monotone trees, so the law holds to the last bit."""
    found = booster.inplace_predict(rows, predict_type="margin", validate_features=False)
    margins: Margins = found.reshape(len(rows), -1)
    return margins


def class_probabilities(cumulative: Probabilities) -> Probabilities:
    """The probability of each rank, least urgent first: shape ``(n, K)`` from cumulative ``(n, K - 1)``."""
    rows = len(cumulative)
    edges = np.hstack([np.ones((rows, 1)), cumulative, np.zeros((rows, 1))])
    return edges[:, :-1] - edges[:, 1:]
