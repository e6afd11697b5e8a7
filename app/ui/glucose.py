"""A limit on the blood glucose in the unit of the form, whatever unit its rule is written in."""

import math
import re

from triage_core.features import BY_NAME, MMOL_PER_G_GLUCOSE
from triage_core.rules.describe import french_number

_LIMIT = re.compile(
    r"(?P<name>glycémie) (?P<sign>≥|>|≤|<|au moins|plus de|au plus|moins de) (?P<mmol>[0-9]+(?:,[0-9]+)?) mmol/l",
    re.IGNORECASE,
)
_UPWARDS = ("≥", "<", "au moins", "moins de")  # of the values with three decimals, the first above says the same
_PARTS = 1000  # three decimals: a limit and a value converted from mmol/L meet


def in_form_unit(words: str, *, marked: bool = True) -> str:
    """A rule's words with every glucose limit in g/L; the mmol/L follow in brackets where rounding shows."""
    return _LIMIT.sub(lambda found: _converted(found, marked), words)


def _converted(found: re.Match[str], marked: bool) -> str:
    mmol = float(found["mmol"].replace(",", "."))
    parts = round(mmol / MMOL_PER_G_GLUCOSE * _PARTS, 6)
    grams = (math.ceil(parts) if found["sign"].lower() in _UPWARDS else math.floor(parts)) / _PARTS
    is_exact = math.isclose(grams * MMOL_PER_G_GLUCOSE, mmol)
    mark = "" if is_exact or not marked else f" ({found['mmol']} mmol/L)"
    return f"{found['name']} {found['sign']} {french_number(grams)} {BY_NAME['glycemie'].unit}{mark}"
