"""Training runs that nobody asked for: which started when and why, so that no second one starts too soon."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from feedback_store.ledger import Ledger
from feedback_store.record import UtcTime


class Trigger(StrEnum):
    """What starts a run by itself."""

    ERROR_RATE = "error_rate"
    DRIFT = "drift"


class AutomaticRun(BaseModel):
    """One automatic start. ``job_id`` is ``None`` when the run could not start; ``note`` says why."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    timestamp: UtcTime
    trigger: Trigger
    job_id: str | None
    note: str | None = None


class AutomaticRuns:
    """``data/watch/automatic_runs.jsonl``, a line a day at most: read whole when asked."""

    def __init__(self, journal: Ledger, clock: Callable[[], datetime]) -> None:
        self._journal, self._clock = journal, clock

    def last(self) -> AutomaticRun | None:
        """The last start that was tried."""
        found = None
        for line in self._journal.read():
            try:
                found = AutomaticRun.model_validate(line.record)
            except ValidationError:
                continue  # a damaged line tells of no run
        return found

    def may_start(self, min_hours: float) -> bool:
        """Whether the last try lies at least ``min_hours`` back."""
        last = self.last()
        return last is None or self._clock() - last.timestamp >= timedelta(hours=min_hours)

    def record(self, trigger: Trigger, job_id: str | None, note: str | None = None) -> None:
        """Keep one start, or one that failed."""
        stamp = self._clock().astimezone(UTC).isoformat()
        self._journal.append(
            {"schema_version": 1, "timestamp": stamp, "trigger": trigger.value, "job_id": job_id, "note": note}
        )
