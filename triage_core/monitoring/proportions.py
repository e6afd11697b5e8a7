"""Shares and their uncertainty: Wilson's interval, a p-chart's limits, a chi-square's quantile. No library needed."""

import math
from dataclasses import dataclass
from statistics import NormalDist

_Z95 = NormalDist().inv_cdf(0.975)
CONTROL_SIGMAS = 3.0  # Shewhart's limits


def wilson(hits: int, n: int, z: float = _Z95) -> tuple[float, float]:
    """Wilson's score interval of a share (95 % by default); ``(0, 1)`` when nothing was counted."""
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, z * z / n
    centre = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (centre - half) / (1 + spread)), min(1.0, (centre + half) / (1 + spread))


@dataclass(frozen=True)
class ControlPoint:
    """One period of a p-chart: its share (``None``: nothing counted) between its own limits."""

    period: str
    n: int
    share: float | None
    lower: float
    upper: float

    @property
    def is_out(self) -> bool:
        """Whether chance alone hardly makes this share."""
        return self.share is not None and not self.lower <= self.share <= self.upper


def p_chart(counts: list[tuple[str, int, int]]) -> tuple[float | None, tuple[ControlPoint, ...]]:
    """The centre line and the points of ``(period, hits, n)``, limits three sigmas from the centre.

    The centre is the share over all periods, ``None`` when nothing was counted. Limits widen where n is small
    (Montgomery, Introduction to Statistical Quality Control, section 7.3).
    """
    total = sum(n for _, _, n in counts)
    if not total:
        return None, ()
    centre = sum(hits for _, hits, _ in counts) / total
    return centre, tuple(_control_point(period, hits, n, centre) for period, hits, n in counts)


def _control_point(period: str, hits: int, n: int, centre: float) -> ControlPoint:
    if n == 0:
        return ControlPoint(period, 0, None, 0.0, 1.0)
    half = CONTROL_SIGMAS * math.sqrt(centre * (1 - centre) / n)
    return ControlPoint(period, n, hits / n, max(0.0, centre - half), min(1.0, centre + half))


def excess_z(hits: int, n: int, expected: float) -> float:
    """How many standard errors a share of ``n >= 1`` lies above ``expected`` (0 to 1), which is taken as certain."""
    spread = math.sqrt(max(expected * (1 - expected), 1 / (n + 1)) / n)
    return (hits / n - expected) / spread


def chi_square_quantile(probability: float, degrees: int) -> float:
    """The quantile of a chi-square with ``degrees >= 1``, by Wilson and Hilferty's cube (within 4 %)."""
    part = 2 / (9 * degrees)
    return float(degrees * (1 - part + NormalDist().inv_cdf(probability) * math.sqrt(part)) ** 3)
