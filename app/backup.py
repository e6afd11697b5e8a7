"""Backup and restore of everything that outlives us: journals with their heads and key, small files, the served models.

A backup is taken while the server runs: journals only grow, so their beginnings up to the heads are one moment.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from app.settings import Settings
from app.verification import verify_journals
from feedback_store.daily import digest_of
from feedback_store.journals import KEY, ledgers_of
from feedback_store.keeping import PURGE_LOCK
from feedback_store.ledger import Ledger
from feedback_store.store import DERIVED
from triage_core.errors import MedTriageError
from triage_core.model.replace import sync

MANIFEST = "manifest.json"
VERSION = 1
ASIDE = "before-restore-"
NOT_KEPT = ("jobs", DERIVED.parts[0], "raw")  # derived, or shipped with the code
MODELS = ("champion", "history")
PRIVATE = 0o600
CHUNK = 1 << 20


class BackupRefused(MedTriageError):
    """A backup that is not whole, or a place that already holds something."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds. ``findings``: what verification says of the journals in it, as of those it was made from."""

    folder: Path
    files: int
    size: int
    lines: int
    code: str
    findings: tuple[str, ...]


def make_backup(settings: Settings, target: Path, with_key: bool = True) -> Backup:
    """Write a backup to a new folder and read it back.

    Raises ``BackupRefused`` when the folder holds something, or lies inside what is saved: it would save itself, and
    keep there what a purge erases.
    """
    if any(target.resolve().is_relative_to(kept.resolve()) for kept in (settings.data_dir, settings.models_dir)):
        raise BackupRefused(f"{target}: lies inside what is saved")
    if target.exists() and any(target.iterdir()):
        raise BackupRefused(f"{target}: is not empty")
    draft = target.with_name(f"{target.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.data_dir / PURGE_LOCK):
        told = _copy_all(settings, draft, with_key)
    _write_manifest(draft, told)
    made = read_backup(draft, settings.journal_secret)
    target.rmdir() if target.exists() else None
    draft.rename(target)
    sync(target.parent)
    return made


def read_backup(folder: Path, key: str | None = None) -> Backup:
    """Check a backup: every file by its digest, the journals by their chains. Raises ``BackupRefused``."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, dict[str, object]] = told["files"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BackupRefused(f"{folder}: holds no backup that can be read") from fault
    wrong = [name for name, known in files.items() if _described(folder / name) != known]
    wrong += sorted(_names(folder) - {*files, MANIFEST})  # what nobody saved is not put in place either
    if told.get("version") != VERSION or wrong:
        raise BackupRefused(f"{folder}: not what its manifest describes: {', '.join(wrong[:5]) or 'its version'}")
    size = sum((folder / name).stat().st_size for name in files)
    findings = tuple(line for line in _verified(folder, key) if line.startswith("damaged"))
    return Backup(folder, len(files), size, int(told["lines"]), str(told["code"]), findings)


def restore(settings: Settings, source: Path, is_forced: bool = False) -> tuple[Backup, Path | None]:
    """Put a backup in place; returns it and where what was there before has been moved. The server must be stopped.

    Raises ``BackupRefused`` for a backup that is not whole, for one whose journals are damaged and for folders that
    hold records already; the last two are done all the same when forced.
    """
    backup = read_backup(source, settings.journal_secret)
    occupied = [name for name in _places(source) if _is_occupied(settings, name)]
    if occupied and not is_forced:
        raise BackupRefused(f"{settings.data_dir}: holds {', '.join(map(str, occupied))}; --force moves it aside")
    if backup.findings and not is_forced:
        raise BackupRefused(f"{source}: {backup.findings[0]}; --force restores it as it is")
    aside = _move_aside(settings, [*occupied, Path("data", DERIVED.parts[0])]) if occupied else None
    for name in _places(source):
        _put(source / name, _place(settings, name))
    return backup, aside


def _copy_all(settings: Settings, target: Path, with_key: bool) -> dict[str, object]:
    """Journals up to one moment each, then everything else that is small and not derived."""
    data, models = target / "data", target / "models"
    done: set[Path] = set()
    ours = ledgers_of(settings.data_dir, settings.journal_secret, settings.models_dir)
    theirs = ledgers_of(data, settings.journal_secret, models)
    for ledger, copy in zip(ours, theirs, strict=True):
        done |= set(_copy_journal(ledger, copy.path.parent))
    digest = digest_of(Ledger(copy.path, ledger.keys) for ledger, copy in zip(ours, theirs, strict=True))
    for path in _others(settings.data_dir, done):
        if with_key or path != settings.data_dir / KEY:
            _copy(path, data / path.relative_to(settings.data_dir))
    _copy_models(settings.models_dir, models, done)
    return {"lines": digest.lines, "code": digest.code}


def _copy_journal(ledger: Ledger, target: Path) -> Iterator[Path]:
    """Head and lengths are taken while nobody writes; what they cover does not change any more."""
    with ledger.head.shared():
        sizes = ledger.sizes()
        head = ledger.head.path.read_bytes() if ledger.head.path.exists() else None
    for number, size in sizes.items():
        file = ledger.file(number)
        if file.exists():
            yield file
            _copy(file, target / file.name, size)
    if head is not None:
        yield ledger.head.path
        _write(target / ledger.head.path.name, head)


def _others(root: Path, done: set[Path]) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        top = path.relative_to(root).parts[0]
        is_kept = top not in NOT_KEPT and not top.startswith(ASIDE) and path not in done
        is_passing = path.suffix in (".lock", ".purging", ".tmp") or path.name.endswith(("-wal", "-shm"))
        if path.is_file() and not path.is_symlink() and is_kept and not is_passing:
            yield path


def _copy_models(models: Path, target: Path, done: set[Path]) -> None:
    """The served bundle and those of the history; a swap in the middle of a copy shows in the digests of a bundle."""
    for name in MODELS:
        for path in sorted((models / name).rglob("*")):
            if path.is_file() and path.suffix != ".lock" and path not in done:
                _copy(path, target / path.relative_to(models))


def _copy(source: Path, target: Path, size: int | None = None) -> None:
    """Copy and flush; a database is copied by its own means, so that its writers do not spoil the copy."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if source.suffix in (".sqlite", ".db"):
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
        sync(target)
        return
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with source.open("rb") as read, os.fdopen(descriptor, "wb") as written:
        left = size if size is not None else os.fstat(read.fileno()).st_size
        while left > 0 and (chunk := read.read(min(left, CHUNK))):
            written.write(chunk)
            left -= len(chunk)
        written.flush()
        os.fsync(written.fileno())


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())


def _write_manifest(folder: Path, told: Mapping[str, object]) -> None:
    files = {name: _described(folder / name) for name in sorted(_names(folder))}
    made = {"version": VERSION, "made": datetime.now(UTC).isoformat(), **told, "files": files}
    _write(folder / MANIFEST, json.dumps(made, indent=1, ensure_ascii=False).encode())


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() or path.is_symlink()}


def _described(path: Path) -> dict[str, object] | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _verified(folder: Path, key: str | None) -> tuple[str, ...]:
    has_key = key is not None or (folder / "data" / KEY).exists()
    return verify_journals(folder / "data", key, models_dir=folder / "models").lines if has_key else ()


def _places(source: Path) -> tuple[Path, ...]:
    """What a backup holds, one level below its two folders."""
    return tuple(path.relative_to(source) for top in ("data", "models") for path in sorted((source / top).glob("*")))


def _place(settings: Settings, name: Path) -> Path:
    return (settings.data_dir if name.parts[0] == "data" else settings.models_dir) / Path(*name.parts[1:])


def _is_occupied(settings: Settings, name: Path) -> bool:
    place = _place(settings, name)
    found = place.rglob("*") if place.is_dir() else iter([place] if place.exists() else [])
    return any(path.is_file() and path.name != ".gitkeep" for path in found)


def _move_aside(settings: Settings, names: list[Path]) -> Path:
    aside = settings.data_dir / f"{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for name in names:
        place = _place(settings, name)
        if place.exists():
            (aside / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(place, aside / name)
    return aside


def _put(source: Path, target: Path) -> None:
    files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    for path in files:
        place = target / path.relative_to(source) if source.is_dir() else target
        _copy(path, place)
        sync(place.parent)
