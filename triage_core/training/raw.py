"""Opens a table as it lies on the disk, CSV or Parquet, whole or in batches; knows nothing of its meaning."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from triage_core.errors import DatasetError

PARQUET = ".parquet"
_FAULTS = (OSError, ValueError, pa.ArrowException)


def is_parquet(path: Path) -> bool:
    """Whether a table is Parquet by its name; anything else is read as CSV."""
    return path.suffix.lower() == PARQUET


def header(path: Path) -> tuple[str, ...]:
    """The names of the columns; raises ``DatasetError``."""
    try:
        if is_parquet(path):
            return tuple(pq.read_schema(path).names)
        return tuple(pd.read_csv(path, dtype=str, nrows=0, encoding="utf-8").columns)
    except _FAULTS as fault:
        raise _unreadable(path, fault) from fault


def row_count(path: Path) -> int:
    """How many rows there are: exactly for Parquet, at most that many for CSV (lines inside quotes count)."""
    try:
        if is_parquet(path):
            return int(pq.read_metadata(path).num_rows)
        with path.open("rb") as file:
            return sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))
    except _FAULTS as fault:
        raise _unreadable(path, fault) from fault


def batches(path: Path, columns: Sequence[str], rows: int) -> Iterator[pd.DataFrame]:
    """The table in parts of at most ``rows`` rows, texts of a CSV as they stand; raises ``DatasetError``."""
    try:
        yield from _parquet(path, columns, rows) if is_parquet(path) else _csv(path, columns, rows)
    except _FAULTS as fault:
        raise _unreadable(path, fault) from fault


def _parquet(path: Path, columns: Sequence[str], rows: int) -> Iterator[pd.DataFrame]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(rows, columns=list(columns)):
            yield batch.to_pandas()


def _csv(path: Path, columns: Sequence[str], rows: int) -> Iterator[pd.DataFrame]:
    wanted = {"usecols": list(columns), "dtype": str, "keep_default_na": False, "na_values": [""]}
    with pd.read_csv(path, encoding="utf-8", chunksize=rows, **wanted) as parts:
        for part in parts:
            yield part.reset_index(drop=True)


def _unreadable(path: Path, fault: Exception) -> DatasetError:
    kind = "Parquet" if is_parquet(path) else "CSV"
    return DatasetError(f"{path.name} cannot be read as a {kind} table: {type(fault).__name__}")
