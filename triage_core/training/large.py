"""A table too long to stand in memory: read once in parts, checked, and laid down as rows of the model's matrix.

A fifth is frozen as ever, of which a bounded part judges; a bounded part of the rest is held out to calibrate on;
all other rows are fitted. Which row goes where is told by the digest of its case, never by its place.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
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

LARGE_FROM = 200_000  # rows; below it the whole table is read, copied with holes and cross-validated
BATCH_ROWS = 20_000
MOST_FROZEN = 20_000  # rows of the frozen fifth that judge: a share of them is known to a third of a percent
MOST_HELD_OUT = 20_000  # rows that calibrate and choose the thresholds
_WHOLE = float(1 << 32)
_ROW_BYTES = 4 * len(COLUMNS)
Defaults = Mapping[str, FrenchLevel] | None


@dataclass
class FitRows:
    """Rows to fit on: the matrix in an unnamed file that ends with this object, ranks and weights in memory."""

    ranks: list[NDArray[np.int8]] = field(default_factory=list)
    weights: list[NDArray[np.float32]] = field(default_factory=list)
    _file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def __len__(self) -> int:
        return sum(len(part) for part in self.ranks)

    def add(self, frame: pd.DataFrame, weights: NDArray[np.float64] | None, defaults: Defaults = None) -> None:
        """Lay down the rows of a checked frame as one batch; ``weights`` of ``None`` are ones."""
        if len(frame) == 0:
            return
        self._file.seek(0, 2)
        self._file.write(matrix(frame, defaults).tobytes())
        self._file.flush()
        self.ranks.append(true_ranks(frame).astype(np.int8))
        self.weights.append(np.ones(len(frame), np.float32) if weights is None else weights.astype(np.float32))

    def batches(self) -> Iterator[tuple[int, Floats]]:
        """The number of the first row of each batch and its rows, shape ``(n, len(COLUMNS))``, motifs as codes."""
        start = 0
        for part in self.ranks:
            self._file.seek(start * _ROW_BYTES)
            told = np.frombuffer(self._file.read(len(part) * _ROW_BYTES), dtype=np.float32)
            yield start, told.reshape(len(part), len(COLUMNS)).copy()
            start += len(part)


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
    fit, seen, quarantine, row = FitRows(), _Seen(), Quarantine(), 0
    kept: dict[str, list[pd.DataFrame]] = {"held_out": [], "frozen": []}
    for told in raw.batches(path, columns, BATCH_ROWS):
        frame, faults = typed(told)
        faults |= find_faults(frame, labels)
        hashed = case_digests(frame["case_id"].fillna(""))
        faults["case_id: stands twice"] |= frame["case_id"].notna() & seen.before(hashed)
        is_faulty, aside = set_aside(frame["case_id"], faults, row)
        quarantine, row, usable = quarantine.joined(aside), row + len(frame), ~is_faulty.to_numpy()
        frame, parts = frame[usable], shares.parts(hashed[usable])
        fit.add(frame[parts["fit"]], None, defaults)
        for name, rows in kept.items():
            rows.append(frame[parts[name]])
    held_out, frozen = (pd.concat(kept[name], ignore_index=True) for name in ("held_out", "frozen"))
    if not (len(fit) and len(held_out) and len(frozen)):
        raise DatasetError(f"{path.name} holds too few usable rows ({quarantine.count} set aside)")
    return LargeTable(fit, held_out, frozen, quarantine)


@dataclass(frozen=True)
class _Shares:
    """Below which digest word a frozen row judges and a training row is held out."""

    frozen: float
    held_out: float

    @classmethod
    def of(cls, n_rows: int) -> "_Shares":
        return cls(_WHOLE * MOST_FROZEN / (0.2 * n_rows), _WHOLE * MOST_HELD_OUT / (0.8 * n_rows))

    def parts(self, hashed: Words) -> dict[str, NDArray[np.bool_]]:
        frozen = are_frozen(hashed)
        chance = hashed[:, 2]
        held_out = ~frozen & (chance < self.held_out)
        return {"frozen": frozen & (chance < self.frozen), "held_out": held_out, "fit": ~frozen & ~held_out}


class _Seen:
    """Which cases stood in earlier batches, eight bytes a case."""

    def __init__(self) -> None:
        self._before: list[NDArray[np.uint64]] = []

    def before(self, hashed: Words) -> NDArray[np.bool_]:
        """Whether each case was seen in an earlier batch; these are remembered from here on."""
        numbers = (hashed[:, 4].astype(np.uint64) << np.uint64(32)) | hashed[:, 5]
        found = np.zeros(len(numbers), dtype=np.bool_)
        for earlier in self._before:
            place = np.minimum(np.searchsorted(earlier, numbers), len(earlier) - 1)
            found |= earlier[place] == numbers
        self._remember(np.sort(numbers))
        return found

    def _remember(self, numbers: NDArray[np.uint64]) -> None:
        """Keep few sorted runs: one as long as the last two together takes their place."""
        self._before.append(numbers)
        while len(self._before) > 1 and len(self._before[-2]) <= len(self._before[-1]):
            last = self._before.pop()
            self._before[-1] = np.sort(np.concatenate([self._before[-1], last]))
