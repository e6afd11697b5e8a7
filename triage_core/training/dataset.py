"""Reads training tables: checks every row by the core's bounds, sets faulty rows aside, keeps the frozen part apart.

A faulty row is quarantined with all its reasons and never repaired. What was not measured stays NaN.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from triage_core.errors import DatasetError
from triage_core.features import ARRIVAL_MODES, BY_NAME, MAX_TEXT, SEXES
from triage_core.levels import FrenchLevel, Gravity
from triage_core.rules.catalog import load_rulebook
from triage_core.training.table import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TABLE_COLUMNS

FROZEN_SALT = "medtriage-frozen-1"  # never change it: the frozen cases would become training cases
FROZEN_PERCENT = 20
REQUIRED_KEYS = ("case_id", "age", "sexe", "gravite")  # a correction may leave out the rest
_TEXT_COLUMNS = tuple(c for c in TABLE_COLUMNS if c not in (*NUMBER_COLUMNS, *BOOLEAN_COLUMNS))
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}


@dataclass(frozen=True)
class Quarantined:
    """A row set aside: its number (0 is the first row after the header), its case and every reason, without values."""

    row: int
    case_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """Usable rows in ``TABLE_COLUMNS`` order, and what was set aside.

    Numbers are float64, booleans objects (``True``, ``False``, ``None``), texts strings; missing is NaN or ``None``.
    """

    frame: pd.DataFrame
    quarantined: tuple[Quarantined, ...]


def read_table(path: Path) -> Dataset:
    """Read a flat CSV table (UTF-8, comma) and check each row.

    Raises ``DatasetError`` when the file cannot be read, lacks a column (the message shows the difference of the
    two lists) or holds no usable row. Unknown columns are left out.
    """
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise DatasetError(f"{path.name} cannot be read as a CSV table: {type(fault).__name__}") from fault
    _refuse_lacking(TABLE_COLUMNS, tuple(raw.columns), path.name)
    checked = _checked(raw, ("gravite", "niveau_french"))
    if checked.frame.empty:
        raise DatasetError(f"{path.name} holds no usable row ({len(checked.quarantined)} set aside)")
    return checked


def corrections_to_frame(records: Iterable[Mapping[str, object]]) -> Dataset:
    """Bring corrections (flat mappings keyed by ``TABLE_COLUMNS``) into the shape of the base table.

    ``case_id``, ``age``, ``sexe`` and ``gravite`` are required keys, other keys may be absent (missing) and foreign
    ones are left out. Raises ``DatasetError`` when a record lacks a required key.
    """
    kept = list(records)
    for record in kept:
        _refuse_lacking(REQUIRED_KEYS, tuple(record), "a correction")
    rows = [[_as_text(record.get(column)) for column in TABLE_COLUMNS] for record in kept]
    raw = pd.DataFrame(rows, columns=list(TABLE_COLUMNS), dtype=str)
    return _checked(raw, ("gravite",))


def is_frozen(case_id: str) -> bool:
    """Whether a case belongs to the frozen fifth that no training ever sees; a stable hash of its id decides."""
    digest = hashlib.sha256(f"{FROZEN_SALT}:{case_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < FROZEN_PERCENT


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The training rows and the frozen rows, each with a fresh index."""
    frozen = frame["case_id"].map(is_frozen).astype(bool)
    return frame[~frozen].reset_index(drop=True), frame[frozen].reset_index(drop=True)


def _refuse_lacking(wanted: tuple[str, ...], found: tuple[str, ...], name: str) -> None:
    lacking = [column for column in wanted if column not in found]
    if lacking:
        foreign = [column for column in found if column not in TABLE_COLUMNS]
        raise DatasetError(f"{name} lacks the columns {lacking}; it has these unknown ones: {foreign}")


def _as_text(value: object) -> str | None:
    """A value of a correction as the CSV would hold it; ``None`` and NaN are missing."""
    if value is None or value != value:  # NaN is the one value that differs from itself
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or None


def _checked(raw: pd.DataFrame, required_labels: tuple[str, ...]) -> Dataset:
    """Convert, collect every fault of every row, and part the rows."""
    frame = pd.DataFrame({column: raw[column] for column in _TEXT_COLUMNS})
    faults: dict[str, pd.Series] = {}
    for column in NUMBER_COLUMNS:
        frame[column], faults[f"{column}: not a number"] = _numbers(raw[column])
    for column in BOOLEAN_COLUMNS:
        frame[column], faults[f"{column}: not true, false or empty"] = _booleans(raw[column])
    frame = frame[list(TABLE_COLUMNS)]
    faults |= _number_faults(frame) | _word_faults(frame) | _label_faults(frame, required_labels)
    is_faulty = pd.DataFrame(faults).any(axis=1)
    set_aside = tuple(_quarantined(row, frame, faults) for row in frame.index[is_faulty])
    return Dataset(frame[~is_faulty].reset_index(drop=True), set_aside)


def _quarantined(row: int, frame: pd.DataFrame, faults: dict[str, pd.Series]) -> Quarantined:
    case_id = frame.at[row, "case_id"]
    reasons = tuple(reason for reason, where in faults.items() if where[row])
    return Quarantined(int(row), case_id if isinstance(case_id, str) else "", reasons)


def _numbers(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Finite numbers as float64 and where there is something else; NaN where there was nothing."""
    number = pd.to_numeric(text, errors="coerce").astype("float64")
    infinite = number.abs() == float("inf")
    return number.mask(infinite), text.notna() & (number.isna() | infinite)


def _booleans(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    words = text.str.lower() if len(text) else text
    values = [_BOOLEANS.get(word) if isinstance(word, str) else None for word in words]
    read = pd.Series(values, index=text.index, dtype=object)
    return read, text.notna() & read.isna()


def _number_faults(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """The bounds of ``features.py`` and the pressures in order: the same law as ``parse_patient``."""
    faults = {"age: missing": frame["age"].isna()}
    for name in NUMBER_COLUMNS:
        feature, value = BY_NAME[name], frame[name]
        low, high = feature.hard
        faults[f"{name}: outside {low:g}-{high:g} {feature.unit}"] = value.notna() & ~value.between(low, high)
        if feature.is_integer:
            faults[f"{name}: not a whole number"] = value.notna() & (value % 1 != 0)
    swapped = frame["pression_diastolique"] >= frame["pression_systolique"]
    return faults | {"pression_diastolique: not below pression_systolique": swapped}


def _word_faults(frame: pd.DataFrame) -> dict[str, pd.Series]:
    motifs = [motif.id for motif in load_rulebook().motifs]
    case_id, text = frame["case_id"], frame["motif_consultation"]
    too_long = pd.Series([isinstance(t, str) and len(t) > MAX_TEXT for t in text], index=frame.index, dtype=bool)
    return {
        "case_id: missing": case_id.isna(),
        "case_id: stands twice": case_id.notna() & case_id.duplicated(keep="first"),
        "sexe: missing or unknown": ~frame["sexe"].isin(SEXES),
        "mode_arrivee: unknown": frame["mode_arrivee"].notna() & ~frame["mode_arrivee"].isin(ARRIVAL_MODES),
        "motif_id: not a motif of the grid": frame["motif_id"].notna() & ~frame["motif_id"].isin(motifs),
        f"motif_consultation: longer than {MAX_TEXT}": too_long,
    }


def _label_faults(frame: pd.DataFrame, required: tuple[str, ...]) -> dict[str, pd.Series]:
    """Labels are known words, the required ones are there, and level and gravity agree."""
    gravities = [gravity.value for gravity in Gravity]
    known = {"niveau_french": [level.value for level in FrenchLevel], "gravite": gravities, "gravite_ioa": gravities}
    faults = {f"{c}: unknown": frame[c].notna() & ~frame[c].isin(words) for c, words in known.items()}
    for column in required:
        faults[f"{column}: missing"] = frame[column].isna()
    expected = frame["niveau_french"].map({level.value: level.gravity.value for level in FrenchLevel})
    disagree = expected.notna() & frame["gravite"].notna() & (expected != frame["gravite"])
    return faults | {"gravite: not that of niveau_french": disagree}
