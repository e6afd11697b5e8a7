"""How far today's patients are from those a model learned from: the population stability index, by feature.

Values fall into bins that depend on the feature table alone, so that counts kept day by day stay comparable whatever
model is served. What was not measured has a count of its own and is compared apart.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from triage_core.features import AGE, BY_NAME, VITALS
from triage_core.monitoring.proportions import chi_square_quantile, excess_z

MISSING = ""  # the bin of what was not measured
NUMBERS: tuple[str, ...] = (AGE.name, *(vital.name for vital in VITALS))
WORDS = ("sexe", "motif_id")
WATCHED: tuple[str, ...] = (*NUMBERS, *WORDS)
PSI_LIMIT = 0.25  # the usual "the population has shifted" (Siddiqi, Credit Risk Scorecards, 2006)
PSI_CONFIDENCE = 0.999  # and more than chance makes of so few visits
MISSING_LIMIT, MISSING_Z = 0.20, 3.5  # a fifth of all visits more than in training, beyond chance
RARE = 0.01  # categories below this share of the training rows count as one
_STEPS, _SIDE = 4, 2  # four bins within the reference interval, twice as many on either side
_FLOOR = 0.5  # added to every bin, so that an empty one gives no infinity

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Drift:
    """One feature: its index, above which value chance is ruled out, and how much more often it is missing."""

    feature: str
    n: int
    psi: float
    psi_limit: float
    missing: float
    missing_reference: float
    missing_z: float

    @property
    def has_drifted(self) -> bool:
        """Whether the values are others than in training, beyond what chance makes."""
        return self.psi >= self.psi_limit

    @property
    def is_missing_more(self) -> bool:
        """Whether it is measured clearly less often than in training."""
        return self.missing - self.missing_reference >= MISSING_LIMIT and self.missing_z >= MISSING_Z


def bin_of(feature: str, value: object) -> str:
    """The bin of a value as recorded: a word stays itself, a number gives the place of its bin, ``None`` is ``""``."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if feature in WORDS:
        return str(value)
    return str(bisect_right(edges(feature), float(value))) if isinstance(value, (int, float)) else MISSING


@lru_cache(maxsize=len(NUMBERS))
def edges(feature: str) -> tuple[float, ...]:
    """Where a number's bins meet: quarters of the adult's reference interval; whole scores and decades of age."""
    told = BY_NAME[feature]
    if feature == AGE.name:
        return tuple(float(age) for age in (1, 5, 15, 25, 35, 45, 55, 65, 75, 85))
    if told.is_integer or told.reference is None:
        return tuple(float(score) for score in range(int(told.hard[0]) + 1, int(told.hard[1]) + 1))
    low, high = told.reference
    step = (high - low) / _STEPS
    return tuple(round(low + step * place, 4) for place in range(-_STEPS * _SIDE, _STEPS * (_SIDE + 1) + 1))


def counted(feature: str, values: Iterable[object]) -> dict[str, int]:
    """How many values fall into each bin of a feature, those not measured included."""
    counts: dict[str, int] = {}
    for value in values:
        place = bin_of(feature, value)
        counts[place] = counts.get(place, 0) + 1
    return counts


def drift_of(feature: str, reference: Counts, current: Counts) -> Drift | None:
    """Compare the counts of one feature; ``None`` when either side holds no visit or no measured value."""
    n_then, n_now = sum(reference.values()), sum(current.values())
    then, now = _measured(reference), _measured(current)
    if not sum(then.values()) or not n_now:
        return None
    missing_then, missing_now = reference.get(MISSING, 0) / n_then, current.get(MISSING, 0) / n_now
    psi, limit = _stability(*_pooled(then, now)) if sum(now.values()) else (0.0, PSI_LIMIT)
    z = excess_z(current.get(MISSING, 0), n_now, missing_then)
    return Drift(feature, n_now, psi, limit, missing_now, missing_then, z)


def _measured(counts: Counts) -> dict[str, int]:
    return {place: n for place, n in counts.items() if place != MISSING}


def _pooled(then: Counts, now: Counts) -> tuple[list[int], list[int]]:
    """Both counts by bin, in one order; whatever was rare in training is one bin."""
    total = sum(then.values())
    kept = [place for place, n in then.items() if n / total >= RARE]
    left = [sum(side.values()) - sum(side.get(place, 0) for place in kept) for side in (then, now)]
    rest = [[n] if any(left) else [] for n in left]
    return [then[p] for p in kept] + rest[0], [now.get(p, 0) for p in kept] + rest[1]


def _stability(then: list[int], now: list[int]) -> tuple[float, float]:
    """The index and its limit.

    With the same population on both sides the index behaves as ``(1/n + 1/m)`` chi-squares of ``bins - 1`` degrees
    (Yurdakul and Naranjo, Journal of Risk Model Validation 2020): few visits alone can pass 0.25.
    """
    if len(then) < 2:
        return 0.0, PSI_LIMIT
    n, m = sum(then) + _FLOOR * len(then), sum(now) + _FLOOR * len(now)
    pairs = (((b + _FLOOR) / m, (a + _FLOOR) / n) for a, b in zip(then, now, strict=True))
    psi = sum((new - old) * math.log(new / old) for new, old in pairs)
    by_chance = (1 / n + 1 / m) * chi_square_quantile(PSI_CONFIDENCE, len(then) - 1)
    return psi, max(PSI_LIMIT, by_chance)
