"""From which probability the model raises a visit: many under-triages caught, few visits disturbed, never none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage_core.model.ordinal import Probabilities

MOST_RAISED = 0.05  # of all visits; more would teach the nurse to look away
KEPT_BACK = 0.1  # of that budget, so that it also holds on visits the thresholds were not chosen on
N_CANDIDATES = 200
NEVER = 1.0  # calibrated probabilities end at 0.999: a level at this threshold raises nobody

Ranks = NDArray[np.integer]


@dataclass(frozen=True)
class RaiseThresholds:
    """One threshold per "at least" level (VERT, JAUNE, ROUGE) and what they did to the visits they were chosen on."""

    values: tuple[float, ...]
    raised_share: float
    caught_share: float

    def raises(self, at_least: Probabilities, nurse: Ranks) -> NDArray[np.bool_]:
        """Which visits the model would raise above the nurse's rank; ``at_least`` has shape ``(n, K - 1)``."""
        return _raised(np.asarray(self.values), at_least, nurse)


def choose_thresholds(
    at_least: Probabilities, nurse: Ranks, truth: Ranks, most_raised: float = MOST_RAISED
) -> RaiseThresholds:
    """Greedy descent: the step with the most caught per raised visit, as long as the budget holds.

    ``at_least`` must be out of fold. When no step pays within the budget, the cheapest one is taken: a model
    that raises nobody would be there for nothing.
    """
    values = np.full(at_least.shape[1], NEVER)
    budget, is_under = most_raised * (1 - KEPT_BACK) * len(nurse), nurse < truth
    candidates = [_candidates(column[nurse <= level]) for level, column in enumerate(at_least.T)]
    while (step := _best_step(values, candidates, at_least, nurse, is_under, budget)) is not None:
        values = step
    if not _raised(values, at_least, nurse).any():
        values = _cheapest_step(values, candidates, at_least, nurse)
    return measure_thresholds(tuple(values.tolist()), at_least, nurse, truth)


def measure_thresholds(
    values: tuple[float, ...], at_least: Probabilities, nurse: Ranks, truth: Ranks
) -> RaiseThresholds:
    """What given thresholds do to these visits: the share raised, and the share of under-triages among them caught."""
    raised, is_under = _raised(np.asarray(values), at_least, nurse), nurse < truth
    caught = float(raised[is_under].mean()) if is_under.any() else 0.0
    return RaiseThresholds(values, float(raised.mean()), caught)


def _raised(values: Probabilities, at_least: Probabilities, nurse: Ranks) -> NDArray[np.bool_]:
    levels = np.arange(1, at_least.shape[1] + 1)
    could = (at_least >= values) & (levels > np.asarray(nurse)[:, None])
    return np.asarray(could.any(axis=1), dtype=np.bool_)


def _candidates(probabilities: Probabilities) -> Probabilities:
    """Values worth trying, highest first: every distinct one, thinned towards the top when there are many."""
    distinct: Probabilities = np.unique(probabilities)[::-1]
    if len(distinct) <= N_CANDIDATES:
        return distinct
    places = (np.linspace(0, 1, N_CANDIDATES) ** 2 * (len(distinct) - 1)).astype(int)
    thinned: Probabilities = distinct[np.unique(places)]
    return thinned


def _best_step(
    values: Probabilities,
    candidates: list[Probabilities],
    at_least: Probabilities,
    nurse: Ranks,
    is_under: NDArray[np.bool_],
    budget: float,
) -> Probabilities | None:
    now = _raised(values, at_least, nurse)
    best, best_yield = None, 0.0
    for level, tried in enumerate(candidates):
        for value in tried[tried < values[level]]:
            more = (at_least[:, level] >= value) & (nurse <= level) & ~now
            if now.sum() + more.sum() > budget:
                break  # lower values only raise more
            rate = (more & is_under).sum() / more.sum() if more.any() else 0.0
            if rate > best_yield:
                best, best_yield = _with(values, level, value), float(rate)
    return best


def _cheapest_step(
    values: Probabilities, candidates: list[Probabilities], at_least: Probabilities, nurse: Ranks
) -> Probabilities:
    steps = [_with(values, level, tried[0]) for level, tried in enumerate(candidates) if len(tried)]
    raising = [step for step in steps if _raised(step, at_least, nurse).any()]
    return min(raising, key=lambda step: int(_raised(step, at_least, nurse).sum()), default=values)


def _with(values: Probabilities, level: int, value: float) -> Probabilities:
    changed = values.copy()
    changed[level] = value
    return changed
