"""Rules that hold one limit per band of age: which of them is this patient's, read from the condition itself."""

from triage_core.rules.conditions import AllOf, AnyOf, Atom, Condition, Reading, State, read_values

AGES = ("age", "age_mois")


def limit_at(condition: Condition | None, age: float) -> Atom | None:
    """The one limit of a list by bands of age that holds at this age, in years.

    ``None`` when the condition is no such list (every alternative bounds the age and sets one limit to the same
    measure), or when none of its bands holds this age.
    """
    bands = [_band(part) for part in condition.parts] if isinstance(condition, AnyOf) else []
    known = [band for band in bands if band is not None]
    if len(known) < max(2, len(bands)) or len({limit.measure for _, limit in known}) > 1:
        return None
    reading = Reading(read_values({}, age))
    return next((limit for ages, limit in known if _holds(ages, reading)), None)


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
