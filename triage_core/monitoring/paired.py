"""Two models on the same cases: McNemar's exact test and the interval of the difference of two paired shares."""

import math
from dataclasses import dataclass

from triage_core.monitoring.proportions import wilson


@dataclass(frozen=True)
class PairedShares:
    """How often something held on the same cases: for both, for the first or the second model alone, for neither."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def n(self) -> int:
        """All cases."""
        return self.both + self.first + self.second + self.neither

    @property
    def shares(self) -> tuple[float | None, float | None]:
        """The share of the first and of the second model; ``None`` without a case."""
        if not self.n:
            return None, None
        return (self.both + self.first) / self.n, (self.both + self.second) / self.n


@dataclass(frozen=True)
class Difference:
    """Second minus first, its 95 % interval, and McNemar's exact two-sided p value."""

    estimate: float
    lower: float
    upper: float
    p_value: float


def compare(pairs: PairedShares) -> Difference | None:
    """The difference of two paired shares; ``None`` without a case.

    Interval: Newcombe 1998 (Statistics in Medicine 17:2635), method 10, from Wilson's limits of each share.
    """
    first, second = pairs.shares
    if first is None or second is None:
        return None
    low1, high1 = wilson(pairs.both + pairs.first, pairs.n)
    low2, high2 = wilson(pairs.both + pairs.second, pairs.n)
    phi = _correlation(pairs)
    below = _combined(second - low2, high1 - first, phi)
    above = _combined(high2 - second, first - low1, phi)
    gap = second - first
    return Difference(gap, gap - below, gap + above, mcnemar_exact(pairs.first, pairs.second))


def mcnemar_exact(first_only: int, second_only: int) -> float:
    """The two-sided binomial p value of the discordant cases; 1 when there is none."""
    n = first_only + second_only
    tail = sum(math.comb(n, k) for k in range(min(first_only, second_only) + 1))
    return min(1.0, 2 * tail / (1 << n))


def _combined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _correlation(pairs: PairedShares) -> float:
    """Newcombe's phi, with his correction when it is positive; 0 when a margin is empty."""
    margins = (
        (pairs.both + pairs.first)
        * (pairs.second + pairs.neither)
        * (pairs.both + pairs.second)
        * (pairs.first + pairs.neither)
    )
    if not margins:
        return 0.0
    product = float(pairs.both * pairs.neither - pairs.first * pairs.second)
    return (max(product - pairs.n / 2, 0.0) if product > 0 else product) / math.sqrt(margins)
