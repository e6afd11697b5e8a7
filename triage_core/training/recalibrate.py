"""Local recalibration: a hundred visits of a new place bend the curves of a model that was trained elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from triage_core.model.ordinal import class_probabilities

Values = NDArray[np.float64]
Ranks = NDArray[np.int64]
STIFFNESS = 1.0  # how strongly each curve holds to what it was: with no local visit it stays
_SURE = 1e-4


@dataclass(frozen=True)
class LocalCurves:
    """For each "at least": new log-odds = slope * old + shift, slope never negative."""

    slopes: tuple[float, ...]
    shifts: tuple[float, ...]

    def __call__(self, at_least: Values) -> Values:
        """Recalibrated cumulative probabilities, each row in decreasing order."""
        told = 1 / (1 + np.exp(-(np.array(self.slopes) * _log_odds(at_least) + np.array(self.shifts))))
        ordered: Values = np.minimum.accumulate(told, axis=1)
        return ordered

    def probabilities(self, at_least: Values) -> Values:
        """Class probabilities, none impossible."""
        told = np.clip(class_probabilities(self(at_least)), 1e-3, 1.0)
        found: Values = told / told.sum(axis=1, keepdims=True)
        return found


def fit_local(at_least: Values, ranks: Ranks) -> LocalCurves:
    """Fit on local visits the model has not seen; ``at_least`` has shape ``(n, K - 1)``."""
    odds = _log_odds(at_least)
    found = [_fit_one(odds[:, k], ranks >= k + 1) for k in range(odds.shape[1])]
    return LocalCurves(tuple(slope for slope, _ in found), tuple(shift for _, shift in found))


def _fit_one(odds: Values, reached: NDArray[np.bool_]) -> tuple[float, float]:
    sign = np.where(reached, -1.0, 1.0)

    def loss(told: Values) -> float:
        slope, shift = told
        kept = STIFFNESS * ((slope - 1) ** 2 + shift**2)
        return float(np.logaddexp(0, sign * (slope * odds + shift)).sum() + kept)

    slope, shift = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.0, 5.0), (-5.0, 5.0)]).x
    return float(slope), float(shift)


def _log_odds(at_least: Values) -> Values:
    told = np.clip(at_least, _SURE, 1 - _SURE)
    found: Values = np.log(told / (1 - told))
    return found
