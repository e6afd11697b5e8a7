"""How long a visit of each page takes on the real server over a data folder, for ``tests.bench_millions``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from app.ui import state
from app.ui.words import WORDS
from tests.app.browsing import running_server_process
from tests.load.nurse import Nurse, ScriptFailed

PAGES = ("tri", "file_active", "activite", "retours", "surveillance", "journal", "modele")
VISITS = 7


@dataclass(frozen=True)
class Visited:
    """Milliseconds from the request of a page to its last element: the first visit and the middle of those after."""

    first_ms: float
    usual_ms: float


def visits(folder: Path) -> Mapping[str, Visited]:
    """Every page in sessions of their own, as an administrator, on a server started for it and ended."""
    os.environ["MEDTRIAGE_AUTO_RETRAIN"] = "false"  # what a training does to others is measured by itself
    with running_server_process(folder) as (base, _):
        port = int(base.rpartition(":")[2])
        return {page: _visited(port, page) for page in PAGES}


def _visited(port: int, page: str) -> Visited:
    first, *others = (1000 * _visit(port, page) for _ in range(VISITS))
    return Visited(first, median(others))


def _visit(port: int, page: str) -> float:
    """Seconds of one whole run of the page; raises ``ScriptFailed`` when it shows another page or refuses."""
    with Nurse(port, page) as nurse:
        spent = nurse.type(state.ROLE, WORDS["role.administrateur"])
        if WORDS["role.refused"] in nurse.words or not nurse.words:
            raise ScriptFailed(f"{page}: not shown")
        return spent


def told(few: Mapping[str, Visited], many: Mapping[str, Visited]) -> list[str]:
    """A line a page: both sizes side by side and how many times the larger takes longer."""
    lines = [f"{'page':<14} {'first':>15} {'usual':>17} {'ratio':>6}   (few / many lines, ms)"]
    for page in PAGES:
        a, b = few[page], many[page]
        firsts, usual = f"{a.first_ms:.0f} / {b.first_ms:.0f}", f"{a.usual_ms:.0f} / {b.usual_ms:.0f}"
        lines.append(f"{page:<14} {firsts:>15} {usual:>17} {b.usual_ms / a.usual_ms:6.2f}")
    return lines
