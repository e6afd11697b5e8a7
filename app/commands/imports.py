"""Tables from elsewhere."""

import argparse
import sys
from pathlib import Path

from app.commands.command import OK, Add
from app.settings import Settings


def register(add: Add) -> None:
    """The commands of this area."""
    imported = add("import-data", _import_data, "check a table row by row and keep the valid rows for training")
    imported.add_argument("file", type=Path, help="CSV with the columns of the base table")


def _import_data(told: argparse.Namespace, settings: Settings) -> int:
    from app.imports import import_table

    outcome = import_table(told.file, settings.data_dir / "imports")
    for row in outcome.refused:
        print(f"row {row.row + 2} ({row.case_id or 'no case_id'}): {'; '.join(row.reasons)}", file=sys.stderr)
    print(f"{outcome.n_kept} rows kept in {outcome.target}, {len(outcome.refused)} refused")
    return OK
