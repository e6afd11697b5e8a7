"""From what a model was made: data, code, libraries, seed. Enough to make the same bytes again on the same machine."""

import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("triage_core", "feedback_store", "app")
LIBRARIES = ("xgboost-cpu", "scikit-learn", "numpy", "pandas", "mlflow-skinny", "optuna", "pydantic")
_READ = 1 << 20


def provenance(data: Path, learnt: "pd.DataFrame", weights: NDArray[np.float64], seed: int) -> dict[str, str]:
    """Every digest and version by name. ``learnt`` and ``weights`` are the corrections as they were learnt."""
    libraries = {f"library_{name.replace('-', '_')}": library_version(name) for name in LIBRARIES}
    return {
        "seed": str(seed),
        "data_sha256": file_sha256(data),
        "corrections_sha256": corrections_sha256(learnt, weights),
        **code_version(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        **libraries,
    }


def file_sha256(path: Path) -> str:
    """The digest of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def corrections_sha256(learnt: "pd.DataFrame", weights: NDArray[np.float64]) -> str:
    """The digest of rows and weights, whatever their order in the journal."""
    rows = [[str(value) for value in row] for row in learnt.itertuples(index=False)]
    told = sorted([*row, f"{weight:.9f}"] for row, weight in zip(rows, weights, strict=True))
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def code_version() -> dict[str, str]:
    """The package's version, a digest of the source files, and the commit when this is a clone."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes())
    commit = _git("rev-parse", "HEAD")
    told = {"code_version": library_version("medtriage"), "code_sha256": digest.hexdigest()}
    if commit is None:
        return told
    return told | {"code_commit": commit, "code_is_clean": str(_git("status", "--porcelain", "-uno") == "").lower()}


def library_version(name: str) -> str:
    """The installed version of a distribution, ``absent`` when there is none."""
    try:
        return installed(name)
    except PackageNotFoundError:
        return "absent"


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        found = (path for kind in ("*.py", "*.toml", "*.csv") for path in (ROOT / room).rglob(kind))
        yield from sorted(found)


def _git(*told: str) -> str | None:
    """What git says of this folder; ``None`` without git or outside a clone."""
    program = shutil.which("git")
    if program is None or not (ROOT / ".git").exists():
        return None
    command = [program, "-C", str(ROOT), *told]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - git, fixed arguments
    return ended.stdout.strip() if ended.returncode == 0 else None
