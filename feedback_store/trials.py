"""Experiments in which a challenger answers a share of the visits: who began which, when, how it ended. Append-only."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feedback_store.follow import Follower
from feedback_store.journal import Line
from feedback_store.ledger import Ledger
from feedback_store.record import UtcTime

MOST = 0.5  # never more than every second visit
_BUCKETS = 1 << 32


class Trial(BaseModel):
    """One experiment. ``share`` of the visits are answered by ``challenger``, the others by ``champion``."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    trial_id: str
    challenger: str
    champion: str
    share: float = Field(gt=0, le=MOST)
    started_at: UtcTime
    started_by: str
    stopped_at: UtcTime | None = None
    stopped_by: str | None = None
    reason: str | None = None  # why it ended: ``asked``, ``worse``, ``gone``, ``promoted``
    detail: str | None = None  # figures, for a program

    @property
    def is_running(self) -> bool:
        """Whether it has not been stopped."""
        return self.stopped_at is None

    def takes(self, case: str) -> bool:
        """Whether a case is the challenger's: a stable hash, another one in each experiment."""
        digest = hashlib.sha256(f"{self.trial_id}|{case}".encode()).digest()
        return int.from_bytes(digest[:4]) < self.share * _BUCKETS


class TrialAlreadyRuns(Exception):
    """One experiment at a time: the one that runs has to be stopped first."""


class TrialLog:
    """``data/triage/trials.jsonl``; asking costs one ``stat`` while nothing was written."""

    def __init__(self, journal: Ledger, clock: Callable[[], datetime]) -> None:
        self._journal, self._follower = journal, Follower(journal)
        self._trials: dict[str, Trial] = {}
        self._clock = clock
        self._lock = threading.RLock()

    def start(self, challenger: str, champion: str, share: float, by: str) -> Trial:
        """Begin an experiment; ``ValueError`` for a share outside 0-0.5, ``TrialAlreadyRuns`` beside another."""
        with self._lock:
            if self.running() is not None:
                raise TrialAlreadyRuns
            facts = {"challenger": challenger, "champion": champion, "share": share, "started_by": by}
            trial = Trial.model_validate(facts | {"trial_id": secrets.token_hex(8), "started_at": self._clock()})
            self._write("start", trial.model_dump(mode="json", exclude_none=True))
            if self.running() != trial:  # another process was first
                raise TrialAlreadyRuns
            return trial

    def stop(
        self, trial_id: str, by: str, reason: Literal["asked", "worse", "gone", "promoted"], detail: str | None = None
    ) -> bool:
        """End an experiment; ``False`` when it does not run, and nothing is written."""
        with self._lock:
            running = self.running()
            if running is None or running.trial_id != trial_id:
                return False
            self._write("stop", {"trial_id": trial_id, "stopped_by": by, "reason": reason, "detail": detail})
            return True

    def running(self) -> Trial | None:
        """The experiment that runs now."""
        return next((trial for trial in reversed(self.all()) if trial.is_running), None)

    def all(self) -> tuple[Trial, ...]:
        """Every experiment, oldest first."""
        with self._lock:
            if not self._follower.is_same_file():
                self._follower.restart()
                self._trials.clear()
            for line in self._follower.new_lines():
                self._take(line)
            return tuple(self._trials.values())

    def at(self, moment: datetime) -> Trial | None:
        """The experiment that ran at a moment; ``None`` when there was none."""
        return next((t for t in self.all() if t.started_at <= moment and _is_before(moment, t.stopped_at)), None)

    def _write(self, event: str, facts: dict[str, object]) -> None:
        stamp = self._clock().astimezone(UTC).isoformat()
        self._journal.append({"schema_version": 1, "event": event, "timestamp": stamp} | facts)

    def _take(self, line: Line) -> None:
        record = line.record or {}
        event, trial_id = record.get("event"), str(record.get("trial_id"))
        known = self._trials.get(trial_id)
        try:
            if event == "start" and all(not trial.is_running for trial in self._trials.values()):
                self._trials[trial_id] = Trial.model_validate(record)
            elif event == "stop" and known is not None and known.is_running:
                end = {name: record.get(name) for name in ("stopped_by", "reason", "detail")}
                self._trials[trial_id] = Trial.model_validate(
                    known.model_dump() | end | {"stopped_at": record.get("timestamp")}
                )
        except ValidationError:
            return  # a damaged event begins nothing; a damaged end is no end, the next look writes another


def _is_before(moment: datetime, end: datetime | None) -> bool:
    return end is None or moment < end
