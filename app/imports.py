"""Brings a table from elsewhere in: every row checked by the core's own law, the faulty ones named, never repaired."""

from dataclasses import dataclass
from pathlib import Path

from triage_core.errors import DatasetError
from triage_core.training.dataset import Quarantined, read_table


@dataclass(frozen=True)
class ImportOutcome:
    """Where the valid rows lie, how many, and what was refused."""

    target: Path
    n_kept: int
    refused: tuple[Quarantined, ...]


def import_table(source: Path, imports_dir: Path) -> ImportOutcome:
    """Copy the valid rows of a flat CSV table to ``imports_dir/<name>.csv``.

    Raises ``DatasetError`` for a file that is not such a table, that holds no usable row, or whose name is taken:
    an imported table is never replaced.
    """
    target = imports_dir / f"{source.stem}.csv"
    if target.exists():
        raise DatasetError(f"{target.name} was imported already; give the file another name")
    checked = read_table(source)
    imports_dir.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".partial")
    checked.frame.to_csv(draft, index=False)
    draft.rename(target)
    return ImportOutcome(target, len(checked.frame), checked.quarantined)
