"""The columns of the model, built by one function for training and for serving.

Each vital becomes two distances, how far below and how far above the reference interval of its age, so that a
monotone model cannot call a worse vital less urgent. What was not measured stays NaN.
"""

import hashlib
import json
import math
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triage_core.features import ADULT_FROM_YEARS, BY_NAME, VITALS, child_reference, reference_interval
from triage_core.levels import FrenchLevel
from triage_core.patient import Patient

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_SEX = {"M": 0.0, "F": 1.0}  # "Autre" is NaN: the model has learned nothing of it
_VITAL_COLUMNS = tuple(f"{vital.name}_{side}" for vital in VITALS for side in ("sous", "sur"))
COLUMNS: tuple[str, ...] = ("age", "sexe", "motif", "motif_niveau_defaut", *_VITAL_COLUMNS)
MOTIF_COLUMN = COLUMNS.index("motif")
# +1: a larger value never lowers the score. Age and sex may act either way.
MONOTONE: tuple[int, ...] = (0, 0, 1, 1, *(1 for _ in _VITAL_COLUMNS))
# The columns that come and go together, by feature: what drop-out and explanations remove as one.
GROUPS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"age": (0,), "sexe": (1,), "motif": (2, 3)}
    | {vital.name: (4 + 2 * place, 5 + 2 * place) for place, vital in enumerate(VITALS)}
)
VITAL_GROUPS: tuple[tuple[int, ...], ...] = tuple(GROUPS[vital.name] for vital in VITALS)


def row(patient: Patient, motif_id: str | None, default_level: FrenchLevel | None) -> Floats:
    """The model's view of one patient, float32, shape ``(len(COLUMNS),)``.

    The motif stands as a code (``motif_code``); a bundle replaces it by what it learned of that motif.
    """
    vitals = {vital.name: patient.weighed(vital.name) for vital in VITALS}
    return np.array(_values(patient.age, patient.sexe, motif_id, default_level, vitals), dtype=np.float32)


def matrix(frame: "pd.DataFrame", default_levels: Mapping[str, FrenchLevel] | None = None) -> Floats:
    """The same view of every row of a flat table, shape ``(len(frame), len(COLUMNS))``, bit for bit that of ``row``.

    The order of the table's columns is free; no Python object is made for a row. ``default_levels``
    gives the level of each motif of the grid; ``None`` reads the packaged rule book.
    """
    levels = _packaged_levels() if default_levels is None else default_levels
    built = np.empty((len(frame), len(COLUMNS)), dtype=np.float32)
    age = _floats(frame["age"])
    ranks = {motif: level.rank for motif, level in levels.items()}
    built[:, 0], built[:, 1] = age, _of_word(frame["sexe"], _SEX.get)
    built[:, 2], built[:, 3] = _of_word(frame["motif_id"], motif_code), _of_word(frame["motif_id"], ranks.get)
    for vital in VITALS:
        below, above = GROUPS[vital.name]
        value, (low, high) = _floats(frame[vital.name]), _interval_by_age(vital.name, age)
        built[:, below], built[:, above] = np.maximum(0.0, low - value), np.maximum(0.0, value - high)
    return built


def motif_code(motif_id: str) -> float:
    """A stable number for a motif: 24 bits of its CRC, which a float32 holds exactly."""
    return float(zlib.crc32(motif_id.encode()) >> 8)


def with_motif_prior(built: Floats, prior_of_code: Mapping[float, float]) -> Floats:
    """A copy in which each motif code is replaced by what was learned of it; NaN for a motif never seen.

    ``built`` has shape ``(n, len(COLUMNS))``; the prior is a mean rank.
    """
    encoded = built.copy()
    codes = built[:, MOTIF_COLUMN].tolist()
    encoded[:, MOTIF_COLUMN] = [prior_of_code.get(code, math.nan) for code in codes]
    return encoded


def features_digest() -> str:
    """SHA-256 over all that gives the columns their meaning; a bundle of another digest is not served."""
    intervals = {v.name: [reference_interval(v.name, months / 12) for months in range(193)] for v in VITALS}
    told = json.dumps([COLUMNS, MONOTONE, _SEX, [level.value for level in FrenchLevel], intervals])
    return hashlib.sha256(told.encode()).hexdigest()


def _values(
    age: float | None,
    sexe: object,
    motif_id: str | None,
    default_level: FrenchLevel | None,
    vitals: Mapping[str, float | None],
) -> list[float]:
    years = None if age is None or math.isnan(age) else age
    values = [
        math.nan if years is None else years,
        _SEX.get(str(sexe), math.nan),
        math.nan if motif_id is None else motif_code(motif_id),
        math.nan if default_level is None else default_level.rank,
    ]
    for vital in VITALS:
        values.extend(_distances(vital.name, vitals[vital.name], years))
    return values


def _distances(name: str, value: float | None, age: float | None) -> tuple[float, float]:
    """How far below and how far above its reference interval; NaN twice when it was not measured."""
    interval = reference_interval(name, age)
    if value is None or math.isnan(value) or interval is None:
        return math.nan, math.nan
    return max(0.0, interval[0] - value), max(0.0, value - interval[1])


def _floats(column: "pd.Series") -> Doubles:
    """A column as float64; what is missing is NaN."""
    numbers: Doubles = column.to_numpy(dtype=np.float64, na_value=math.nan)
    return numbers


def _of_word(column: "pd.Series", meaning: Callable[[str], float | None]) -> Doubles:
    """What each word of a column stands for, asked once a distinct word; NaN for none."""
    place, words = column.factorize()
    found = [meaning(word) for word in words]
    known: Doubles = np.array([*(math.nan if one is None else one for one in found), math.nan], dtype=np.float64)
    meant: Doubles = known[place]  # a missing word has place -1, the NaN at the end
    return meant


def _interval_by_age(name: str, age: Doubles) -> tuple[Doubles, Doubles]:
    """``reference_interval`` of many ages at once; the adult's where the age is NaN."""
    bounds = np.full((len(age), 2), BY_NAME[name].reference or (math.nan, math.nan))
    bands, is_child = child_reference(name), age < ADULT_FROM_YEARS
    if bands:
        band = np.searchsorted([months for months, _ in bands], 12 * age[is_child], side="right") - 1
        bounds[is_child] = np.array([interval for _, interval in bands])[band]
    return bounds[:, 0], bounds[:, 1]


def _packaged_levels() -> dict[str, FrenchLevel]:
    from triage_core.rules.catalog import load_rulebook  # only training on the grid needs the rule book here

    return {motif.id: motif.default_level for motif in load_rulebook().motifs}
