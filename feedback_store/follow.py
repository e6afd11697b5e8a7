"""Reads a growing journal onwards from where it last stopped, and knows when the file is not the same any more."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from feedback_store.journal import FaultReason, Journal, Line


@dataclass(frozen=True)
class Mark:
    """Where a reader stopped: the file, the byte, and a digest of the last line before it."""

    inode: int = 0
    offset: int = 0
    last_start: int = 0
    digest: str = ""


BEGINNING = Mark()


class Follower:
    """One reader's place in one journal. Yields each line once; a torn tail is not passed, it may be mended."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.torn_tail: Line | None = None
        self._inode = self._offset = self._last_start = 0

    def new_lines(self) -> Iterator[Line]:
        """The lines that came since; consume them all. Nothing is read when the file did not grow."""
        self.torn_tail = None
        inode, size = self._stat()
        if size <= self._offset:
            return
        self._inode = inode if self._offset == 0 else self._inode
        for line in self.journal.read(self._offset):
            if line.fault is FaultReason.TORN:
                self.torn_tail = line
                return
            self._last_start, self._offset = line.offset, line.end
            yield line

    def is_same_file(self) -> bool:
        """False when the file was removed, replaced or shortened: what was read from it is void."""
        inode, size = self._stat()
        return self._offset == 0 or (inode == self._inode and size >= self._offset)

    def restart(self) -> None:
        """Go back to the beginning of whatever the file is now."""
        self._inode = self._offset = self._last_start = 0

    def mark(self) -> Mark:
        """The place to continue from in another process."""
        if self._offset == 0:
            return BEGINNING
        return Mark(self._inode, self._offset, self._last_start, self._digest(self._last_start, self._offset))

    def resume(self, mark: Mark) -> bool:
        """Continue from a mark; ``False``, and nothing changed, when it does not fit this file."""
        inode, size = self._stat()
        fits = inode == mark.inode and size >= mark.offset > mark.last_start >= 0
        if mark != BEGINNING and not (fits and self._digest(mark.last_start, mark.offset) == mark.digest):
            return False
        self._inode, self._offset, self._last_start = mark.inode, mark.offset, mark.last_start
        return True

    def _digest(self, start: int, end: int) -> str:
        return hashlib.sha256(self.journal.bytes_between(start, end)).hexdigest()

    def _stat(self) -> tuple[int, int]:
        try:
            found = self.journal.path.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_ino, found.st_size
