"""One folder takes the place of another, and nobody ever sees half of it. Knows nothing of models."""

import ctypes
import os
import shutil
import sys
import uuid
from pathlib import Path

_INCOMING, _PREVIOUS = ".incoming", ".previous"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h and linux/fs.h


def replace_folder(source: Path, target: Path) -> None:
    """Make ``target`` a copy of the files of ``source``, all at once.

    Power may fail at any point: ``target`` is the old or the new. Callers hold a lock.
    """
    incoming = target.with_name(f"{_INCOMING}-{uuid.uuid4().hex}")
    remove_leftovers(target)
    _copy(source, incoming)
    if target.is_dir():
        _exchange(incoming, target)
    else:
        incoming.rename(target)
    sync(target.parent)
    remove_leftovers(target)


def _exchange(incoming: Path, target: Path) -> None:
    """Exchange two folders at once (Linux); elsewhere two renames, between which readers find ``.previous``."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        paths = (os.fsencode(incoming), os.fsencode(target))
        if libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0:
            return
    target.rename(previous_of(target))
    incoming.rename(target)


def previous_of(target: Path) -> Path:
    """Where the old folder stands between the two renames of a system that cannot exchange folders."""
    return target.with_name(f"{_PREVIOUS}-{target.name}")


def remove_leftovers(target: Path) -> None:
    """Clear what an interrupted swap left: a target caught between two renames comes back, unseen copies go."""
    if previous_of(target).is_dir() and not target.is_dir():
        previous_of(target).rename(target)
    for left in (*target.parent.glob(f"{_INCOMING}-*"), previous_of(target)):
        shutil.rmtree(left, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Copy the files and have them on the disk before anyone can find them."""
    target.mkdir()
    for found in sorted(source.iterdir()):
        if found.is_file():
            shutil.copyfile(found, target / found.name)
            sync(target / found.name)
    sync(target)


def sync(path: Path) -> None:
    """Have a file, or what a folder lists, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
