"""Keeps the watch tally up to date and between processes: continues both journals, never reads them again.

Derived data only: a checkpoint that is absent, altered or of another file is dropped and the journals are read.
"""

import logging
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from feedback_store.follow import Follower, Mark
from feedback_store.segments import Segments
from feedback_store.watch_tally import DayOfDecisions, FindDecision, Recent, TrialAt, Verdict, WatchTally
from triage_core.monitoring.drift import NUMBERS, WATCHED, edges

logger = logging.getLogger(__name__)

WATCH_CHECKPOINT = Path("triage", "watch_checkpoint.json")
AT_ONCE = 16 << 20  # bytes that are read while somebody waits; about two seconds
PATIENCE_S = 0.5  # for another reading that is at work
SAVE_EVERY = 500  # new lines, at least
SAVE_SHARE = 20  # and a twentieth of the cases kept, so that saving stays a small part of the work
BINS = repr([(name, edges(name)) for name in NUMBERS] + list(WATCHED))  # counts of other bins are void


class _Day(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int
    raised: int
    silent: int
    without_model: int
    challenger_arm: int
    latency: dict[int, int]
    features: dict[str, dict[str, int]]


class WatchCheckpoint(BaseModel):
    """The watch tally and where each journal was left."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    bins: str
    marks: dict[str, Mark]
    days: dict[str, _Day]
    recent: tuple[Recent, ...]
    errors: tuple[bool, ...]
    cases: tuple[tuple[str, str, Verdict], ...]

    @classmethod
    def of(cls, tally: WatchTally, marks: Mapping[str, Mark]) -> "WatchCheckpoint":
        days = {day: _Day.model_validate(vars(counts)) for day, counts in tally.days.items()}
        cases = tuple((case, nurse, v) for case, said in tally.cases.items() for nurse, v in said.items())
        recent, errors = tuple(tally.recent), tuple(tally.errors)
        return cls(bins=BINS, marks=dict(marks), days=days, recent=recent, errors=errors, cases=cases)

    def tally(self) -> WatchTally:
        """The counters again."""
        tally = WatchTally()
        for day, kept in self.days.items():
            counts = DayOfDecisions(kept.n, kept.raised, kept.silent, kept.without_model, kept.challenger_arm)
            counts.latency.update(kept.latency)
            counts.features = {name: Counter(places) for name, places in kept.features.items()}
            tally.days[day] = counts
        tally.recent.extend(self.recent)
        tally.errors.extend(self.errors)
        for case, nurse, verdict in self.cases:
            tally.let_stand(case, nurse, verdict)
        return tally


class WatchKeeper:
    """The one owner of the watch tally in this process; safe for threads."""

    def __init__(
        self, decisions: Segments, feedback: Segments, path: Path, find: FindDecision, trial_at: TrialAt
    ) -> None:
        """``find`` gives a recorded decision; ``trial_at`` the id of the experiment of a moment, else ``""``."""
        self._decisions, self._feedback = Follower(decisions), Follower(feedback)
        self._path, self._find, self._trial_at = path, find, trial_at
        self._lock = threading.Lock()
        self._tally: WatchTally | None = None
        self._unsaved = 0

    @contextmanager
    def current(self) -> Iterator[WatchTally]:
        """The tally with every line there is now, held still while you look."""
        with self._lock:
            tally = self._known()
            self._take_new_lines(tally)
            yield tally

    def is_behind(self) -> bool:
        """Whether so much was not read yet, or is being read, that nobody should wait for it at a screen."""
        if not self._lock.acquire(timeout=PATIENCE_S):
            return True
        try:
            self._known()
            return sum(follower.unread() for follower in self._followers()) > AT_ONCE
        finally:
            self._lock.release()

    def _followers(self) -> tuple[Follower, Follower]:
        return self._decisions, self._feedback

    def _known(self) -> WatchTally:
        if self._tally is not None and all(f.is_same_file() for f in self._followers()):
            return self._tally
        self._tally = self._restored() if self._tally is None else None
        if self._tally is None:
            for follower in self._followers():
                follower.restart()
            self._tally = WatchTally()
        return self._tally

    def _restored(self) -> WatchTally | None:
        checkpoint = _load(self._path)
        if checkpoint is None or checkpoint.bins != BINS:
            return None
        marks = [checkpoint.marks.get(f.journal.path.name) for f in self._followers()]
        fits = all(m is not None and f.resume(m) for f, m in zip(self._followers(), marks, strict=True))
        return checkpoint.tally() if fits else None

    def _take_new_lines(self, tally: WatchTally) -> None:
        for line in self._decisions.new_lines():
            tally.take_decision(line)
            self._unsaved += 1
        for line in self._feedback.new_lines():
            tally.take_feedback(line, self._find, self._trial_at)
            self._unsaved += 1
        if self._unsaved > max(SAVE_EVERY, len(tally.cases) // SAVE_SHARE):
            marks = {f.journal.path.name: f.mark() for f in self._followers()}
            _save(self._path, WatchCheckpoint.of(tally, marks))
            self._unsaved = 0


def _load(path: Path) -> WatchCheckpoint | None:
    try:
        return WatchCheckpoint.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        logger.warning("watch checkpoint unreadable, rebuilding")
        return None


def _save(path: Path, checkpoint: WatchCheckpoint) -> None:
    """Replace the checkpoint atomically; a failure costs a later reading and nothing else."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(checkpoint.model_dump_json(), encoding="utf-8")
        fresh.replace(path)
    except OSError as fault:
        fresh.unlink(missing_ok=True)
        logger.warning("watch checkpoint not saved: %s", fault.strerror)
