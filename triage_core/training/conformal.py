"""Sets of plausible levels with a promise for each level by itself: Mondrian (class-conditional) split conformal.

A marginal promise of 95 % covered the sickest level only 73 % (stack facts): the promise must be kept level by level.
"""

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Ranks = NDArray[np.int64]
NOMINAL = 0.94  # one point above the goal of 93 % in every level; fixed before it was measured


def scores(probabilities: Values) -> Values:
    """How strange each level would be, ``(n, K)``: the probability of all levels that are more probable than it."""
    above = probabilities[:, None, :] > probabilities[:, :, None]
    found: Values = (above * probabilities[:, None, :]).sum(axis=2)
    return found


def limits(probabilities: Values, ranks: Ranks, nominal: float = NOMINAL) -> Values:
    """The largest score still plausible for each level, from rows the model had not seen; infinite when too few."""
    strange = scores(probabilities)
    found = np.full(probabilities.shape[1], np.inf)
    for level in range(probabilities.shape[1]):
        own = np.sort(strange[ranks == level, level])
        place = math.ceil((len(own) + 1) * nominal)
        if place <= len(own):
            found[level] = own[place - 1]
    return found


def sets(probabilities: Values, plausible_up_to: Values) -> NDArray[np.bool_]:
    """Which levels stand in the set of each row, ``(n, K)``; the most probable one always does."""
    told = scores(probabilities) <= plausible_up_to
    told[np.arange(len(told)), probabilities.argmax(axis=1)] = True
    found: NDArray[np.bool_] = told
    return found
