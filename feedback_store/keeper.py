"""Keeps the tally up to date: continues both journals from where it last stopped, across processes too."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedback_store.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from feedback_store.follow import Follower
from feedback_store.journal import FaultReason, Journal
from feedback_store.tally import Fault, Tally

# A checkpoint is as large as the verdicts that stand: saving after this share of new lines bounds its cost.
SAVE_SHARE = 20


class TallyKeeper:
    """The one owner of the counters; safe for threads."""

    def __init__(self, decisions: Journal, feedback: Journal, checkpoint_path: Path) -> None:
        self._decisions = Follower(decisions)
        self._feedback = Follower(feedback)
        self._path = checkpoint_path
        self._lock = threading.Lock()
        self._tally: Tally | None = None
        self._unsaved = 0

    @contextmanager
    def current(self) -> Iterator[Tally]:
        """The tally with every line there is now, held still while you look."""
        with self._lock:
            tally = self._known()
            self._take_new_lines(tally)
            yield tally

    def torn_tails(self) -> tuple[Fault, ...]:
        """Last lines that are torn at this moment; the next append sets them aside."""
        tails = [(f.journal.path.name, f.torn_tail) for f in self._followers()]
        return tuple(Fault(name, t.offset, t.end, FaultReason.TORN) for name, t in tails if t is not None)

    def _followers(self) -> tuple[Follower, Follower]:
        return self._decisions, self._feedback

    def _known(self) -> Tally:
        if self._tally is not None and all(f.is_same_file() for f in self._followers()):
            return self._tally
        self._tally = self._restored() if self._tally is None else None
        if self._tally is None:
            for follower in self._followers():
                follower.restart()
            self._tally = Tally()
        return self._tally

    def _restored(self) -> Tally | None:
        checkpoint = load_checkpoint(self._path)
        if checkpoint is None:
            return None
        marks = [checkpoint.marks.get(f.journal.path.name) for f in self._followers()]
        fits = all(m is not None and f.resume(m) for f, m in zip(self._followers(), marks, strict=True))
        return checkpoint.tally() if fits else None

    def _take_new_lines(self, tally: Tally) -> None:
        for line in self._decisions.new_lines():
            tally.take_decision(self._decisions.journal.path.name, line)
            self._unsaved += 1
        for line in self._feedback.new_lines():
            tally.take_feedback(self._feedback.journal.path.name, line)
            self._unsaved += 1
        if self._unsaved > len(tally.standing) // SAVE_SHARE:
            marks = {f.journal.path.name: f.mark() for f in self._followers()}
            save_checkpoint(self._path, Checkpoint.of(tally, marks))
            self._unsaved = 0
