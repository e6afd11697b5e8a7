"""Named tests for what a rule file cannot say as one measure against one limit; each is tested by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class NamedTest:
    """A predicate: its French words, the features it needs, the test on known values, and its limit at an age.

    ``limit``: of the one feature it needs, at most so much at an age in years; ``None`` where it sets no such limit.
    """

    words: str
    needs: tuple[str, ...]
    test: Callable[[Mapping[str, float | None]], bool]
    limit: Callable[[float], float] | None = None


def lowest_systolic(age: float) -> float:
    """70 + 2 x age in years, mmHg: the systolic pressure at or below which a child of 1 to 10 years is hypotensive."""
    return 70 + 2 * age


def pas_sous_70_plus_2_age(values: Mapping[str, float | None]) -> bool:
    """PAS <= 70 + 2 x age in years (FRENCH, paediatric hypotension, 1-10 years); values must be known."""
    systolic, age = values["pression_systolique"], values["age"]
    if systolic is None or age is None:
        raise ValueError("pas_sous_70_plus_2_age needs pression_systolique and age")
    return systolic <= lowest_systolic(age)


PREDICATES: Mapping[str, NamedTest] = MappingProxyType(
    {
        "pas_sous_70_plus_2_age": NamedTest(
            "pression systolique au plus 70 + 2 × âge en années (mmHg)",
            ("pression_systolique",),
            pas_sous_70_plus_2_age,
            lowest_systolic,
        )
    }
)
