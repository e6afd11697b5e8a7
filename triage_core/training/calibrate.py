"""Isotonic calibrators, one per "at least this level", fitted on margins of rows the model did not train on."""

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from triage_core.model.ordinal import Calibrator, Margins


def fit_calibrators(
    margins: Margins, ranks: NDArray[np.integer], weights: NDArray[np.floating] | None = None
) -> tuple[Calibrator, ...]:
    """For each column k - 1 of out-of-fold margins, the isotonic curve of P(rank >= k)."""
    return tuple(_fit_one(column, ranks >= level, weights) for level, column in enumerate(margins.T, start=1))


def _fit_one(
    scores: NDArray[np.floating], reached: NDArray[np.bool_], weights: NDArray[np.floating] | None
) -> Calibrator:
    curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    curve.fit(scores.astype(np.float64), reached.astype(np.float64), sample_weight=weights)
    x, kept = np.unique(np.round(curve.X_thresholds_, 7), return_index=True)
    y = np.maximum.accumulate(np.round(curve.y_thresholds_[kept], 7))
    return Calibrator(tuple(x.tolist()), tuple(y.tolist()))
