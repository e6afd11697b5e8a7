"""How an import is started, by command or by page: the same law."""

from pathlib import Path

from triage_core.errors import DatasetError
from triage_core.history.guess import Guess, guess
from triage_core.history.importing import Imported, Progress, import_history
from triage_core.history.mapping import read_mapping, to_toml


class NotConfirmed(DatasetError):
    """A guessed mapping nobody has confirmed; ``toml`` is that mapping, to be corrected and passed with --mapping."""

    def __init__(self, told: Guess, name: str) -> None:
        super().__init__(
            f"{name}: the mapping is only guessed. Nothing was written. To confirm: save it to a file, correct it and "
            "pass it with --mapping FILE, or accept it as it is with --yes"
        )
        self.toml, self.remarks = to_toml(told.mapping), told.remarks


def import_table(
    source: Path, imports_dir: Path, mapping_file: Path | None = None, progress: Progress | None = None
) -> Imported:
    """Bring a file in with the mapping of a file, or as it is when it has exactly our columns.

    Raises ``NotConfirmed`` with a guessed mapping when there is neither, ``DatasetError`` for any other refusal.
    """
    if mapping_file is not None:
        return import_history(source, read_mapping(mapping_file), imports_dir, progress)
    told = guess(source)
    if not told.is_ours:
        raise NotConfirmed(told, source.name)
    return import_history(source, told.mapping, imports_dir, progress)


def import_as_guessed(source: Path, imports_dir: Path, progress: Progress | None = None) -> Imported:
    """Bring a file in with the guessed mapping, which somebody has just confirmed."""
    return import_history(source, guess(source).mapping, imports_dir, progress)
