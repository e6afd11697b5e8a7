"""What is missing now, in words for the screens: triage goes on by the rules, and says so."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings

if TYPE_CHECKING:
    from app.wiring import Services

LOOK_S = 0.3  # a training run holds MLflow's store for moments only
LOCAL = "sqlite:///"


def missing(services: "Services") -> Iterator[tuple[str, dict[str, str]]]:
    """The key and the values of each sentence: the model, the motif table, the protocols."""
    off = services.model_switch.off()
    trouble = services.triage.guard.trouble()
    if off is not None:
        yield "degraded.off", {"by": off.by}
    elif trouble is not None:
        yield f"degraded.{trouble.kind}", {}
    if services.motif_fault is not None:
        yield "degraded.motifs", {}
    if services.protocols.fault is not None:
        yield "degraded.protocols", {}


def mlflow_trouble(settings: Settings) -> str | None:
    """``locked`` or ``gone`` when MLflow's own file cannot be used; ``None`` for a sound one or another machine's.

    A store that was never made is no trouble unless versions registered in it stand on the shelf.
    """
    uri = settings.mlflow_tracking_uri or f"{LOCAL}{settings.models_dir / 'mlflow' / 'mlflow.db'}"
    if not uri.startswith(LOCAL):
        return None
    path = Path(uri.removeprefix(LOCAL))
    if not path.exists():
        return "gone" if any(settings.models_dir.glob("challengers/*/gate.json")) else None
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=LOOK_S)) as store:
            store.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as fault:
        return "locked" if "locked" in str(fault) else "gone"
    return None
