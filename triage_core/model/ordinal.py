"""From one ordinal score to calibrated probabilities that keep the law: a larger score is never less urgent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Probabilities = NDArray[np.float64]

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

    def __call__(self, scores: ArrayLike) -> Probabilities:
        """Probabilities within [0.001, 0.999], never decreasing in the score, to the last bit."""
        x, y = np.asarray(self.x), np.asarray(self.y)
        known = np.clip(np.asarray(scores, dtype=np.float64), x[0], x[-1])
        right = np.clip(np.searchsorted(x, known, side="right"), 1, max(1, len(x) - 1))
        # np.interp may overshoot the next knot by one unit in the last place; the law admits no such step back.
        above = y[np.minimum(right, len(y) - 1)]
        calibrated: Probabilities = np.clip(np.minimum(np.interp(known, x, y), above), LOWEST, HIGHEST)
        return calibrated


def at_least(scores: ArrayLike, calibrators: Sequence[Calibrator]) -> Probabilities:
    """P(rank >= 1), P(rank >= 2), ...: shape ``(n, len(calibrators))``, each row in decreasing order."""
    raw = np.column_stack([calibrator(scores) for calibrator in calibrators])
    ordered: Probabilities = np.minimum.accumulate(raw, axis=1)
    return ordered


def class_probabilities(cumulative: Probabilities) -> Probabilities:
    """The probability of each rank, least urgent first: shape ``(n, K)`` from cumulative ``(n, K - 1)``."""
    rows = len(cumulative)
    edges = np.hstack([np.ones((rows, 1)), cumulative, np.zeros((rows, 1))])
    return edges[:, :-1] - edges[:, 1:]
