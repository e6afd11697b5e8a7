"""The law of ``parse_patient`` over a whole table: every fault of every row, found column by column.

Nothing here makes a Python object for a row; a value is never repaired.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from triage_core.features import ARRIVAL_MODES, BY_NAME, MAX_TEXT, SEXES
from triage_core.levels import FrenchLevel, Gravity
from triage_core.rules.catalog import load_rulebook
from triage_core.training.table import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TABLE_COLUMNS

_TRUTH = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}
Where = NDArray[np.bool_]
Faults = dict[str, Where]  # reason -> the rows where it holds


def typed(raw: pd.DataFrame) -> tuple[pd.DataFrame, Faults]:
    """The table in ``TABLE_COLUMNS`` order with numbers as float64 and booleans as objects; what could not be read.

    Columns may come as texts (CSV) or with types of their own (Parquet); an absent one is missing everywhere.
    """
    columns, faults = {}, {}
    for name in TABLE_COLUMNS:
        given = raw[name] if name in raw.columns else pd.Series(pd.NA, index=raw.index, dtype="str")
        if name in NUMBER_COLUMNS:
            columns[name], faults[f"{name}: not a number"] = _numbers(given)
        elif name in BOOLEAN_COLUMNS:
            columns[name], faults[f"{name}: not true, false or empty"] = _booleans(given)
        else:
            columns[name] = given if given.dtype == "str" else given.astype("str")
    return pd.DataFrame(columns, index=raw.index), faults


def find_faults(frame: pd.DataFrame, required_labels: tuple[str, ...]) -> Faults:
    """Every rule that a typed table can break, by its reason; a case that stands twice is told within this frame."""
    return _number_faults(frame) | _word_faults(frame) | _label_faults(frame, required_labels)


def _numbers(given: pd.Series) -> tuple[pd.Series, Where]:
    """Finite numbers as float64 and where there is something else; NaN where there was nothing."""
    number = given if given.dtype == np.float64 else pd.to_numeric(given, errors="coerce").astype(np.float64)
    infinite = np.isinf(number.to_numpy())
    unread = given.notna().to_numpy() & (number.isna().to_numpy() | infinite)
    return (number.mask(infinite) if infinite.any() else number), unread


def _booleans(given: pd.Series) -> tuple[pd.Series, Where]:
    place, words = given.factorize()
    meant = [_TRUTH.get(str(word).lower()) for word in words]
    known = np.array([*meant, None], dtype=object)  # what is missing has place -1, the None at the end
    unread = np.array([*(one is None for one in meant), False], dtype=np.bool_)
    return pd.Series(known[place], index=given.index), unread[place]


def _number_faults(frame: pd.DataFrame) -> Faults:
    """The bounds of ``features.py`` and the pressures in order: the same law as ``parse_patient``."""
    values = {name: frame[name].to_numpy() for name in NUMBER_COLUMNS}
    faults = {"age: missing": np.isnan(values["age"])}
    for name, value in values.items():
        feature = BY_NAME[name]
        low, high = feature.hard
        faults[f"{name}: outside {low:g}-{high:g} {feature.unit}"] = (value < low) | (value > high)
        if feature.is_integer:
            faults[f"{name}: not a whole number"] = ~np.isnan(value) & (value % 1 != 0)
    swapped = values["pression_diastolique"] >= values["pression_systolique"]
    return faults | {"pression_diastolique: not below pression_systolique": swapped}


def _word_faults(frame: pd.DataFrame) -> Faults:
    motifs = [motif.id for motif in load_rulebook().motifs]
    case_id = frame["case_id"]
    faults = {
        "case_id: missing": case_id.isna(),
        "case_id: stands twice": case_id.notna() & case_id.duplicated(keep="first"),
        "sexe: missing or unknown": ~frame["sexe"].isin(SEXES),
        "mode_arrivee: unknown": frame["mode_arrivee"].notna() & ~frame["mode_arrivee"].isin(ARRIVAL_MODES),
        "motif_id: not a motif of the grid": frame["motif_id"].notna() & ~frame["motif_id"].isin(motifs),
        f"motif_consultation: longer than {MAX_TEXT}": frame["motif_consultation"].str.len() > MAX_TEXT,
    }
    return _as_arrays(faults)


def _label_faults(frame: pd.DataFrame, required: tuple[str, ...]) -> Faults:
    """Labels are known words, the required ones are there, and level and gravity agree."""
    gravities = [gravity.value for gravity in Gravity]
    known = {"niveau_french": [level.value for level in FrenchLevel], "gravite": gravities, "gravite_ioa": gravities}
    faults = {f"{c}: unknown": frame[c].notna() & ~frame[c].isin(words) for c, words in known.items()}
    for column in required:
        faults[f"{column}: missing"] = frame[column].isna()
    expected = frame["niveau_french"].map({level.value: level.gravity.value for level in FrenchLevel})
    disagree = expected.notna() & frame["gravite"].notna() & (expected != frame["gravite"])
    return _as_arrays(faults | {"gravite: not that of niveau_french": disagree})


def _as_arrays(faults: dict[str, pd.Series]) -> Faults:
    return {reason: where.to_numpy(dtype=np.bool_, na_value=False) for reason, where in faults.items()}
