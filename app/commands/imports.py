"""Tables from elsewhere."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.command import OK, REFUSED, Add
from app.settings import Settings

if TYPE_CHECKING:
    from app.imports import NotConfirmed
    from triage_core.history.importing import Imported

MOST_SHOWN = 20


def register(add: Add) -> None:
    """The commands of this area."""
    imported = add("import-data", _import_data, "bring a hospital's past visits in, row by row checked, for training")
    imported.add_argument("file", type=Path, help="CSV or Parquet, with our columns or others")
    imported.add_argument("--mapping", type=Path, help="what the columns, units, codes and levels are (TOML)")
    imported.add_argument("--yes", action="store_true", help="accept the guessed mapping as it is")


def _import_data(told: argparse.Namespace, settings: Settings) -> int:
    from app.imports import NotConfirmed, import_as_guessed, import_table

    folder = settings.imports_dir
    try:
        if told.yes and told.mapping is None:
            return _tell(import_as_guessed(told.file, folder))
        return _tell(import_table(told.file, folder, told.mapping))
    except NotConfirmed as guessed:
        if not _asked_and_agreed(guessed):
            print(f"medtriage: {guessed}", file=sys.stderr)
            return REFUSED
        return _tell(import_as_guessed(told.file, folder))


def _asked_and_agreed(guessed: "NotConfirmed") -> bool:
    """Show the guess; ask at a terminal, take silence for no anywhere else."""
    print(guessed.toml, end="")
    for remark in guessed.remarks:
        print(f"note: {remark}", file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print("Import with this mapping? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "o", "oui")


def _tell(done: "Imported") -> int:
    report = done.report
    for row in done.quarantine.named[:MOST_SHOWN]:
        print(f"row {row.row + 2} ({row.case_id or 'no case_id'}): {'; '.join(row.reasons)}", file=sys.stderr)
    for reason, count in report.refused_by_reason.items():
        print(f"refused, {reason}: {count}", file=sys.stderr)
    for remark in report.suspected:
        print(f"note: {remark}", file=sys.stderr)
    if report.identical:
        print(f"note: {report.identical} kept rows say the same as an earlier one", file=sys.stderr)
    print(f"{report.n_kept} rows kept in {done.target}, {report.n_refused} refused")
    print(f"train on it: medtriage retrain --data {done.target}")
    return OK
