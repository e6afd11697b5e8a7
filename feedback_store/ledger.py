"""A journal that proves itself. Append is: lock, write line and head, flush both, acknowledge.

Nothing that was acknowledged is ever written over: behind a damaged end the journal goes on in a new segment.
"""

import errno
import logging
import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import orjson

from feedback_store.chain import read_chain, seal_line
from feedback_store.errors import JournalRefuses, JournalWriteError
from feedback_store.flusher import Flusher
from feedback_store.head import Head, HeadFile, boot_id, told_key_id
from feedback_store.journal import PRIVATE, Line, make_folder, parse, set_torn_aside, sync_folder, write_once
from feedback_store.keys import Keyring, key_id
from feedback_store.proof import Walk
from feedback_store.segments import Segments, place

logger = logging.getLogger(__name__)


class Ledger(Segments):
    """An append-only, chained, segmented journal, shared safely by threads, forks and processes."""

    def __init__(self, path: Path, keys: Keyring) -> None:
        super().__init__(path)
        self.keys = keys
        self._descriptor: int | None = None
        self._open_segment = 0
        self._known: tuple[bytes, Head] | None = None  # the slots as we last left them, and what they say
        self._refusal: str | None = None
        self._flusher = Flusher()
        self._threads = threading.Lock()
        _OPEN.add(self)

    @property
    def refusal(self) -> str | None:
        """Why this process accepts no more records; ``None`` while it does."""
        return self._refusal

    def append(self, record: Mapping[str, object]) -> int:
        """Put one record on disk, whole or not at all; returns its place.

        Raises ``JournalWriteError`` on a short write or a full disk: the file has its old length again and nothing was
        acknowledged. After a failed flush ``JournalRefuses``, then and at every later append.
        """
        payload = orjson.dumps(dict(record))
        with self._writing("record not written") as key:
            return self._add(payload, self._ready(key))

    def mend(self) -> None:
        """Set a torn last line aside now instead of at the next append; nothing to do where there is nothing."""
        if self.path.exists() or self.head.path.exists():
            with self._writing("torn line not set aside") as key:
                told = told_key_id(raw := self.head.raw())
                if not raw.strip():
                    self._whole_length(self.last())
                elif told not in ("", key_id(key)):
                    logger.warning("%s: written with another key than ours", self.path.name)
                else:
                    self._mend_head(key)

    def _mend_head(self, key: bytes) -> None:
        head = self._ready(key)
        if not self.head.is_sound(key):
            self._leave(replace(head, note=f"head damaged, mended at seq {head.seq}"))
        elif head != self.head.read(key):
            self._leave(head)

    def current(self) -> Head | None:
        """The head as last acknowledged by any process; ``None`` where nothing was ever chained."""
        key, head = self.keys.find(), HeadFile(self.path)  # by its name: what we hold open may be another by now
        with head.shared():
            return None if key is None else head.read(key)

    def begin_segment(self, why: str) -> None:
        """Append from now on to a new segment; what stands in the ones before is left as it is."""
        with self._writing("no new segment") as key:
            before, head = self.head.read(key), self._ready(key)
            has_moved = before is not None and head.segment > before.segment  # an altered end has seen to it
            self._leave(head if has_moved else self._rolled(head, why))

    def read_sound(self, at: int) -> Line | None:
        """The line at a place; ``None`` past the end and for a chained line that is not as it was written."""
        raw, key = self.raw_at(at), self.keys.find()
        own = read_chain(raw, key) if key is not None else None
        return parse(raw, at) if raw and (own is None or own.is_own) else None

    @contextmanager
    def held(self) -> Iterator[Head]:
        """Nobody else writes while this is held; a purge replaces a segment under it."""
        with self._writing("not held") as key:
            yield self._ready(key)

    def close(self) -> None:
        """Give the descriptors back; the next append opens the files again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = self._known = None
        self.head.close()

    def __del__(self) -> None:
        with suppress(OSError, AttributeError):
            self._flusher.close()
            self.close()

    def _forget_inherited(self) -> None:  # pragma: no cover - runs in a forked child, out of the meter's sight
        """After a fork: a shared descriptor would share the parent's lock too, so open our own."""
        self._threads = threading.Lock()
        self._flusher.forget()
        self.close()

    @contextmanager
    def _writing(self, failed: str) -> Iterator[bytes]:
        """The lock of every writer; gives the key."""
        try:
            with self._threads:
                if self._refusal is not None:
                    raise JournalRefuses(f"{self.path.name}: accepts no more records: {self._refusal}")
                key = self.keys.need()
                with self.head.held():
                    yield key
        except OSError as fault:
            self._known = None
            if fault.errno == errno.EIO:
                self._refuse(fault)
            raise JournalWriteError(f"{self.path.name}: {failed}: {fault.strerror or fault}") from fault

    def _ready(self, key: bytes) -> Head:
        """The head that fits the files as they are. Looks closer only when others changed a head or a length."""
        raw = self.head.raw()
        if self._known is not None and self._known[0] == raw:
            head = self._known[1]
            if self._is_open(head.segment) and self._ends_at(head):
                return head
        return self._settled(raw, key)

    def _ends_at(self, head: Head) -> bool:
        return os.fstat(self._file()).st_size == head.end and self._is_line_end(head.end)

    def _is_line_end(self, end: int) -> bool:
        """What is appended behind anything else would be swallowed by it."""
        return end == 0 or os.pread(self._file(), 1, end - 1) == b"\n"

    def _settled(self, raw: bytes, key: bytes) -> Head:
        head = self.head.read(key)
        if head is None or head.seq == 0:
            found = self._found_anew(raw, key, is_lost=head is None)
            if head is None:  # told before the first line is written: from then on lines without a head are damage
                self._leave(found)
            return found
        self._open(head.segment)
        size = os.fstat(self._file()).st_size
        if size < head.end:
            return self._after_a_cut(head)
        if not self._is_line_end(head.end):
            return self._rolled(head, "its last line is altered")
        return self._adopted(head, key)

    def _found_anew(self, raw: bytes, key: bytes, is_lost: bool) -> Head:
        """No head: the first line of a chain, lines older than chains, or a head that was lost or is another key's."""
        last = self.last()
        end = self._whole_length(last)
        walk = Walk(self, key)
        for _ in walk.run(self.raw_within(self.sizes())):
            pass
        link = (walk.link or walk.before.link) if walk.is_started else walk.before.link
        note = f"head lost, found anew at seq {walk.seq}" if walk.is_started and is_lost else ""
        head = Head(walk.seq, link, last, end, key_id=key_id(key), note=note)
        self._open(last)
        other = told_key_id(raw)
        return self._rolled(head, f"written with another key ({other})") if other not in ("", head.key_id) else head

    def _whole_length(self, segment: int) -> int:
        """Where the last whole line of a segment ends; a torn one behind it is set aside."""
        if not self.file(segment).exists():
            return 0
        self._open(segment)
        return set_torn_aside(self._file(), self.torn_path(segment))

    def _after_a_cut(self, head: Head) -> Head:
        """The file ends before the head: go on at its end, with the number after the head's, so that it shows.

        But for a power cut in the middle of the last writing, which was not acknowledged: that number is free again.
        """
        size = set_torn_aside(self._file(), self.torn_path(head.segment))
        if size == head.end:
            return head
        if size == head.start and head.before and boot_id() != head.boot:
            note = f"power cut while seq {head.seq} was written"
            return replace(head, seq=head.seq - 1, link=head.before, end=size, before="", note=note)
        logger.warning("%s: cut at byte %d, the head tells %d", self.path.name, size, head.end)
        return replace(head, end=size, start=size)

    def _adopted(self, head: Head, key: bytes) -> Head:
        """Lines behind the head that fit were written, and not acknowledged, before a crash: they count."""
        end = set_torn_aside(self._file(), self.torn_path(head.segment))
        if end == head.end:
            return head
        seq, link = head.seq, head.link
        for _, raw in self.raw_within({head.segment: end}, place(head.segment, head.end)):
            own = read_chain(raw, key)
            if own is not None and own.is_own and own.seq > seq:
                seq, link = own.seq, own.link
        return replace(head, seq=seq, link=link, end=end, start=end, before="")

    def torn_path(self, segment: int) -> Path:
        """Where half lines of a segment are set aside."""
        file = self.file(segment)
        return file.with_name(f"{file.name}.torn")

    def _rolled(self, head: Head, why: str) -> Head:
        segment = max(head.segment, self.last()) + 1
        logger.warning("%s: goes on in segment %d: %s", self.path.name, segment, why)
        self._open(segment)
        return replace(head, segment=segment, end=0, start=0, before="", key_id=key_id(self.keys.need()))

    def _add(self, payload: bytes, head: Head) -> int:
        key = self.keys.need()
        line, link = seal_line(key, head.seq + 1, head.link, payload)
        try:
            write_once(self._file(), line)
        except OSError:
            self._take_back(head)
            raise
        new = head.after(link, len(line))
        self._flush(new, head, key)
        return place(new.segment, head.end)

    def _flush(self, new: Head, old: Head, key: bytes) -> None:
        """Line and head reach the disk together; on failure both are taken back and this process stops accepting."""
        try:
            raw = self.head.write(new, key)
            self._flusher.flush(self._file(), self.head.descriptor)
        except OSError as fault:
            self._refuse(fault)
            self._take_back(old)
            with suppress(OSError):
                self.head.take_back(new)
            raise
        self._known = (raw, new)

    def _refuse(self, fault: OSError) -> None:
        """Nobody knows any more what is on the disk: no retry."""
        self._refusal = f"flush failed ({fault.strerror or fault}); start again and run medtriage verify"

    def _take_back(self, head: Head) -> None:
        """The first fault is the one to tell; a tail that stays is mended later."""
        self._known = None
        with suppress(OSError):
            os.ftruncate(self._file(), head.end)
            os.fdatasync(self._file())

    def _leave(self, head: Head) -> None:
        """Write a head that is not a new line's."""
        self._known = (self.head.replace(head, self.keys.need()), head)

    def _file(self) -> int:
        assert self._descriptor is not None  # noqa: S101 - _open() came before
        return self._descriptor

    def _is_open(self, segment: int) -> bool:
        """Whether what we hold is still the file that bears the segment's name."""
        if self._descriptor is None or self._open_segment != segment:
            return False
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.file(segment).stat())
        except FileNotFoundError:
            return False

    def _open(self, segment: int) -> None:
        if self._is_open(segment):
            return
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        make_folder(self.path.parent)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._descriptor, self._open_segment = os.open(self.file(segment), flags, PRIVATE), segment
        sync_folder(self.path.parent)


_OPEN: "weakref.WeakSet[Ledger]" = weakref.WeakSet()


def _after_fork() -> None:  # pragma: no cover - as above
    for ledger in list(_OPEN):
        ledger._forget_inherited()


os.register_at_fork(after_in_child=_after_fork)
