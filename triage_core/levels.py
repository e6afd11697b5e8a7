"""The two scales: FRENCH levels (six, spoken by the rules) and gravities (four, spoken by the model).

Source: SFMU, FRENCH Triage V1, March 2018, p. 8-9 (delays); the mapping to gravities is the product's design. FRENCH
prints no rhythm of reassessment: ours is that of CTAS by rank (Beveridge, CAEP 1998: without pause, 15, 30, 60, 120
minutes), inferred, to be validated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Gravity(StrEnum):
    """The four ordinal gravities of the model, least urgent first."""

    GRIS = "GRIS"
    VERT = "VERT"
    JAUNE = "JAUNE"
    ROUGE = "ROUGE"

    @property
    def rank(self) -> int:
        """0 for GRIS to 3 for ROUGE."""
        return _GRAVITY_RANK[self]


class FrenchLevel(StrEnum):
    """The six FRENCH levels, least urgent first."""

    L5 = "5"
    L4 = "4"
    L3B = "3B"
    L3A = "3A"
    L2 = "2"
    L1 = "1"

    @property
    def rank(self) -> int:
        """0 for level 5 to 5 for level 1: a larger rank is more urgent."""
        return _LEVEL_RANK[self]

    @property
    def gravity(self) -> Gravity:
        return _FACTS[self].gravity

    @property
    def physician_delay_min(self) -> int:
        """Minutes within which a physician must see the patient."""
        return _FACTS[self].physician_delay_min

    @property
    def reassess_after_min(self) -> int:
        """Minutes after which a patient who still waits is looked at again; 0 is without pause."""
        return _FACTS[self].reassess_after_min

    @property
    def nurse_delay_min(self) -> int | None:
        """Minutes within which a nurse must act; ``None`` where the scale prints none."""
        return _FACTS[self].nurse_delay_min


@dataclass(frozen=True)
class _LevelFacts:
    gravity: Gravity
    physician_delay_min: int
    nurse_delay_min: int | None
    reassess_after_min: int


_GRAVITY_RANK = MappingProxyType({gravity: rank for rank, gravity in enumerate(Gravity)})
_LEVEL_RANK = MappingProxyType({level: rank for rank, level in enumerate(FrenchLevel)})
_FACTS = MappingProxyType(
    {
        FrenchLevel.L1: _LevelFacts(Gravity.ROUGE, 0, 0, 0),
        FrenchLevel.L2: _LevelFacts(Gravity.ROUGE, 20, 10, 15),
        FrenchLevel.L3A: _LevelFacts(Gravity.JAUNE, 60, None, 30),
        FrenchLevel.L3B: _LevelFacts(Gravity.JAUNE, 90, None, 30),
        FrenchLevel.L4: _LevelFacts(Gravity.VERT, 120, None, 60),
        FrenchLevel.L5: _LevelFacts(Gravity.GRIS, 240, None, 120),
    }
)

# The level a gravity raised by the model leads to; level 1 comes from rules or the nurse alone (design, 3.4).
RAISED_LEVEL = MappingProxyType(
    {Gravity.ROUGE: FrenchLevel.L2, Gravity.JAUNE: FrenchLevel.L3B, Gravity.VERT: FrenchLevel.L4}
)


def most_urgent(levels: Iterable[FrenchLevel]) -> FrenchLevel:
    """The most urgent of at least one level; ``ValueError`` when there is none."""
    return max(levels, key=lambda level: level.rank)
