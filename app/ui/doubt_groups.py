"""Doubtful verdicts as an administrator reads them: together by nurse, motif and verdict, the largest group first."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_store.doubtful import Doubtful
from triage_core.levels import Gravity


@dataclass(frozen=True)
class Group:
    """The waiting cases of one nurse on one motif with one verdict."""

    nurse: str
    motif_id: str | None
    gravity: Gravity
    cases: tuple[Doubtful, ...]

    @property
    def key(self) -> str:
        """A name for widgets that stays while the group grows."""
        told = f"{self.nurse}|{self.motif_id}|{self.gravity.value}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def doubts(self) -> tuple[str, ...]:
        """Every doubt about any of them, once."""
        return tuple(sorted({doubt for case in self.cases for doubt in case.doubts}))


def groups(found: Sequence[Doubtful]) -> tuple[Group, ...]:
    """Group what waits; nurses who gave the same verdict on the same case stand together."""
    parted: dict[tuple[str, str | None, Gravity], list[Doubtful]] = {}
    for case in found:
        told = case.correction
        motif = told.row["motif_id"]
        name = (", ".join(told.nurses), motif if isinstance(motif, str) else None, told.gravity)
        parted.setdefault(name, []).append(case)
    made = [Group(*name, tuple(cases)) for name, cases in parted.items()]
    return tuple(sorted(made, key=lambda group: -len(group.cases)))
