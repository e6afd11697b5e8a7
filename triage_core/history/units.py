"""Units that may be declared, and what undeclared ones look like: converted only when declared, reported otherwise."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from triage_core.features import BY_NAME, MMOL_PER_G_GLUCOSE

Linear = tuple[float, float]  # ours = theirs x first + second
_PRESSURE: Mapping[str, Linear] = MappingProxyType({"mmHg": (1.0, 0.0), "cmHg": (10.0, 0.0), "kPa": (7.500617, 0.0)})
FACTORS: Mapping[str, Mapping[str, Linear]] = MappingProxyType(
    {
        "age": {"years": (1.0, 0.0), "months": (1 / 12, 0.0), "days": (1 / 365.25, 0.0)},
        "temperature": {"°C": (1.0, 0.0), "°F": (5 / 9, -160 / 9)},
        "pression_systolique": _PRESSURE,
        "pression_diastolique": _PRESSURE,
        "saturation_oxygene": {"%": (1.0, 0.0), "fraction": (100.0, 0.0)},
        "glycemie": {
            "g/L": (1.0, 0.0),
            "mmol/L": (1 / MMOL_PER_G_GLUCOSE, 0.0),
            "mg/dL": (0.01, 0.0),
        },
        "duree_symptomes_h": {"h": (1.0, 0.0), "min": (1 / 60, 0.0), "days": (24.0, 0.0)},
        "echelle_douleur": {"/10": (1.0, 0.0), "/100": (0.1, 0.0)},
    }
)
# A median that lies so, in canonical units, is no hospital's: what the column most likely holds instead.
_SUSPECT: Mapping[str, tuple[tuple[str, float, float], ...]] = MappingProxyType(
    {
        "age": (("months", 126, 1500), ("days", 1500, 1e6)),
        "temperature": (("°F", 80, 115),),
        "pression_systolique": (("cmHg", 6, 19), ("kPa", 9, 30)),
        "pression_diastolique": (("cmHg", 3, 10), ("kPa", 5, 18)),
        "saturation_oxygene": (("fraction", 0.3, 1.0),),
        "glycemie": (("mmol/L", 3, 25), ("mg/dL", 25, 1000)),
        "echelle_douleur": (("/100", 11, 100),),
    }
)
DECIMALS = 7  # after a conversion: binary noise goes, what was measured stays


def convert(name: str, values: NDArray[np.float64], unit: str | None) -> NDArray[np.float64]:
    """Values in the canonical unit of a feature; unchanged to the last bit when no other unit is declared."""
    factor, offset = (1.0, 0.0) if unit is None else FACTORS[name][unit]
    if (factor, offset) == (1.0, 0.0):
        return values
    converted: NDArray[np.float64] = np.round(values * factor + offset, DECIMALS)
    return np.round(converted) if BY_NAME[name].is_integer else converted


def suspected_units(name: str, values: NDArray[np.float64]) -> tuple[str, ...]:
    """Units in which these values would make sense when ours make none; empty when all is usual.

    ``values`` are a sample in the file's numbers; missing ones are NaN.
    """
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return ()
    middle = float(np.median(known))
    return tuple(unit for unit, low, high in _SUSPECT.get(name, ()) if low <= middle <= high)
