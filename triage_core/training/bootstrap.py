"""Paired bootstrap: how much worse one model is than another on the same rows, with an interval. Seeded, vectorised.

Every statistic we compare is a function of sums over rows, so a resample is one product of counts and columns.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage_core.training.evaluate import N_BINS

MOST_UNITS = 4000  # above this, rows are summed in groups of equal size: rows are exchangeable, the variance stays
GROUPS = 1000  # then so many: enough to know a spread to a fiftieth, and cheap to draw
CHUNK = 1_000_000  # counts held at once

Values = NDArray[np.float64]
Ranks = NDArray[np.integer]


@dataclass(frozen=True)
class Resampling:
    """How often to draw and how sure to be; ``confidence`` is one-sided (0.95: the loss is below ``high`` 19 in 20)."""

    confidence: float = 0.95
    resamples: int = 2000
    seed: int = 42


@dataclass(frozen=True)
class Loss:
    """What the challenger loses: the estimate and its interval, one-sided at ``Resampling.confidence`` on each end.

    All three are NaN when the rows cannot tell (no ROUGE among them).
    """

    estimate: float
    low: float
    high: float


def paired_loss(columns: Values, statistic: Callable[[Values], Values], how: Resampling) -> Loss:
    """The interval of a statistic of column sums: ``columns`` is ``(n, c)``, ``statistic`` maps ``(B, c)`` to ``(B,)``.

    Sums may be divided by one another; a resample without any row that counts is left out.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = float(statistic(columns.sum(axis=0)[None, :])[0]) if len(columns) else np.nan
        drawn = statistic(_resampled_sums(columns, how)) if len(columns) else np.empty(0)
    known = drawn[np.isfinite(drawn)]
    if not np.isfinite(estimate) or not len(known):
        return Loss(np.nan, np.nan, np.nan)
    low, high = np.quantile(known, (1 - how.confidence, how.confidence))
    return Loss(estimate, float(low), float(high))


def calibration_columns(at_least: Values, ranks: Ranks) -> Values:
    """Residuals by bin of equal mass and by "at least" level; ``(n, 15 * (K - 1))``. See ``calibration_error``."""
    parts = []
    for level, probability in enumerate(at_least.T, start=1):
        bins = np.empty(len(ranks), dtype=np.int64)
        bins[np.argsort(probability, kind="stable")] = np.arange(len(ranks)) * N_BINS // max(len(ranks), 1)
        parts.append(np.eye(N_BINS)[bins] * (probability - (ranks >= level))[:, None])
    return np.hstack(parts)


def calibration_error(sums: Values, n: Values, n_levels: int) -> Values:
    """Mean calibration error of the "at least" probabilities from sums of ``calibration_columns``, shape ``(B,)``."""
    error: Values = np.abs(sums).sum(axis=1) / n / n_levels
    return error


def _resampled_sums(columns: Values, how: Resampling) -> Values:
    units = _units(columns)
    random, chances = np.random.default_rng(how.seed), np.full(len(units), 1 / len(units))
    step = max(1, CHUNK // len(units))
    sizes = [min(step, how.resamples - done) for done in range(0, how.resamples, step)]
    return np.vstack([random.multinomial(len(units), chances, size=size) @ units for size in sizes])


def _units(columns: Values) -> Values:
    """The rows, or their sums over groups taken in turn when there are very many."""
    if len(columns) <= MOST_UNITS:
        return columns
    groups = np.arange(len(columns)) % GROUPS
    summed = np.zeros((GROUPS, columns.shape[1]))
    np.add.at(summed, groups, columns)
    return summed
