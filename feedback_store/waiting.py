"""The waiting room: follows the journals from where it last stopped and answers who waits now.

Everyone triaged on our screens is in it from the decision on, and whoever a nurse gave a verdict on, until an event
says that the physician took over or that the patient left. What no event ended leaves the list after a time that is a
setting, and is counted, not hidden.
"""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from feedback_store.errors import UnknownPrediction, UnknownSchema
from feedback_store.follow import Follower, Mark
from feedback_store.journal import Line
from feedback_store.ledger import Ledger
from feedback_store.record import DecisionRecord, FeedbackRecord, Withdrawal
from feedback_store.tally import read_feedback
from feedback_store.upgrade import upgrade
from feedback_store.visits import REMEMBERED, Happening, Visit, VisitEvent, VisitEventKind, Visits, in_order

logger = logging.getLogger(__name__)

CHECKPOINT = Path("triage", "waiting_checkpoint.json")
SAVE_EVERY = 50  # new lines; a checkpoint holds two days of visits
Clock = Callable[[], datetime]


class _Checkpoint(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[4] = 4  # of the shape of a visit
    marks: tuple[Mark, ...]
    visits: tuple[Visit, ...]
    visit_of: dict[str, str]


@dataclass(frozen=True)
class Board:
    """Who waits, most urgent first, and how many were dropped from the list unseen for being too old."""

    visits: tuple[Visit, ...]
    n_expired: int
    version: int  # changes when anything did


class WaitingRoom:
    """One per process; safe for threads. Other processes' lines are seen at the next look."""

    def __init__(
        self,
        decisions: Ledger,
        feedback: Ledger,
        events: Ledger,
        data_dir: Path,
        expires_after: timedelta = timedelta(hours=24),
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._events = events
        self._followers = (Follower(decisions), Follower(feedback), Follower(self._events))
        self._path = data_dir / CHECKPOINT
        self._expires_after, self._clock = expires_after, clock
        self._lock = threading.Lock()
        self._visits: Visits | None = None
        self._version = self._unsaved = 0

    def board(self, now: datetime | None = None) -> Board:
        """Everyone who waits now."""
        moment = now or self._clock()
        with self._lock:
            visits = self._caught_up(moment)
            waiting = [visit for visit in visits.by_id.values() if visit.ended is None]
            fresh = [visit for visit in waiting if moment - visit.evaluated < self._expires_after]
            return Board(in_order(fresh, moment), len(waiting) - len(fresh), self._version)

    def all_visits(self) -> tuple[Visit, ...]:
        """Every visit of the last two days, waiting or ended, in the order of arrival."""
        with self._lock:
            visits = self._caught_up(self._clock())
            return tuple(sorted(visits.by_id.values(), key=lambda visit: (visit.arrived, visit.visit_id)))

    def visit(self, prediction_id: str) -> Visit | None:
        """The visit a decision belongs to, waiting or ended; ``None`` when it is two days old or unknown."""
        with self._lock:
            return self._caught_up(self._clock()).of(prediction_id)

    def record(self, prediction_id: str, kind: VisitEventKind, by: str | None = None) -> VisitEvent:
        """Say that a wait ended (``taken_over``, ``left``) or that it did not (``returned``).

        Raises ``UnknownPrediction`` for a visit nobody remembers and ``JournalWriteError`` when it is not on disk.
        """
        if self.visit(prediction_id) is None:
            raise UnknownPrediction("no visit of the last two days bears this prediction_id")
        event = VisitEvent.new(prediction_id, kind, self._clock(), by)
        self._events.append(event.model_dump(mode="json"))
        return event

    def _caught_up(self, now: datetime) -> Visits:
        """The visits with every line there is now, taken in the order things happened whatever file they lie in."""
        visits = self._known()
        fresh = self._fresh_records((now - REMEMBERED).isoformat())
        for record in sorted(fresh, key=lambda found: found.timestamp):
            visits.take(record)
        if self._unsaved >= SAVE_EVERY:
            visits.forget_before(now)
            self._save(visits)
        return visits

    def _fresh_records(self, since: str) -> list[Happening]:
        found: list[Happening] = []
        for follower, read in zip(self._followers, (_decision, _verdict, _event), strict=True):
            for line in follower.new_lines():
                self._unsaved += 1
                record = read(line, since)
                if record is not None:
                    found.append(record)
        self._version += bool(found)
        return found

    def _known(self) -> Visits:
        if self._visits is not None and all(follower.is_same_file() for follower in self._followers):
            return self._visits
        restored = self._restored() if self._visits is None else None
        if restored is None:
            since = (self._clock() - 2 * REMEMBERED).isoformat()  # twice: a clock may have gone backwards
            for follower in self._followers:
                follower.restart(follower.journal.place_near(since))
        self._visits = restored or Visits()
        return self._visits

    def _restored(self) -> Visits | None:
        try:
            kept = _Checkpoint.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError):
            logger.warning("waiting room checkpoint unreadable, rebuilding")
            return None
        pairs = list(zip(self._followers, kept.marks, strict=False))
        if len(kept.marks) != len(self._followers) or not all(follower.resume(mark) for follower, mark in pairs):
            return None
        return Visits({visit.visit_id: visit for visit in kept.visits}, dict(kept.visit_of))

    def _save(self, visits: Visits) -> None:
        """Derived data: a failure costs a later rescan and is only logged."""
        marks = tuple(follower.mark() for follower in self._followers)
        kept = _Checkpoint(marks=marks, visits=tuple(visits.by_id.values()), visit_of=visits.visit_of)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        try:
            fresh.write_text(kept.model_dump_json(), encoding="utf-8")
            fresh.replace(self._path)
        except OSError as fault:
            logger.warning("waiting room checkpoint not saved: %s", fault.strerror)
        self._unsaved = 0


def _decision(line: Line, since: str) -> DecisionRecord | None:
    """The decision of a line when it is recent and was made on our screens; damage is told by the statistics."""
    record = line.record or {}
    if record.get("source") != "ui" or not _is_recent(record.get("timestamp"), since):
        return None
    try:
        return DecisionRecord.model_validate(upgrade(record))
    except (UnknownSchema, ValidationError):
        return None


def _verdict(line: Line, since: str) -> FeedbackRecord | Withdrawal | None:
    if not _is_recent((line.record or {}).get("timestamp"), since):
        return None
    record = read_feedback(line)
    return record if isinstance(record, FeedbackRecord | Withdrawal) else None


def _event(line: Line, since: str) -> VisitEvent | None:
    if not _is_recent((line.record or {}).get("timestamp"), since):
        return None
    try:
        return VisitEvent.model_validate(line.record)
    except ValidationError:
        return None


def _is_recent(stamp: object, since: str) -> bool:
    """Both are UTC in ISO form, written by us; their order as text is their order in time."""
    return isinstance(stamp, str) and stamp >= since[:19]
