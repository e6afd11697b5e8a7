"""Faults of disks: one that is full, and one that loses what was not flushed. Both are mounted for the purpose."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from app.settings import ROOT
from feedback_store import ledger as ledger_module
from feedback_store.errors import JournalWriteError
from tests.faults.journals import goes_on, journal, lost, unsound
from tests.faults.result import Tried


@contextmanager
def _mounted(folder: Path, *how: str) -> Iterator[str]:
    """Mount something; yields why it could not be done, or nothing."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *how, str(folder)], capture_output=True, text=True)
    try:
        yield done.stderr.strip().replace("\n", " ")
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True)


def full_disk(is_short: bool) -> Tried:
    """A disk of 1 MB: refused when it is full, nothing acknowledged lost, accepted again once there is room."""
    result = Tried("full disk (tmpfs of 1 MB)")
    for times in range(1 if is_short else 5):
        with (
            tempfile.TemporaryDirectory() as name,
            _mounted(Path(name) / "m", "-t", "tmpfs", "-o", "size=1m", "tmpfs") as no,
        ):
            if no:
                result.impossible = no
                return result
            folder = Path(name) / "m"
            (folder / "filler").write_bytes(b"x" * (200_000 + times * 4_321))
            kept, refused = _fill(folder)
            result.note = f"{len(kept)} acknowledged, then {refused} refusals"
            full = unsound(folder)
            (folder / "filler").unlink()
            result.check(lost(folder, kept), full, goes_on(folder), unsound(folder), "" if refused == 5 else "accepted")
    return result


def _fill(folder: Path) -> tuple[list[str], int]:
    ledger, kept, refused = journal(folder), list[str](), 0
    while refused < 5:
        try:
            ledger.append({"id": str(len(kept)), "filling": "x" * 3000})
            kept.append(str(len(kept)))
        except JournalWriteError:
            refused += 1
    return kept, refused


def power_cuts(is_short: bool) -> Tried:
    """The disk's image as it is at a random moment, without what was only in memory: mounted again, read again."""
    result = Tried("power cut (ext4 image, copied while mounted)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(3 if is_short else 40):
            image = _fresh_image(folder)
            with _mounted(folder / "live", "-o", "loop", str(image)) as no:
                if no:
                    result.impossible = no
                    return result
                told = _run_until_cut(folder, image, number)
            _check_after(folder, told, result)
    return result


def _fresh_image(folder: Path) -> Path:
    image = folder / "disk.img"
    image.unlink(missing_ok=True)
    with image.open("wb") as file:
        file.truncate(24 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True)
    return image


def _run_until_cut(folder: Path, image: Path, number: int) -> list[str]:
    """Writers stand still while the image is copied: nothing they have not flushed is in it."""
    told, data = folder / f"told{number}", folder / "live" / "data"
    command = [sys.executable, "-m", "tests.faults.children", "write", str(data), str(told), "w", "1000000"]
    writer = subprocess.Popen(command, cwd=ROOT)
    while not told.exists():
        time.sleep(0.01)
    time.sleep(random.random() * 0.3)
    os.kill(writer.pid, signal.SIGSTOP)
    acknowledged = told.read_text().splitlines()
    shutil.copyfile(image, folder / "cut.img")
    writer.kill()
    writer.wait()
    return acknowledged


def _check_after(folder: Path, told: list[str], result: Tried) -> None:
    with (
        _mounted(folder / "after", "-o", "loop", str(folder / "cut.img")) as no,
        patch.object(ledger_module, "boot_id", lambda: "another start of the machine"),
    ):
        data = folder / "after" / "data"
        result.check(no, lost(data, told), goes_on(data), unsound(data))
        result.note = f"{len(told)} acknowledged before the last cut"
