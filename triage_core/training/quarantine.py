"""Rows set aside: all of them counted by reason, the first ones named, so that a million faults fit in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_NAMED = 1000
Where = NDArray[np.bool_]


@dataclass(frozen=True)
class Quarantined:
    """A row set aside: its number (0 is the first row after the header), its case and every reason, without values."""

    row: int
    case_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Quarantine:
    """What was set aside: the first ``MOST_NAMED`` rows by name, how many there are, how many for each reason."""

    named: tuple[Quarantined, ...] = ()
    count: int = 0
    by_reason: Mapping[str, int] = field(default_factory=dict)

    def joined(self, other: "Quarantine") -> "Quarantine":
        """Both together, in order."""
        reasons = [reason for reason in self.by_reason] + [r for r in other.by_reason if r not in self.by_reason]
        counts = {reason: self.by_reason.get(reason, 0) + other.by_reason.get(reason, 0) for reason in reasons}
        return Quarantine((*self.named, *other.named)[:MOST_NAMED], self.count + other.count, counts)


def set_aside(case_ids: pd.Series, faults: Mapping[str, Where], first_row: int = 0) -> tuple[Where, Quarantine]:
    """Which rows are faulty, and their quarantine; ``first_row`` is the number of the first of these rows."""
    found = {reason: where for reason, where in faults.items() if where.any()}
    is_faulty = np.zeros(len(case_ids), dtype=np.bool_)
    for where in found.values():
        is_faulty |= where
    places = np.flatnonzero(is_faulty)[:MOST_NAMED]
    named = tuple(_named(int(place), first_row, case_ids, found) for place in places)
    by_reason = {reason: int(where.sum()) for reason, where in found.items()}
    return is_faulty, Quarantine(named, int(is_faulty.sum()), by_reason)


def _named(place: int, first_row: int, case_ids: pd.Series, faults: Mapping[str, Where]) -> Quarantined:
    case_id = case_ids.iloc[place]
    reasons = tuple(reason for reason, where in faults.items() if where[place])
    return Quarantined(first_row + place, case_id if isinstance(case_id, str) else "", reasons)
