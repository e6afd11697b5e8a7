"""How much each correction weighs, so that no single nurse steers the model.

Within a motif, and over all, one nurse holds at most a third of what all nurses say; below a small allowance she is
not capped, so that a department's first verdicts count. The allowance is far smaller for verdicts that lower: a patient
called too urgent costs time, one called too calm may die. Measured in DECISIONS 37.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage_core.training.correction import Correction

Weights = NDArray[np.float64]


@dataclass(frozen=True)
class InfluenceLimits:
    """``share`` is of all nurses' weight; the others are what one nurse alone may weigh, in base rows."""

    share: float = 1 / 3
    lowering_in_motif: float = 1.0
    lowering_in_all: float = 3.0
    raising_in_motif: float = 30.0
    raising_in_all: float = 60.0


@dataclass(frozen=True)
class Influence:
    """The weight of each correction after the caps, and how many nurses were held back by how much."""

    weights: Weights
    capped_nurses: int
    weight_given: float
    weight_kept: float


def capped(
    corrections: Sequence[Correction], lowers: NDArray[np.bool_], weight: float, limits: InfluenceLimits | None = None
) -> Influence:
    """Cap every nurse's share.

    ``lowers`` tells which call a visit calmer than it may be, ``weight`` what one correction is worth in base rows.
    A case that several nurses judged alike weighs once and belongs to each in equal parts; what an administrator
    settled belongs to nobody and keeps its weight.
    """
    limits = limits or InfluenceLimits()
    parts = [_Part(place, nurse, weight / len(told.nurses), bool(lowers[place]), str(told.row.get("motif_id")))
             for place, told in enumerate(corrections) if not told.is_settled for nurse in told.nurses]  # fmt: skip
    kept = np.array([part.weight for part in parts], dtype=np.float64)
    kept = _held(
        parts, kept, lambda p: (p.lowers, p.motif), (limits.raising_in_motif, limits.lowering_in_motif), limits
    )
    kept = _held(parts, kept, lambda p: p.lowers, (limits.raising_in_all, limits.lowering_in_all), limits)
    weights = np.array([weight if told.is_settled else 0.0 for told in corrections], dtype=np.float64)
    np.add.at(weights, [part.place for part in parts], kept)
    held = {part.nurse for part, now in zip(parts, kept, strict=True) if now < part.weight * (1 - 1e-9)}
    return Influence(weights, len(held), weight * len(corrections), float(weights.sum()))


@dataclass(frozen=True)
class _Part:
    place: int
    nurse: str
    weight: float
    lowers: bool
    motif: str


def _held(
    parts: Sequence[_Part],
    weights: Weights,
    neighbourhood: Callable[[_Part], Hashable],
    alone: tuple[float, float],
    limits: InfluenceLimits,
) -> Weights:
    """The weights after no nurse holds more than her share of any neighbourhood; ``alone`` is (raising, lowering)."""
    held = weights.copy()
    places: dict[Hashable, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, part in enumerate(parts):
        places[neighbourhood(part)][part.nurse].append(place)
    for by_nurse in places.values():
        totals = {nurse: float(weights[mine].sum()) for nurse, mine in by_nurse.items()}
        first = parts[next(iter(by_nurse.values()))[0]]
        cap = _cap(list(totals.values()), limits.share, alone[first.lowers])
        for nurse, mine in by_nurse.items():
            held[mine] *= min(1.0, cap / totals[nurse]) if totals[nurse] > 0 else 1.0
    return held


def _cap(totals: Sequence[float], share: float, alone: float) -> float:
    """The most one may weigh so that nobody holds more than ``share`` of the capped sum, and never below ``alone``."""
    cap = max(totals)
    while (lower := max(alone, share * sum(min(total, cap) for total in totals))) < cap:
        cap = lower  # shrinks by a constant factor, or stands still at once
    return cap
