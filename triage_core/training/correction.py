"""What a nurse's verdict becomes on its way into training: a row, who gave it, and what a person decided of it.

Light on purpose: the room that keeps the verdicts builds these, the room that trains weighs them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from triage_core.levels import Gravity

Review = Literal["accepted", "rejected"]
BELOW_RULES = "au-dessous du niveau des règles"  # the one doubt that needs no model


@dataclass(frozen=True)
class Correction:
    """One judged case. ``row`` is flat, keyed by ``TABLE_COLUMNS``.

    ``nurses`` gave this verdict ("" is nobody in particular, counted as one nurse); ``verdict_ids`` name it for a
    review. ``floor`` is what the rules alone said of the case, ``None`` when it is not known. ``review`` is an
    administrator's answer to a doubt. ``is_settled``: an administrator gave the level himself, no nurse's influence.
    """

    row: Mapping[str, object]
    nurses: tuple[str, ...] = ("",)
    verdict_ids: tuple[str, ...] = ()
    floor: Gravity | None = None
    review: Review | None = None
    is_settled: bool = False

    @property
    def case_id(self) -> str:
        """The case it speaks of."""
        return str(self.row["case_id"])

    @property
    def gravity(self) -> Gravity:
        """What it says."""
        return Gravity(str(self.row["gravite"]))

    @property
    def is_below_rules(self) -> bool:
        """Whether it says less than the rules alone: never learnt without a second pair of eyes."""
        return self.floor is not None and self.gravity.rank < self.floor.rank


@dataclass(frozen=True)
class Intake:
    """All corrections of a run, and what was left out before: the same case told twice, nurses who contradict.

    ``received`` counts the judged cases before anything was left out; a minimum is compared with it.
    """

    corrections: tuple[Correction, ...] = ()
    received: int = 0
    duplicates: int = 0
    contradictory: int = 0

    @classmethod
    def of(cls, told: "Intake | Iterable[Correction]") -> "Intake":
        """An intake as it is, or one of plain corrections."""
        if isinstance(told, Intake):
            return told
        corrections = tuple(told)
        return cls(corrections, len(corrections))
