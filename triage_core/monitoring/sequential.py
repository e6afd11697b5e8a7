"""When an experiment must stop: evidence that one arm does worse, valid at whatever moment anyone looks.

Cases are given to the challenger's arm by chance, a share s of them. If its answers are no worse, an error found
later lies in its arm with probability s at most. Each error therefore is a bet against that; the capital won is a
test martingale (a mixture of likelihood ratios), and by Ville's inequality it reaches 1/alpha with probability alpha
at most, however often it is looked at (Ramdas et al., Statistical Science 2023, 38:576). It compares errors per
decision *given*, so nurses who confirm more in one arm change nothing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

FALSE_STOPS = 0.05  # chance that an experiment whose challenger is no worse is ever stopped, over all watched errors
RATE_RATIOS = (1.25, 1.5, 2.0, 3.0, 5.0)  # how many times more errors the bets look for, with equal stakes


@dataclass(frozen=True)
class ArmErrors:
    """Errors of one kind found by nurses in each arm since the experiment began."""

    champion: int
    challenger: int


@dataclass(frozen=True)
class Stop:
    """Why an experiment must stop: which kind of error, on what evidence, counted how."""

    kind: str
    evidence: float
    errors: ArmErrors


def evidence(errors: ArmErrors, share: float) -> float:
    """The capital won by betting that the challenger's arm errs more; 1 at the start.

    Depends on the counts alone, so nothing has to be kept between two looks. ``ValueError`` for a share not in 0-1.
    """
    if not 0 < share < 1:
        raise ValueError(f"the challenger's share must lie between 0 and 1, got {share}")
    won = (_likelihood_ratio(errors, share, ratio) for ratio in RATE_RATIOS)
    return sum(won) / len(RATE_RATIOS)


def must_stop(by_kind: Mapping[str, ArmErrors], share: float) -> Stop | None:
    """The first kind of error that proves the challenger's arm worse; the allowed chance is split between the kinds."""
    limit = stop_limit(len(by_kind))
    for kind, errors in by_kind.items():
        found = evidence(errors, share)
        if found >= limit:
            return Stop(kind, found, errors)
    return None


def stop_limit(n_kinds: int) -> float:
    """The evidence at which an experiment stops when ``n_kinds >= 1`` kinds of error are watched."""
    return n_kinds / FALSE_STOPS


def _likelihood_ratio(errors: ArmErrors, share: float, ratio: float) -> float:
    there = share * ratio / (share * ratio + 1 - share)
    logarithm = errors.challenger * math.log(there / share) + errors.champion * math.log((1 - there) / (1 - share))
    return math.exp(min(logarithm, 700.0))  # beyond, a float ends; the experiment stopped long before
