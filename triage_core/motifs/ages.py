"""The age that a reason tells (« nrs 2 mois », « petit de 6 ans »), as a range in years; durations are no ages."""

import re
from dataclasses import dataclass

from triage_core.motifs.text import normalise

OLDEST = 120  # years
_YEARS_IN = {"an": 1.0, "year": 1.0, "yo": 1.0, "mois": 1 / 12, "month": 1 / 12, "sem": 7 / 365.25, "week": 7 / 365.25}
_YEARS_IN |= {"jour": 1 / 365.25, "day": 1 / 365.25, "j": 1 / 365.25, "m": 1 / 12, "a": 1.0}
_AGE = re.compile(
    r"(?:(?P<before>[a-z]+) (?:de |of |a )?)?\b(?P<number>\d{1,3}) ?"
    r"(?P<unit>ans?\b|years?\b|yo\b|mois\b|months?\b|sem(?:aines?)?\b|weeks?\b|jours?\b|days?\b|(?<=\d)[jma]\b)"
    r"(?! ?(?:sa\b|ago\b|apres\b|pregnant\b|de grossesse\b|de suite\b|post\b))"
)
_DAY_OF_LIFE = re.compile(r"\bj ?(\d{1,2})\b")
_NO_AGE_AFTER = frozenset({
    "depuis", "a", "dans", "pendant", "enceinte", "grossesse", "pregnant", "since", "for", "past", "last", "post",
    "tous", "toutes", "every", "apres", "avant", "after", "sous", "terme", "dernier", "derniers", "encore", "vers",
    "duree", "environ",
})  # fmt: skip
_ANYBODYS = frozenset(
    {"an", "year", "yo", "mois", "month"}
)  # units of an age; the others are a child's, else a duration
_MOTHER = re.compile(r"\b(?:enceinte|grossesse|pregnant|pregnancy|allait\w*|accouch\w*|foet\w*|sa|\d+sa|bouger?)\b")
_NEWBORN = re.compile(r"\b(?:nouveaune\w*|nne?|newborn|neonat\w*|maternite)\b")
_INFANT = re.compile(r"\b(?:bebes?|bb|nrs|nourr?iss?on\w*|infant|baby|babies|biberons?|tete|tetee)\b")
_CHILD = re.compile(r"\b(?:enft?|enfants?|petite?|fille|fillette|garcon|child|kid|boy|girl|toddler|ped)\b")


@dataclass(frozen=True)
class AgeRange:
    """Years from ``low`` to ``high``, both possible."""

    low: float
    high: float


def said_age(text: str) -> AgeRange | None:
    """The age in the words of a reason; ``None`` when none is told, or a pregnancy or a mother is spoken of."""
    plain = normalise(text)
    if _MOTHER.search(plain):
        return None
    newborn, infant = _NEWBORN.search(plain), _INFANT.search(plain)
    told = _counted(plain, bool(newborn or infant or _CHILD.search(plain)))
    if told is None and (newborn or infant) and (day := _DAY_OF_LIFE.search(plain)):
        told = int(day[1]) / 365.25
    if told is not None:
        return AgeRange(told, told)
    if newborn:
        return AgeRange(0.0, 0.07)
    return AgeRange(0.0, 1.9) if infant else None


def _counted(plain: str, is_child: bool) -> float | None:
    for found in _AGE.finditer(plain):
        unit = next(known for known in _YEARS_IN if found["unit"].startswith(known))
        years = int(found["number"]) * _YEARS_IN[unit]
        if found["before"] not in _NO_AGE_AFTER and (is_child or unit in _ANYBODYS) and years <= OLDEST:
            return years
    return None
