"""For ``make bench``: what a retraining on a million imported rows costs beside a bare ``xgboost.train``.

"The same matrix": the very float32 rows, holes and motif means included, that the product grows its trees on, with
the same targets, weights, parameters and rounds, given whole to ``DMatrix``. Each side runs in a process of its own
and counts its own processor seconds. The product's side is a whole ``run_training``: reading and checking the table,
digests, matrix, trees, calibration, thresholds, the frozen rows, the gate, the MLflow record. Its memory is the peak
above what the same process holds after a first small retraining, against the bytes of that matrix.
"""

import ctypes
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xgboost

from app.settings import ROOT
from triage_core.levels import Gravity
from triage_core.model.columns import COLUMNS, MONOTONE
from triage_core.training import large
from triage_core.training.fit import FitSettings, parameters
from triage_core.training.fit_large import MotifPrior, prepare
from triage_core.training.large import read_large
from triage_core.training.run import TrainingOptions, run_training

SYNTHETIC = ROOT / "data" / "raw" / "patients_synthetic.csv"
MATRIX_BYTES = "matrix_bytes"
ROWS = 1_000_000


def a_history(path: Path, n: int) -> Path:
    """The base table drawn again with noise and new cases, as an import leaves it."""
    base, dice = pd.read_csv(SYNTHETIC, dtype={"niveau_french": "str"}), np.random.default_rng(7)
    told = base.iloc[dice.integers(0, len(base), n)].reset_index(drop=True)
    told["case_id"] = "H-" + pd.Series(np.arange(n)).astype("str").str.zfill(7)
    for name in ("frequence_cardiaque", "frequence_respiratoire", "pression_systolique"):
        told[name] = told[name] + dice.integers(-2, 3, n)
    told.to_parquet(path, index=False)
    return path


def measured(side: str, folder: Path) -> dict[str, float]:
    """What one side says of itself, from a process of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.bench_import", side, str(folder)]
    ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return told


def product(folder: Path) -> dict[str, float]:
    """A whole retraining after a first small one, by the same path, has imported and opened everything."""
    small = a_history(folder / "small.parquet", 5000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "LARGE_FROM", 5000)
        _retrain(small, folder, n_estimators=5)
    return _told(lambda: _retrain(folder / "history.parquet", folder))


def _retrain(table: Path, folder: Path, n_estimators: int | None = None) -> None:
    options = TrainingOptions(table, include_feedback=False, n_estimators=n_estimators)
    run_training(options, [], folder / "models", lambda share, step: None)


def same_matrix(folder: Path) -> dict[str, float]:
    """Write what the product's trees see, for the bare side."""
    rows = read_large(folder / "history.parquet").fit
    prepare(rows, MotifPrior(rows, FitSettings().n_folds), FitSettings())
    laid = np.lib.format.open_memmap(folder / "rows.npy", "w+", np.float32, (len(rows), len(COLUMNS)))
    for page in rows.pages():
        laid[page.first : page.first + len(page.rows)] = page.rows
    laid.flush()
    np.save(folder / "ranks.npy", rows.ranks)
    return {MATRIX_BYTES: float(laid.nbytes)}


def bare(folder: Path) -> dict[str, float]:
    """``xgboost.train`` on the whole matrix, after it was loaded."""
    rows, ranks = np.load(folder / "rows.npy"), np.load(folder / "ranks.npy")
    targets, weights = ranks[:, None] >= np.arange(1, len(Gravity)), np.ones(len(ranks), np.float32)
    settings = FitSettings()

    def train() -> None:
        data = xgboost.DMatrix(rows, targets, weight=weights, nthread=1)
        xgboost.train(parameters(settings, MONOTONE), data, settings.n_estimators)

    return _told(train)


def _told(deed: Callable[[], object]) -> dict[str, float]:
    """Processor seconds of a deed and the peak of resident memory above what was held before it."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew (proc(5))
    before, wall, cpu = _kilobytes("VmRSS"), time.perf_counter(), time.process_time()
    deed()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu_s": cpu, "wall_s": wall, "peak_bytes": 1024.0 * (_kilobytes("VmHWM") - before)}


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


SIDES = {"product": product, "same_matrix": same_matrix, "bare": bare}

if __name__ == "__main__":
    print(json.dumps(SIDES[sys.argv[1]](Path(sys.argv[2]))))
