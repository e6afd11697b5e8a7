"""The processes that are killed: ``python -m tests.faults.children WHAT FOLDER …``; they tell what was acknowledged."""

import os
import sys
from pathlib import Path

from tests.faults.journals import journal


def write(folder: Path, acknowledged: Path, name: str, times: int) -> None:
    """Append so many records; an id is told only once ``append`` has returned."""
    ledger = journal(folder)
    told = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in range(times):
        case = f"{name}-{number}"
        ledger.append({"id": case, "filling": "é" * (number % 90)})
        os.write(told, case.encode() + b"\n")


def stubborn(folder: Path, acknowledged: Path, times: int) -> None:
    """Append on after a failure, as a server does; tells what was acknowledged and how each refusal was called."""
    from feedback_store.errors import JournalWriteError

    ledger, answers = journal(folder), []
    for number in range(times):
        try:
            ledger.append({"id": f"s-{number}"})
            answers.append(f"s-{number}")
        except JournalWriteError as fault:
            answers.append(f"!{type(fault).__name__}")
    acknowledged.write_text("\n".join(answers))


def swap(source: Path, target: Path) -> None:
    """Put one bundle in the place of another."""
    from triage_core.model.replace import replace_folder

    replace_folder(source, target)


def purge(data: Path, case: str) -> None:
    """Erase one case."""
    from datetime import UTC, datetime

    from feedback_store.store import keeping_of

    keeping_of(data).purge_case(case, datetime.now(UTC))


def draft(folder: Path, name: str, words: str) -> None:
    """Save a form again under its name."""
    from app.drafts import Drafts

    Drafts(folder, hours=12).keep(name, "station", "session", {"tri_motif_consultation": words})


def main(what: str, *told: str) -> None:
    if what == "write":
        write(Path(told[0]), Path(told[1]), told[2], int(told[3]))
    elif what == "stubborn":
        stubborn(Path(told[0]), Path(told[1]), int(told[2]))
    elif what == "swap":
        swap(Path(told[0]), Path(told[1]))
    elif what == "draft":
        draft(Path(told[0]), told[1], told[2])
    else:
        purge(Path(told[0]), told[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
