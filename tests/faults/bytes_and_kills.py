"""Faults that need no tool: kill -9 while four write, every bit, every cut, a clock that goes backwards."""

import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.settings import ROOT
from feedback_store.chain import tombstone
from feedback_store.head import APART, SLOT
from feedback_store.store import FeedbackStore
from tests.faults.journals import NAME, findings, goes_on, ids, journal, lost, unsound
from tests.faults.result import Tried

WRITERS = 4


def killed_writers(is_short: bool) -> Tried:
    """Four writers, killed together at a random moment, again and again."""
    result, wanted = Tried("kill -9 while four writers append"), 1_000 if is_short else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder, acknowledged = Path(name) / "data", [Path(name) / f"ack{n}" for n in range(WRITERS)]
        rounds = 0
        while len(told := _told(acknowledged)) < wanted:
            _one_round(folder, acknowledged, rounds)
            rounds += 1
        result.check(lost(folder, told), unsound(folder), goes_on(folder))
    result.tried += len(told) - 1
    result.note = f"acknowledged records, killed {rounds} times"
    return result


def _one_round(folder: Path, acknowledged: list[Path], number: int) -> None:
    writers = [_writer(folder, file, f"{number}.{n}") for n, file in enumerate(acknowledged)]
    time.sleep(0.8 + random.random() * 0.8)
    for writer in writers:
        writer.kill()
    for writer in writers:
        writer.wait()


def _writer(folder: Path, acknowledged: Path, name: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.faults.children", "write", str(folder), str(acknowledged), name, "1000000"]
    return subprocess.Popen(command, cwd=ROOT)


def _told(files: list[Path]) -> list[str]:
    return [told for file in files if file.exists() for told in file.read_text().splitlines()]


def _sample(folder: Path) -> bytes:
    """A journal of every kind of line: older than chains, chained, emptied, purged before chains."""
    folder.mkdir(parents=True, exist_ok=True)
    old = b"".join(b'{"id":"old%d","feedback_type":"correct","reason":"%s"}\n' % (n, b"x" * 150) for n in range(2))
    (folder / NAME).write_bytes(old)
    ledger = journal(folder)
    for number in range(5):
        ledger.append({"id": str(number), "texte": "douleur é" * 12})
    lines = (folder / NAME).read_bytes().splitlines(keepends=True)
    for emptied in (1, 4):
        lines[emptied] = tombstone(lines[emptied], ledger.keys.need(), "2026-11-25")
    (folder / NAME).write_bytes(b"".join(lines))
    return b"".join(lines)


def flipped_bits(is_short: bool) -> Tried:
    """One bit of every byte (every bit in the long form) of the journal and of its head: verification must find it."""
    result = Tried("one flipped bit at every byte, journal and head")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _sample(folder)
        result.check(unsound(folder))
        for path in (folder / NAME, folder / f"{NAME}.head"):
            whole = path.read_bytes()
            skipped = range(SLOT + 8, APART) if is_short and path.suffix == ".head" else ()  # spaces, all alike
            for at in (at for at in range(len(whole)) if at not in skipped):
                for bit in (at % 8,) if is_short else range(8):
                    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
                    result.check("" if findings(folder) else f"{path.name}: byte {at} bit {bit} not seen")
            path.write_bytes(whole)
    return result


def cuts(is_short: bool) -> Tried:
    """The journal cut at every byte: seen; what still stands is kept, and the next record is not swallowed."""
    result = Tried("a cut at every byte")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, head = _sample(folder), (folder / f"{NAME}.head").read_bytes()
        everything = ids(folder)
        for at in range(0, len(whole), 7 if is_short else 1):
            (folder / NAME).write_bytes(whole[:at])
            (folder / f"{NAME}.head").write_bytes(head)
            standing = whole[:at].count(b"\n") - whole[:at].count(b'"purged":')
            seen = "" if findings(folder) else f"cut at byte {at} not seen"
            result.check(seen, goes_on(folder), "" if ids(folder)[:standing] == everything[:standing] else "lines lost")
            for left in folder.glob(f"{NAME}.torn"):
                left.unlink()
    return result


def backward_clock(is_short: bool) -> Tried:
    """Decisions while the clock goes a day back between two of them, and once before 1970."""
    from tests.feedback_store.conftest import _a_decision, _a_verdict

    result, moments = Tried("clock going backwards"), [0.0, -1, -2, 5, -400, -24_000, 1]
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as name:
        for number, days in enumerate(moments):
            moment = now + timedelta(days=days)
            store = FeedbackStore(Path(name), clock=lambda moment=moment: moment)  # type: ignore[misc]
            store.record_decision(_a_decision(f"p{number}", timestamp=moment, source="ui"))
            store.submit(_a_verdict(f"p{number}"))
            stats = store.stats()
            told = "" if stats.total_predictions == stats.total_feedback == number + 1 else "statistics miss a record"
            found = [str(f) for report in store.keeping.verify() for f in report.findings]
            result.check(told, *found, "" if store.waiting.visit(f"p{number}") else "not in the waiting room")
    return result
