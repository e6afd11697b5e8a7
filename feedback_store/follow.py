"""Reads a growing journal onwards from where it last stopped, and knows when the file is not the same any more."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from feedback_store.journal import FaultReason, Line
from feedback_store.segments import Segments, offset_of, segment_of


@dataclass(frozen=True)
class Mark:
    """Where a reader stopped: the file, the place, and a digest of the last line before it."""

    inode: int = 0
    at: int = 0
    last_at: int = 0
    digest: str = ""


BEGINNING = Mark()


class Follower:
    """One reader's place in one journal. Yields each line once; a torn tail is not passed, it may be mended."""

    def __init__(self, journal: Segments) -> None:
        self.journal = journal
        self.torn_tail: Line | None = None
        self._inode = self._at = self._last_at = 0
        self._is_resumed = False

    def new_lines(self) -> Iterator[Line]:
        """The lines that came since; consume them all. Nothing is read when the journal did not grow."""
        if not self.has_grown():
            return
        self.torn_tail = None
        for line in self.journal.read(self._at):
            if line.fault is FaultReason.TORN and not self._is_left(segment_of(line.offset)):
                self.torn_tail = line
                return
            self._last_at, self._at = line.offset, line.end
            self._inode = self.journal.stat(segment_of(line.offset))[0] if self._is_elsewhere(line) else self._inode
            yield line

    def is_up_to_date(self) -> bool:
        """Whether what is derived fits the journal as it is; asked once it was resumed from what is kept."""
        return self._is_resumed and self.is_same_file() and not self.has_grown()

    def lose(self) -> None:
        """What was derived is not kept: ask what is before going on."""
        self._is_resumed = False

    def has_grown(self) -> bool:
        """Whether there is anything that was not read; the cost is two looks at a folder."""
        segment = segment_of(self._at)
        return self.journal.stat(segment)[1] > offset_of(self._at) or self._is_left(segment)

    def unread(self) -> int:
        """How many bytes there are that were not read."""
        here = segment_of(self._at)
        sizes = {number: self.journal.stat(number)[1] for number in range(here, self.journal.last() + 1)}
        return sum(sizes.values()) - min(offset_of(self._at), sizes[here])

    def is_same_file(self) -> bool:
        """False when the file was removed, replaced or shortened: what was read from it is void."""
        if self._at == 0:
            return True
        inode, size = self.journal.stat(segment_of(self._at))
        return inode == self._inode and size >= offset_of(self._at)

    def restart(self, at: int = 0) -> None:
        """Go to a place of whatever the journal is now, the start of a line."""
        self._inode = self.journal.stat(segment_of(at))[0] if at else 0
        self._at = self._last_at = at

    def mark(self) -> Mark:
        """The place to continue from, in another process or later."""
        if self._at == 0:
            return BEGINNING
        return Mark(self._inode, self._at, self._last_at, self._digest())

    def mark_again(self) -> Mark:
        """The same place in a file that took the name with the same lengths of lines, as after a purge."""
        self._inode = self.journal.stat(segment_of(self._at))[0] if self._at else 0
        return self.mark()

    def resume(self, mark: Mark) -> bool:
        """Continue from a mark; ``False``, and at the beginning, when it does not fit this journal."""
        self._inode, self._at, self._last_at = mark.inode, mark.at, mark.last_at
        self._is_resumed = True
        if mark == BEGINNING or (self.is_same_file() and self._digest() == mark.digest):
            return True
        self.restart()
        return False

    def _digest(self) -> str:
        return hashlib.sha256(self.journal.raw_at(self._last_at)).hexdigest()

    def _is_left(self, segment: int) -> bool:
        """Whether the journal goes on in another segment."""
        return self.journal.file(segment + 1).exists()

    def _is_elsewhere(self, line: Line) -> bool:
        return self._inode == 0 or offset_of(line.offset) == 0
