"""The folder of imports: tables one can train on, and below it the drop folder of files that wait to be brought in."""

from collections.abc import Iterator
from pathlib import Path

from triage_core.errors import DatasetError

INCOMING = "incoming"  # under the imports folder
TABLE_ENDS = (".csv", ".parquet")
SOURCE_ENDS = (*TABLE_ENDS, ".txt", ".tsv")


def imported_tables(imports_dir: Path) -> tuple[str, ...]:
    """The names of the tables one can train on, sorted."""
    return tuple(sorted(path.name for path in _files(imports_dir) if path.suffix in TABLE_ENDS))


def waiting_files(imports_dir: Path) -> tuple[str, ...]:
    """The names of the files in the drop folder, sorted."""
    return tuple(sorted(p.name for p in _files(imports_dir / INCOMING) if p.suffix.lower() in SOURCE_ENDS))


def table_path(imports_dir: Path, name: str) -> Path:
    """An imported table by a name of the list. Raises ``DatasetError`` for any other name."""
    return _named(imports_dir, name, imported_tables(imports_dir))


def waiting_path(imports_dir: Path, name: str) -> Path:
    """A waiting file by a name of the list. Raises ``DatasetError`` for any other name."""
    return _named(imports_dir / INCOMING, name, waiting_files(imports_dir))


def drop(imports_dir: Path, name: str, content: bytes) -> str:
    """Lay an uploaded file into the drop folder; its name there. Raises ``DatasetError`` for a name that is no file's.

    Only the last part of the name counts, so that no folder but this one can be written to.
    """
    bare = Path(name.replace("\\", "/")).name
    if bare.startswith(".") or Path(bare).suffix.lower() not in SOURCE_ENDS:
        raise DatasetError(f"a file must end with one of {', '.join(SOURCE_ENDS)}")
    folder = imports_dir / INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{bare}.partial"
    draft.write_bytes(content)
    draft.replace(folder / bare)
    return bare


def _files(folder: Path) -> Iterator[Path]:
    """Plain files of a folder; a link is none, it could lead elsewhere."""
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())


def _named(folder: Path, name: str, known: tuple[str, ...]) -> Path:
    if name not in known:
        raise DatasetError("no such file in this folder")
    return folder / name
