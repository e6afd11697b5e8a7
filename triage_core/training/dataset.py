"""Reads training tables: checks every row by the core's bounds, sets faulty rows aside, keeps the frozen part apart.

A faulty row is quarantined with all its reasons and never repaired. What was not measured stays NaN.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from triage_core.errors import DatasetError
from triage_core.training import raw
from triage_core.training.checks import find_faults, typed
from triage_core.training.digests import Words, digests
from triage_core.training.quarantine import Quarantine, Quarantined, set_aside
from triage_core.training.table import TABLE_COLUMNS

__all__ = ["Dataset", "Quarantine", "Quarantined", "corrections_to_frame", "is_frozen", "read_table", "split"]

FROZEN_SALT = "medtriage-frozen-1"  # never change it: the frozen cases would become training cases
FROZEN_PERCENT = 20
REQUIRED_KEYS = ("case_id", "age", "sexe", "gravite")  # a correction may leave out the rest
MAY_LACK = ("niveau_french", "gravite_ioa")  # columns a table may be without; one it has must be filled
ALL_ROWS = 1 << 31


@dataclass(frozen=True)
class Dataset:
    """Usable rows in ``TABLE_COLUMNS`` order, and what was set aside.

    Numbers are float64, booleans objects (``True``, ``False``, ``None``), texts strings; missing is NaN or ``None``.
    ``quarantined`` names the first rows set aside, ``quarantine`` counts them all.
    """

    frame: pd.DataFrame
    quarantine: Quarantine

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """The first rows set aside, each with every reason."""
        return self.quarantine.named


def read_table(path: Path) -> Dataset:
    """Read a flat table (CSV in UTF-8 with commas, or Parquet) and check each row.

    Raises ``DatasetError`` when the file cannot be read, lacks a column (the message shows the difference of the
    two lists) or holds no usable row. Unknown columns are left out; ``MAY_LACK`` may be absent as whole columns.
    """
    columns, labels = usable_columns(path)
    parts = list(raw.batches(path, columns, ALL_ROWS))
    checked = _checked(pd.concat(parts) if parts else pd.DataFrame(columns=list(columns), dtype=str), labels)
    if checked.frame.empty:
        raise DatasetError(f"{path.name} holds no usable row ({checked.quarantine.count} set aside)")
    return checked


def usable_columns(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Our columns that this table has, and the labels each of its rows must bear.

    Raises ``DatasetError`` when one is lacking that a table must have.
    """
    found = raw.header(path)
    _refuse_lacking(tuple(c for c in TABLE_COLUMNS if c not in MAY_LACK), found, path.name)
    labels = ("gravite", "niveau_french") if "niveau_french" in found else ("gravite",)
    return tuple(column for column in TABLE_COLUMNS if column in found), labels


def corrections_to_frame(records: Iterable[Mapping[str, object]]) -> Dataset:
    """Bring corrections (flat mappings keyed by ``TABLE_COLUMNS``) into the shape of the base table.

    ``case_id``, ``age``, ``sexe`` and ``gravite`` are required keys, other keys may be absent (missing) and foreign
    ones are left out. Raises ``DatasetError`` when a record lacks a required key.
    """
    kept = list(records)
    for record in kept:
        _refuse_lacking(REQUIRED_KEYS, tuple(record), "a correction")
    rows = [[_as_text(record.get(column)) for column in TABLE_COLUMNS] for record in kept]
    told = pd.DataFrame(rows, columns=list(TABLE_COLUMNS), dtype=str)
    return _checked(told, ("gravite",))


def is_frozen(case_id: str) -> bool:
    """Whether a case belongs to the frozen fifth that no training ever sees; a stable hash of its id decides."""
    return bool(are_frozen(digests(f"{FROZEN_SALT}:", pd.Series([case_id], dtype="str")))[0])


def are_frozen(hashed: Words) -> NDArray[np.bool_]:
    """The same of many cases, from ``case_digests``: the first eight bytes, read as one number, decide."""
    number = (hashed[:, 0].astype(np.uint64) << np.uint64(32)) | hashed[:, 1]
    frozen: NDArray[np.bool_] = number % np.uint64(100) < FROZEN_PERCENT
    return frozen


def case_digests(case_ids: "pd.Series[str]") -> Words:
    """The salted SHA-256 of each case, eight words a row; no case may be missing."""
    return digests(f"{FROZEN_SALT}:", case_ids)


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The training rows and the frozen rows, each with a fresh index."""
    frozen = are_frozen(case_digests(frame["case_id"]))
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


def _checked(told: pd.DataFrame, required_labels: tuple[str, ...]) -> Dataset:
    """Convert, collect every fault of every row, and part the rows."""
    frame, faults = typed(told)
    is_faulty, quarantine = set_aside(frame["case_id"], faults | find_faults(frame, required_labels))
    return Dataset(frame[~is_faulty].reset_index(drop=True), quarantine)
