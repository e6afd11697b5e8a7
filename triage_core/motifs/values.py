"""Vital signs told inside a reason (« FC 150 », « TA 7/4 », « T 31,5 ») and the motif that each one names.

The limits stand in ``synonyms.toml``: they are words of the search. What a value is worth is said by the rules.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from triage_core.motifs.ages import AgeRange
from triage_core.motifs.text import without_accents


@dataclass(frozen=True)
class ValueHint:
    """A named number within limits (the lower one included) hints ``motif`` between two ages in years."""

    motif: str
    pattern: re.Pattern[str]
    at_least: float
    below: float
    from_age: float
    to_age: float

    def is_met(self, plain: str, ages: AgeRange | None) -> bool:
        """Whether the text tells such a number of someone who may be of that age."""
        if ages is not None and not (self.from_age <= ages.high and ages.low <= self.to_age):
            return False
        numbers = (float(".".join(part for part in found.groups() if part)) for found in self.pattern.finditer(plain))
        return any(self.at_least <= number < self.below for number in numbers)


def read_hints(table: Iterable[Mapping[str, object]]) -> tuple[ValueHint, ...]:
    """The ``[[valeurs]]`` of the table; ``KeyError`` when one has no name of what it measures."""
    return tuple(
        ValueHint(
            str(row["motif"]),
            _pattern(str(row["noms"])),
            float(str(row.get("au_moins", 0))),
            float(str(row.get("moins_de", 10_000))),
            float(str(row.get("des_ans", 0))),
            float(str(row.get("jusqu_a_ans", 130))),
        )
        for row in table
    )


def _pattern(names: str) -> re.Pattern[str]:
    """« fc|pouls » : a name, then the number. « ° » : a bare number of two digits with a decimal or a degree sign."""
    if names == "°":
        return re.compile(r"(?<![\d/,.])(\d{2})(?:[.,°](\d)(?!\d)|°)(?! ?(?:kg|cm|g|m)\b)")
    return re.compile(
        rf"\b(?:{names})(?:\s+(?:mesuree?|tombee?|systolique|prise))?\s*(?:[:=<>~]|est a|a|at|is|of|de)?\s*"
        r"(\d{1,3})(?:[.,](\d+))?(?![\d%]*\s?(?:ans|mois|jours?|sem|fois|kg|h\b|sa\b))"
    )


def hinted(text: str, hints: Sequence[ValueHint], ages: AgeRange | None) -> set[str]:
    """The motifs that the numbers of a text hint."""
    if not any(c.isdigit() for c in text):
        return set()
    plain = without_accents(text.lower().replace("º", "°"))  # typed for the degree sign, and a small o without it
    return {hint.motif for hint in hints if hint.is_met(plain, ages)}
