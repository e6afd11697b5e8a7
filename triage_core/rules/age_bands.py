"""Rules whose limit depends on age, by bands or by a formula: which is this patient's, read from the condition."""

from triage_core.rules.conditions import AllOf, AnyOf, Atom, Condition, Predicate, Reading, State, read_values
from triage_core.rules.predicates import PREDICATES

AGES = ("age", "age_mois")


def limit_at(condition: Condition | None, age: float) -> Atom | None:
    """The one limit that holds at this age, in years, of a list by bands of age or of a formula of the age.

    ``None`` when the condition is no such list (every alternative bounds the age and sets one limit to the same
    measure) and no such formula, or when none of its bands holds this age.
    """
    if isinstance(condition, AllOf):
        return _by_formula(condition, age)
    bands = [_band(part) for part in condition.parts] if isinstance(condition, AnyOf) else []
    known = [band for band in bands if band is not None]
    if len(known) < max(2, len(bands)) or len({limit.measure for _, limit in known}) > 1:
        return None
    reading = Reading(read_values({}, age))
    return next((limit for ages, limit in known if _holds(ages, reading)), None)


def _by_formula(condition: AllOf, age: float) -> Atom | None:
    """The limit of a named test that stands with bounds of the age alone."""
    tests = [PREDICATES[part.name] for part in condition.parts if isinstance(part, Predicate)]
    ages = tuple(part for part in condition.parts if isinstance(part, Atom) and part.measure in AGES)
    if len(tests) != 1 or len(ages) != len(condition.parts) - 1 or tests[0].limit is None:
        return None
    if not _holds(ages, Reading(read_values({}, age))):
        return None
    return Atom(tests[0].needs[0], "au_plus", tests[0].limit(age))


def _band(part: Condition) -> tuple[tuple[Atom, ...], Atom] | None:
    """The bounds of age of one alternative and its limit."""
    if not isinstance(part, AllOf):
        return None
    atoms = [atom for atom in part.parts if isinstance(atom, Atom)]
    ages = tuple(atom for atom in atoms if atom.measure in AGES)
    limits = [atom for atom in atoms if atom.measure not in AGES]
    is_band = len(atoms) == len(part.parts) and len(ages) > 0 and len(limits) == 1
    return (ages, limits[0]) if is_band else None


def _holds(ages: tuple[Atom, ...], reading: Reading) -> bool:
    return all(atom.answer(reading).state is State.FIRED for atom in ages)
