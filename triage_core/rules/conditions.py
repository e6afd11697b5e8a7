"""Conditions of rules: what a TOML file may say, and its three-valued reading (Kleene) of a patient.

A condition answers true, false or *cannot say*, and then names what is missing. Removing a measurement can only
turn an answer into *cannot say*, and can only lengthen what is missing.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from triage_core.features import ADULT_FROM_YEARS, MMOL_PER_G_GLUCOSE, VITALS
from triage_core.features import MEASURES as FEATURE_MEASURES
from triage_core.patient import Patient
from triage_core.rules.predicates import PREDICATES

Compare = Callable[[float, float], bool]
COMPARISONS: Mapping[str, Compare] = MappingProxyType(
    {
        "au_moins": operator.ge,
        "plus_de": operator.gt,
        "au_plus": operator.le,
        "moins_de": operator.lt,
        "egal": operator.eq,
    }
)
# Derived quantities, and the measurements each of them needs.
DERIVED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "index_de_choc": ("frequence_cardiaque", "pression_systolique"),
        "glycemie_mmol_l": ("glycemie",),
    }
)
_GLUCOSE_ROUNDING = 0.0005 * MMOL_PER_G_GLUCOSE + 1e-6  # mmol/L: half of the third decimal in g/L
MEASURED: tuple[str, ...] = tuple(feature.name for feature in (*VITALS, *FEATURE_MEASURES))
KNOWN_MEASURES = frozenset({*MEASURED, *DERIVED, "age", "age_mois"})


class State(StrEnum):
    """The three answers; the values are the words of ``attendu`` in the rule files."""

    FIRED = "declenche"
    NOT_FIRED = "non"
    UNKNOWN = "indetermine"


class Scope(StrEnum):
    """Whom a rule or a single limit holds for."""

    ALL = "all"
    ADULT = "adulte"
    CHILD = "enfant"

    def covers(self, age: float) -> bool:
        """Whether a patient of this age (years) is concerned."""
        if self is Scope.ALL:
            return True
        return (age >= ADULT_FROM_YEARS) is (self is Scope.ADULT)


@dataclass(frozen=True)
class Answer:
    """A state and, when it is unknown, the features that are missing."""

    state: State
    missing: frozenset[str] = frozenset()


FIRED, NOT_FIRED = Answer(State.FIRED), Answer(State.NOT_FIRED)


@dataclass(frozen=True)
class Reading:
    """The numbers of one patient, derived ones included; ``None`` is not measured. ``ticked`` are modulator ids."""

    values: Mapping[str, float | None]
    ticked: frozenset[str] = frozenset()

    @property
    def age(self) -> float:
        """Age in years; always known."""
        age = self.values["age"]
        if age is None:
            raise ValueError("a reading always has an age")
        return age


def read_values(measured: Mapping[str, float | None], age: float) -> dict[str, float | None]:
    """Complete measured values (canonical units, age in years) with months of age and derived quantities.

    Rounding only undoes binary noise: one twelfth of a year is one month, 0.6 g/L stays 0.6.
    """
    years = round(age, 7)
    values: dict[str, float | None] = {name: measured.get(name) for name in MEASURED}
    heart, systolic, glucose = (values[n] for n in ("frequence_cardiaque", "pression_systolique", "glycemie"))
    values["age"], values["age_mois"] = years, round(12 * years, 6)
    values["index_de_choc"] = heart / systolic if heart is not None and systolic else None
    values["glycemie_mmol_l"] = None if glucose is None else _in_mmol(glucose)
    return values


def _in_mmol(grams: float) -> float:
    """A glucose in mmol/L; what a meter says to a tenth comes back exactly from g/L with three decimals."""
    mmol = round(grams * MMOL_PER_G_GLUCOSE, 6)
    tenth = round(mmol, 1)
    return tenth if abs(mmol - tenth) <= _GLUCOSE_ROUNDING else mmol


def read_patient(patient: Patient) -> Reading:
    """The reading of a patient: every feature by its one name, and what the nurse ticked."""
    measured = {name: patient.weighed(name) for name in MEASURED}
    return Reading(read_values(measured, patient.age), frozenset(patient.modulateurs))


@dataclass(frozen=True)
class Atom:
    """One measured quantity against one limit; out of scope it does not fire."""

    measure: str
    word: str
    limit: float
    scope: Scope = Scope.ALL
    compare: Compare = field(repr=False, compare=False, default=operator.eq)

    def answer(self, reading: Reading) -> Answer:
        if self.scope is not Scope.ALL and not self.scope.covers(reading.age):
            return NOT_FIRED
        value = reading.values[self.measure]
        if value is None:
            return _missing(reading, DERIVED.get(self.measure, (self.measure,)))
        return FIRED if self.compare(value, self.limit) else NOT_FIRED


@dataclass(frozen=True)
class Predicate:
    """A named test for what the files cannot say with one limit."""

    name: str

    def answer(self, reading: Reading) -> Answer:
        predicate = PREDICATES[self.name]
        if any(reading.values[name] is None for name in predicate.needs):
            return _missing(reading, predicate.needs)
        return FIRED if predicate.test(reading.values) else NOT_FIRED


@dataclass(frozen=True)
class AllOf:
    """True when every part is; false as soon as one part is."""

    parts: tuple["Condition", ...]

    def answer(self, reading: Reading) -> Answer:
        return _combine(self.parts, reading, NOT_FIRED, FIRED)


@dataclass(frozen=True)
class AnyOf:
    """True as soon as one part is; false when none is."""

    parts: tuple["Condition", ...]

    def answer(self, reading: Reading) -> Answer:
        return _combine(self.parts, reading, FIRED, NOT_FIRED)


Condition = Atom | Predicate | AllOf | AnyOf


def _missing(reading: Reading, needs: tuple[str, ...]) -> Answer:
    return Answer(State.UNKNOWN, frozenset(name for name in needs if reading.values[name] is None))


def _combine(parts: tuple[Condition, ...], reading: Reading, decisive: Answer, otherwise: Answer) -> Answer:
    """Kleene: one decisive part decides; else whatever is unknown is reported together."""
    missing: frozenset[str] = frozenset()
    for part in parts:
        answer = part.answer(reading)
        if answer.state is decisive.state:
            return decisive
        missing |= answer.missing
    return Answer(State.UNKNOWN, missing) if missing else otherwise


def fired_by(condition: Condition, reading: Reading) -> frozenset[str]:
    """The measured features by which a condition fires (age left out); empty when it does not fire."""
    if condition.answer(reading).state is not State.FIRED:
        return frozenset()
    if isinstance(condition, (Atom, Predicate)):
        return features_of(condition)
    return frozenset().union(*(fired_by(part, reading) for part in condition.parts))


def features_of(condition: Condition) -> frozenset[str]:
    """The measured features a condition may ask for (derived quantities unfolded, age left out)."""
    if isinstance(condition, Atom):
        needs = DERIVED.get(condition.measure, (condition.measure,))
        return frozenset(needs) - {"age", "age_mois"}
    if isinstance(condition, Predicate):
        return frozenset(PREDICATES[condition.name].needs)
    return frozenset().union(*(features_of(part) for part in condition.parts))
