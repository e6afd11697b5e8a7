"""The rule book: every motif of the grid and every general threshold, read once from the TOML files."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from triage_core.levels import FrenchLevel
from triage_core.rules.conditions import Condition, Scope, State

Effect = Literal["set_level", "neutral"]
Kind = Literal["measured", "mixed", "clinical", "physician_advice"]
Direction = Literal["upgrade", "default", "downgrade"]
PACKAGED = Path(__file__).parent / "french"


@dataclass(frozen=True)
class Signature:
    """Where a rule comes from and who has read it; ``reviewer`` and dates stay empty until a human signs."""

    source: str
    status: str
    author: str
    reviewer: str = ""
    review_date: str = ""
    next_review: str = ""


@dataclass(frozen=True)
class Example:
    """A fragment of a patient (age in years) and the answer the author of the rule expects."""

    age: float
    values: tuple[tuple[str, float], ...]
    ticked: bool
    expected: State


@dataclass(frozen=True)
class Rule:
    """One modulator of a motif, or one general threshold (the floor).

    ``checkbox`` is what the nurse ticks (``None``: measured only). ``suggestion`` is informative: it may show a
    box as worth a look, and never sets anything.
    """

    id: str
    label: str
    level: FrenchLevel
    effect: Effect
    kind: Kind
    direction: Direction
    signature: Signature
    condition: Condition | None = None
    checkbox: str | None = None
    scope: Scope = Scope.ALL
    suggestion: Condition | None = None
    note: str = ""
    examples: tuple[Example, ...] = field(default=(), repr=False)

    @property
    def source(self) -> str:
        return self.signature.source

    @property
    def status(self) -> str:
        """How sure the source is: ``lue``, ``sourcee``, ``en_partie_sourcee``, ``seconde_main`` or ``inferee``."""
        return self.signature.status

    @property
    def author(self) -> str:
        return self.signature.author

    @property
    def reviewer(self) -> str:
        return self.signature.reviewer


@dataclass(frozen=True)
class Motif:
    """A reason for coming: its default level (« tri M ») and its modulators.

    ``age_restriction`` says for whom the grid means it; a motif chosen by the nurse counts at any age.
    """

    id: str
    chapter: str
    label: str
    label_en: str
    default_level: FrenchLevel
    aliases: tuple[str, ...]
    modulators: tuple[Rule, ...]
    age_restriction: Condition | None
    signature: Signature
    notes: str = ""
    paediatric_notes: str = ""
    difference_v1_0: str = ""

    @property
    def source(self) -> str:
        return self.signature.source

    @property
    def confidence(self) -> str:
        return self.signature.status

    @property
    def author(self) -> str:
        return self.signature.author

    @property
    def reviewer(self) -> str:
        return self.signature.reviewer

    @property
    def review_date(self) -> str:
        return self.signature.review_date

    @property
    def next_review(self) -> str:
        return self.signature.next_review


@dataclass(frozen=True)
class FloorFile:
    """One file of general thresholds: its title and its rules."""

    id: str
    label: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class RuleBook:
    """All rules of one version. ``version`` carries the digest of the files: another byte, another version."""

    version: str
    motifs: tuple[Motif, ...]
    floor_files: tuple[FloorFile, ...]

    @cached_property
    def floor(self) -> tuple[Rule, ...]:
        """The general thresholds and house rules, which hold whatever the motif."""
        return tuple(rule for file in self.floor_files for rule in file.rules)

    def floor_at(self, age: float) -> tuple[Rule, ...]:
        """Those of them that concern a patient of this age, in years."""
        return self._floor_by_scope[Scope.ADULT if Scope.ADULT.covers(age) else Scope.CHILD]

    @cached_property
    def _floor_by_scope(self) -> dict[Scope, tuple[Rule, ...]]:
        return {
            scope: tuple(rule for rule in self.floor if rule.scope in (Scope.ALL, scope))
            for scope in (Scope.ADULT, Scope.CHILD)
        }

    @cached_property
    def _by_id(self) -> dict[str, Motif]:
        return {motif.id: motif for motif in self.motifs}

    @cached_property
    def _modulator_ids(self) -> dict[str, frozenset[str]]:
        return {motif.id: frozenset(rule.id for rule in motif.modulators) for motif in self.motifs}

    @cached_property
    def every_modulator_id(self) -> frozenset[str]:
        """Every modulator of every motif."""
        return frozenset().union(*self._modulator_ids.values())

    def motif(self, motif_id: str) -> Motif | None:
        """The motif of this id; ``None`` when the grid has none."""
        return self._by_id.get(motif_id)

    def modulator_ids(self, motif_id: str) -> frozenset[str] | None:
        """The modulators that belong to a motif; ``None`` when the grid has no such motif."""
        return self._modulator_ids.get(motif_id)


@lru_cache(maxsize=4)
def load_rulebook(folder: Path = PACKAGED) -> RuleBook:
    """The rule book of a folder of TOML files (the packaged one by default), read once per process.

    Raises ``RuleFileError`` naming file, rule and field, in French, at the first fault.
    """
    from triage_core.rules.reader import read_folder  # the reader builds these classes

    return read_folder(folder)
