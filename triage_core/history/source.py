"""The foreign file itself, in parts: every cell of a CSV as text, a Parquet with its own types."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from triage_core.errors import DatasetError
from triage_core.history.mapping import FileForm
from triage_core.training import raw

BATCH_ROWS = 20_000


def headers(path: Path, form: FileForm) -> tuple[str, ...]:
    """The names of the file's columns as they stand. Raises ``DatasetError``."""
    if raw.is_parquet(path):
        return raw.header(path)
    try:
        with _open(path, form, nrows=0) as empty:
            return tuple(str(name) for name in empty.read().columns)
    except (OSError, ValueError) as fault:
        raise DatasetError(f"{path.name} cannot be read as a CSV table: {type(fault).__name__}") from fault


def parts(path: Path, form: FileForm, columns: Sequence[str], rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
    """The file in parts of at most ``rows`` rows, the named columns only. Raises ``DatasetError``."""
    if raw.is_parquet(path):
        yield from raw.batches(path, columns, rows)
        return
    try:
        with _open(path, form, usecols=list(columns), chunksize=rows) as chunks:
            for chunk in chunks:
                yield chunk.reset_index(drop=True)
    except (OSError, ValueError) as fault:
        raise DatasetError(f"{path.name} cannot be read as a CSV table: {type(fault).__name__}") from fault


def _open(path: Path, form: FileForm, **more: object) -> pd.io.parsers.TextFileReader:
    told = {"sep": form.delimiter, "encoding": form.encoding, "dtype": str, "keep_default_na": False}
    return pd.read_csv(path, **({"chunksize": 1, "na_values": ["", *form.missing]} | told | more))
