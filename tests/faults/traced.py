"""Kill at every system call that changes something, and a flush that fails: both made by strace, in the kernel."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from os import environ
from pathlib import Path

from app.settings import ROOT
from feedback_store.store import FeedbackStore
from tests.faults.journals import goes_on, lost, unsound
from tests.faults.result import Tried
from triage_core.model.bundle import SHIPPED_FACTORY

APPENDING = (
    "mkdir",
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "flock",
    "ftruncate",
    "link",
    "unlink",
    "chmod",
)
SWAPPING = ("mkdir", "sendfile", "copy_file_range", "fsync", "renameat2", "rename", "unlinkat", "unlink", "rmdir")
PURGING = ("write", "fsync", "fdatasync", "pwrite64", "rename", "unlink", "ftruncate", "flock")
SHORT = {"append": ("write", "pwrite64", "fdatasync"), "swap": ("renameat2", "mkdir"), "purge": ("rename", "fsync")}
NO_STRACE = "" if shutil.which("strace") else "no strace (apt-get install strace)"
MOST = 400


def traced(inject: str, *arguments: str, only: Path | None = None) -> int:
    """Run a child under strace; 0 when it came to its end."""
    filters = [f"--trace-path={path}" for path in sorted(only.rglob("*"))] if only else []
    command = ["strace", "-f", "-qq", "-o", "/dev/null", *filters, "-e", inject, sys.executable, "-B", "-m"]
    told = [*command, "tests.faults.children", *arguments]
    return subprocess.run(told, cwd=ROOT, env=environ | {"OMP_NUM_THREADS": "1"}, capture_output=True).returncode


def every_call(calls: tuple[str, ...], run: Callable[[str], int]) -> Iterator[str]:
    """Kill at the first, second, … of each call until the child outlives it; yields what it was killed at."""
    for call in calls:
        for number in range(1, MOST):
            if run(f"inject={call}:signal=KILL:when={number}") == 0:
                break
            yield f"{call} {number}"


def killed_appends(is_short: bool) -> Tried:
    """A first append (key, head and folders are made) and the three after it."""
    result = Tried("kill at every system call of an append", impossible=NO_STRACE)
    calls = SHORT["append"] if is_short else APPENDING
    with tempfile.TemporaryDirectory() as name:
        folder, told = Path(name) / "data", Path(name) / "told"

        def run(inject: str) -> int:
            shutil.rmtree(folder, ignore_errors=True)
            told.unlink(missing_ok=True)
            return traced(inject, "write", str(folder), str(told), "a", "4")

        for at in () if NO_STRACE else every_call(calls, run):
            acknowledged = told.read_text().splitlines() if told.exists() else []
            faults = lost(folder, acknowledged), unsound(folder), goes_on(folder), unsound(folder)
            result.check(*(f"{at}: {fault}" for fault in faults if fault))
    return result


def failed_flushes(is_short: bool) -> Tried:
    """EIO from the n-th flush: refused, not retried, nothing acknowledged lost, sound again after a new start."""
    result = Tried("EIO from a flush: stops accepting, no retry", impossible=NO_STRACE)
    with tempfile.TemporaryDirectory() as name:
        for number in range(0) if NO_STRACE else range(1, 4 if is_short else 9):
            folder, told = Path(name) / f"data{number}", Path(name) / f"told{number}"
            traced(f"inject=fdatasync:error=EIO:when={number}", "stubborn", str(folder), str(told), "10")
            answers = told.read_text().split()
            kept = [answer for answer in answers if not answer.startswith("!")]
            failed = answers[len(kept) :]
            is_right = failed == ["!JournalWriteError", *["!JournalRefuses"] * (9 - len(kept))]
            refusal = "" if is_right else f"flush {number}: answered {failed}"
            result.check(refusal, lost(folder, kept), unsound(folder), goes_on(folder), unsound(folder))
    return result


def killed_swaps(is_short: bool) -> Tried:
    """The served bundle is the old one or the new one, whole."""
    result = Tried("kill at every system call of a bundle swap", impossible=NO_STRACE)
    with tempfile.TemporaryDirectory() as name:
        new, target = Path(name) / "new", Path(name) / "models" / "champion"
        shutil.copytree(SHIPPED_FACTORY, new)
        (new / "manifest.json").write_text("new")
        bundles = (_content(SHIPPED_FACTORY), _content(new))

        def run(inject: str) -> int:
            shutil.rmtree(target.parent, ignore_errors=True)
            shutil.copytree(SHIPPED_FACTORY, target)
            return traced(inject, "swap", str(new), str(target))

        for at in () if NO_STRACE else every_call(SHORT["swap"] if is_short else SWAPPING, run):
            result.check(
                "" if target.is_dir() and _content(target) in bundles else f"{at}: neither the old nor the new"
            )
    return result


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def killed_purges(is_short: bool) -> Tried:
    """The chain verifies, the other cases are there, counters are those of a fresh reading, a second purge ends it."""
    result = Tried("kill at every system call of a purge", impossible=NO_STRACE)
    with tempfile.TemporaryDirectory() as name:
        sound, data = Path(name) / "sound", Path(name) / "data"
        _three_cases(sound)

        def run(inject: str) -> int:
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(sound, data)
            return traced(inject, "purge", str(data), "p1")

        for at in () if NO_STRACE else every_call(SHORT["purge"] if is_short else PURGING, run):
            result.check(*(f"{at}: {fault}" for fault in _after_purge(data)))
    return result


def _three_cases(data: Path) -> None:
    from tests.feedback_store.conftest import _a_decision, _a_verdict

    store = FeedbackStore(data)
    for number in range(3):
        store.record_decision(_a_decision(f"p{number}", timestamp=datetime.now(UTC)))
        store.submit(_a_verdict(f"p{number}"))
        store.labels.set_label(f"p{number}", f"Box {number}")
    store.stats()
    store._derived.close()


def _after_purge(data: Path) -> Iterator[str]:
    store = FeedbackStore(data)
    yield from (str(found) for report in store.keeping.verify() for found in report.findings)
    if store.decision("p0") is None or store.decision("p2") is None or store.labels.label("p2") != "Box 2":
        yield "another case is gone"
    counted = store.stats().total_predictions, store.count()
    store._derived.close()
    shutil.rmtree(data / "index")
    again = FeedbackStore(data)
    if counted != (again.stats().total_predictions, again.count()):
        yield f"counters say {counted}, the journals {again.stats().total_predictions, again.count()}"
    again.keeping.purge_case("p1", datetime.now(UTC))
    again._derived.close()
    left = [path.name for path in data.rglob("*") if path.is_file() and (b'"p1"' in path.read_bytes())]
    if left or again.decision("p1") is not None:
        yield f"still there after a second purge: {left}"
