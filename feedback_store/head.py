"""How far a journal goes, kept beside it: two slots written in turns, so that one is whole if the other is torn.

The open head file is also the lock of its journal: it is never replaced, while a purge replaces segments.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from feedback_store.chain import keyed
from feedback_store.journal import PRIVATE, make_folder, sync_folder

SLOT, APART = 512, 4096  # two slots of one sector each, on two pages
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Head:
    """The last acknowledged line, and where it ends: ``segment`` and ``end``.

    ``before`` and ``start`` are the link and the end before it, to which a power cut in the middle of its writing takes
    us back; ``note`` is the last thing worth telling.
    """

    seq: int
    link: str
    segment: int = 1
    end: int = 0
    before: str = ""
    start: int = 0
    key_id: str = ""
    boot: str = ""
    note: str = ""

    def after(self, link: str, length: int) -> "Head":
        """The head once a line of ``length`` bytes stands behind this one."""
        end, note = self.end + length, self.note
        return Head(self.seq + 1, link, self.segment, end, self.link, self.end, self.key_id, boot_id(), note)


@cache
def boot_id() -> str:
    """What changes when the machine starts anew, and with it all that was not flushed; empty where it is not told."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class HeadFile:
    """The head of one journal, ``<journal>.head``."""

    def __init__(self, journal: Path) -> None:
        self.path = journal.with_name(f"{journal.name}.head")
        self._descriptor: int | None = None

    @contextmanager
    def held(self) -> Iterator[int]:
        """The head file that bears the name *now*, created if need be, locked against every other writer."""
        descriptor = self._locked()
        while not _bears(descriptor, self.path):
            self.close()
            descriptor = self._locked()
        try:
            yield descriptor
        finally:
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_UN)

    @contextmanager
    def shared(self) -> Iterator[None]:
        """While this is held no writer is at work; nothing to hold where no line was ever chained."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            yield
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def raw(self) -> bytes:
        """Both slots as they are; empty without a file."""
        if self._descriptor is not None:
            return os.pread(self._descriptor, SLOT, 0) + os.pread(self._descriptor, SLOT, APART)
        try:
            told = self.path.read_bytes()
        except FileNotFoundError:
            return b""
        return told[:SLOT] + told[APART : APART + SLOT]

    def read(self, key: bytes) -> Head | None:
        """The later of the slots that bear our digest; ``None`` when none does."""
        return read_slots(self.raw(), key)

    @property
    def descriptor(self) -> int:
        """The open file; only while it is held."""
        assert self._descriptor is not None  # noqa: S101 - held() opened it
        return self._descriptor

    def write(self, head: Head, key: bytes) -> bytes:
        """Put a head into its slot (not flushed); returns both slots as they are now. The lock must be held."""
        slot = _slot(head, key)
        _write_slot(self.descriptor, slot, _place_of(head))
        other = os.pread(self.descriptor, SLOT, APART - _place_of(head))
        return other + slot if _place_of(head) else slot + other

    def replace(self, head: Head, key: bytes) -> bytes:
        """Make this the only head there is, flushed: used where the one before does not count any more."""
        self.write(head, key)
        os.fdatasync(self.descriptor)
        _write_slot(self.descriptor, b" " * SLOT, APART - _place_of(head))
        os.fdatasync(self.descriptor)
        return self.raw()

    def take_back(self, head: Head) -> None:
        """Empty the slot of a head that was not acknowledged; the one before is in the other."""
        _write_slot(self.descriptor, b" " * SLOT, _place_of(head))
        os.fdatasync(self.descriptor)

    def is_sound(self, key: bytes) -> bool:
        """Whether every byte is as we leave it: two slots, each empty or ours, and nothing but spaces around."""
        try:
            told = self.path.read_bytes()
        except FileNotFoundError:
            return False
        if not told.strip(b" "):
            return True  # nothing was told yet; that lines should have been is for the walk to say
        slots = told[:SLOT], told[APART:]
        is_ours = all(not slot.strip() or _from_slot(slot, key) is not None for slot in slots)
        return is_ours and len(told) == APART + SLOT and not told[SLOT:APART].strip(b" ")

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None

    def _locked(self) -> int:
        if self._descriptor is None:
            make_folder(self.path.parent)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            if os.fstat(self._descriptor).st_size < APART + SLOT:
                self._allocate(self._descriptor)
        else:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        return self._descriptor

    def _allocate(self, descriptor: int) -> None:
        """Room for both slots on disk before the first record, so that a full disk cannot stop a head alone."""
        size = os.fstat(descriptor).st_size
        blank = b" " * (APART + SLOT - size)
        if os.pwrite(descriptor, blank, size) != len(blank):
            self.close()
            raise OSError(errno.ENOSPC, "no space left for the head")
        os.fsync(descriptor)
        sync_folder(self.path.parent)


def _place_of(head: Head) -> int:
    return APART * (head.seq % 2)


def _write_slot(descriptor: int, slot: bytes, at: int) -> None:
    if os.pwrite(descriptor, slot, at) != SLOT:
        raise OSError(errno.ENOSPC, "head written short")


def read_slots(raw: bytes, key: bytes) -> Head | None:
    """The head told by two slots; ``None`` when neither bears our digest."""
    slots = (raw[:SLOT], raw[SLOT:])
    heads = [head for slot in slots if (head := _from_slot(slot, key)) is not None]
    return max(heads, key=lambda head: (head.seq, head.segment), default=None)


def told_key_id(raw: bytes) -> str:
    """Which key the slots were written with, whether or not we have it; empty when they tell nothing."""
    for slot in (raw[:SLOT], raw[SLOT:]):
        with suppress(orjson.JSONDecodeError, KeyError, TypeError):
            return str(orjson.loads(slot)["key_id"])
    return ""


def _slot(head: Head, key: bytes) -> bytes:
    told = orjson.dumps(head)
    return (told[:-1] + b',"mac":"' + keyed(key, told).encode() + b'"}').ljust(SLOT - 1) + b"\n"


def _from_slot(slot: bytes, key: bytes) -> Head | None:
    try:
        told = orjson.loads(slot)
        mac = told.pop("mac")
        return Head(**told) if mac == keyed(key, orjson.dumps(told)) else None
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None


def _bears(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
