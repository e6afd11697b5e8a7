"""Isotonic calibrators, one per "at least this level", fitted on scores the model did not train on."""

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from triage_core.model.ordinal import Calibrator


def fit_calibrators(
    scores: NDArray[np.floating], ranks: NDArray[np.integer], n_levels: int, weights: NDArray[np.floating] | None = None
) -> tuple[Calibrator, ...]:
    """For each k from 1 to ``n_levels - 1``, the isotonic curve of P(rank >= k) given an out-of-fold score."""
    return tuple(_fit_one(scores, ranks >= level, weights) for level in range(1, n_levels))


def _fit_one(
    scores: NDArray[np.floating], reached: NDArray[np.bool_], weights: NDArray[np.floating] | None
) -> Calibrator:
    curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    curve.fit(scores.astype(np.float64), reached.astype(np.float64), sample_weight=weights)
    x, kept = np.unique(np.round(curve.X_thresholds_, 7), return_index=True)
    y = np.maximum.accumulate(np.round(curve.y_thresholds_[kept], 7))
    return Calibrator(tuple(x.tolist()), tuple(y.tolist()))
