"""A table too long to stand in memory: read once in parts, checked, and laid down as rows of the model's matrix.

A fifth is frozen as ever, of which a bounded part judges; a bounded part of the rest is held out to calibrate on;
all other rows are fitted. Which row goes where is told by the digest of its case, never by its place.
"""

import ctypes
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from triage_core.errors import DatasetError
from triage_core.levels import FrenchLevel
from triage_core.model.columns import COLUMNS, Floats, matrix
from triage_core.training import raw
from triage_core.training.checks import find_faults, typed
from triage_core.training.dataset import are_frozen, case_digests, usable_columns
from triage_core.training.digests import Words
from triage_core.training.evaluate import true_ranks
from triage_core.training.quarantine import Quarantine, set_aside
from triage_core.training.seen import Seen, numbers_of

LARGE_FROM = 200_000  # rows; below it the whole table is read, copied with holes and cross-validated
BATCH_ROWS = 20_000  # read and checked together
PAGE_ROWS = 80_000  # fitted together
MOST_FROZEN = 20_000  # rows of the frozen fifth that judge: a share of them is known to a third of a percent
MOST_HELD_OUT = 20_000  # rows that calibrate and choose the thresholds
MOST_OF_TRAINING = 0.2  # is held out, however few the rows are
_WHOLE = float(1 << 32)
_ROW_BYTES = 4 * len(COLUMNS)  # float32
Defaults = Mapping[str, FrenchLevel] | None


@dataclass(frozen=True)
class Page:
    """Some rows of the fit: the matrix ``(n, len(COLUMNS))`` with motifs as codes, ranks and weights ``(n,)``."""

    first: int  # the number of its first row
    rows: Floats
    ranks: NDArray[np.int8]
    weights: NDArray[np.float32]


class FitRows:
    """Rows to fit on: the matrix in an unnamed file that ends with this object, ranks and weights in memory."""

    def __init__(self) -> None:
        self.ranks, self.weights = np.empty(0, np.int8), np.empty(0, np.float32)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this object
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return len(self.ranks)

    def add(self, frame: pd.DataFrame, weights: NDArray[np.float64] | None, defaults: Defaults = None) -> None:
        """Lay down the rows of a checked frame; ``weights`` of ``None`` are ones."""
        self._file.seek(0, 2)
        self._file.write(matrix(frame, defaults).tobytes())
        self._file.flush()
        told = np.ones(len(frame)) if weights is None else weights
        self.ranks = np.concatenate([self.ranks, true_ranks(frame).astype(np.int8)])
        self.weights = np.concatenate([self.weights, told.astype(np.float32)])

    def pages(self) -> Iterator[Page]:
        """All rows, ``PAGE_ROWS`` at a time; a page is the reader's own to change."""
        for first in range(0, len(self), PAGE_ROWS):
            self._file.seek(first * _ROW_BYTES)
            read = np.frombuffer(bytearray(self._file.read(PAGE_ROWS * _ROW_BYTES)), dtype=np.float32)
            here = slice(first, first + PAGE_ROWS)
            yield Page(first, read.reshape(-1, len(COLUMNS)), self.ranks[here], self.weights[here])

    def change(self, how: Callable[[Page], None]) -> None:
        """Change every page where it lies."""
        for page in self.pages():
            how(page)
            self._file.seek(page.first * _ROW_BYTES)
            self._file.write(page.rows.tobytes())
        self._file.flush()


@dataclass(frozen=True)
class LargeTable:
    """``fit`` is trained on, ``held_out`` calibrates, ``frozen`` judges; the last two are flat frames."""

    fit: FitRows
    held_out: pd.DataFrame
    frozen: pd.DataFrame
    quarantine: Quarantine

    def __len__(self) -> int:
        return len(self.fit) + len(self.held_out)


def is_large(path: Path) -> bool:
    """Whether a table is read in parts; raises ``DatasetError`` when it cannot be read."""
    return raw.row_count(path) >= LARGE_FROM


def read_large(path: Path, defaults: Defaults = None) -> LargeTable:
    """Read and check a table of any length in memory that does not grow with it (a few bytes a row remain).

    Raises ``DatasetError`` like ``read_table``.
    """
    columns, labels = usable_columns(path)
    shares = _Shares.of(raw.row_count(path))
    fit, seen, quarantine, row = FitRows(), Seen(), Quarantine(), 0
    kept: dict[str, list[pd.DataFrame]] = {"held_out": [], "frozen": []}
    for told in raw.batches(path, columns, BATCH_ROWS):
        frame, faults = typed(told)
        faults |= find_faults(frame, labels)
        hashed = case_digests(frame["case_id"].fillna(""))
        twice = frame["case_id"].notna().to_numpy() & seen.before(numbers_of(hashed))
        faults["case_id: stands twice"] = faults["case_id: stands twice"] | twice
        is_faulty, aside = set_aside(frame["case_id"], faults, row)
        quarantine, row, usable = quarantine.joined(aside), row + len(frame), ~is_faulty
        frame, parts = frame[usable], shares.parts(hashed[usable])
        fit.add(frame[parts["fit"]], None, defaults)
        for name, rows in kept.items():
            rows.append(frame[parts[name]])
    give_back()
    held_out, frozen = (pd.concat(kept[name], ignore_index=True) for name in ("held_out", "frozen"))
    if not (len(fit) and len(held_out) and len(frozen)):
        raise DatasetError(f"{path.name} holds too few usable rows ({quarantine.count} set aside)")
    return LargeTable(fit, held_out, frozen, quarantine)


def give_back() -> None:
    """Return freed memory to the system: what reading has left in the heap would stand beside the trees."""
    pa.default_memory_pool().release_unused()
    getattr(ctypes.CDLL(None), "malloc_trim", int)(0)  # glibc's own; elsewhere nothing is done


@dataclass(frozen=True)
class _Shares:
    """Below which digest word a frozen row judges and a training row is held out."""

    frozen: float
    held_out: float

    @classmethod
    def of(cls, n_rows: int) -> "_Shares":
        held_out = min(MOST_HELD_OUT / (0.8 * n_rows), MOST_OF_TRAINING)
        return cls(_WHOLE * MOST_FROZEN / (0.2 * n_rows), _WHOLE * held_out)

    def parts(self, hashed: Words) -> dict[str, NDArray[np.bool_]]:
        frozen = are_frozen(hashed)
        chance = hashed[:, 2]
        held_out = ~frozen & (chance < self.held_out)
        return {"frozen": frozen & (chance < self.frozen), "held_out": held_out, "fit": ~frozen & ~held_out}
