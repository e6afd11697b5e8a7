"""Kill at every system call of a draft save: the form that was there, or the new one, never half of either."""

import shutil
import tempfile
from pathlib import Path

from app.drafts import Drafts
from tests.faults.result import Tried
from tests.faults.traced import NO_STRACE, every_call, traced

SAVING = ("mkdir", "write", "fsync", "rename")
SHORT = ("write", "rename")
OLD, NEW = "mal au ventre", "mal au ventre depuis hier"


def killed_draft_saves(is_short: bool) -> Tried:
    """What a new session finds is whole, and the next save works."""
    result = Tried("kill at every system call of a draft save", impossible=NO_STRACE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "drafts"
        draft = _saved(folder)

        def run(inject: str) -> int:
            shutil.rmtree(folder)
            _saved(folder, draft)
            return traced(inject, "draft", str(folder), draft, NEW)

        for at in () if NO_STRACE else every_call(SHORT if is_short else SAVING, run):
            result.check(_fault(folder, at))
    return result


def _saved(folder: Path, name: str | None = None) -> str:
    kept = Drafts(folder, hours=12).keep(name, "station", "session", {"tri_motif_consultation": OLD})
    assert kept is not None
    return kept


def _fault(folder: Path, at: str) -> str:
    found = Drafts(folder, hours=12).take_over("station", "another", lambda _: True)
    words = None if found is None else found[1].contents["tri_motif_consultation"]
    if words not in (OLD, NEW):
        return f"{at}: the form is gone or torn: {words!r}"
    return "" if Drafts(folder, hours=12).keep(None, "station", "another", {"a": "b"}) else f"{at}: no save afterwards"
