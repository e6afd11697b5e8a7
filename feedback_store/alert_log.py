"""What is wrong now and what was done about it: alerts raised, cleared, sent, acknowledged. Append-only events."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from feedback_store.follow import Follower
from feedback_store.journal import Line
from feedback_store.ledger import Ledger
from feedback_store.record import UtcTime
from triage_core.monitoring.alerts import AlertKind, Change, Known

Event = Literal["raised", "cleared", "sent", "acknowledged"]


class Alert(BaseModel):
    """One alert that stands. ``value`` beside ``limit`` as they were when it was raised; no patient in it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    kind: AlertKind
    subject: str = ""
    value: float
    limit: float
    raised_at: UtcTime
    acknowledged_by: str | None = None
    sent_to: tuple[str, ...] = ()  # marks of addresses, not the addresses


class AlertLog:
    """``data/watch/alerts.jsonl``; asking what stands costs one ``stat`` while nothing was written."""

    def __init__(self, journal: Ledger, clock: Callable[[], datetime]) -> None:
        self._journal, self._follower = journal, Follower(journal)
        self._standing: dict[str, Alert] = {}
        self._clock = clock
        self._lock = threading.RLock()

    def standing(self) -> tuple[Alert, ...]:
        """Every alert that is not over, oldest first."""
        with self._lock:
            if not self._follower.is_same_file():
                self._follower.restart()
                self._standing.clear()
            for line in self._follower.new_lines():
                self._take(line)
            return tuple(self._standing.values())

    def known(self) -> dict[str, Known]:
        """The same, as the rules of raising and clearing want it."""
        return {alert.key: Known(alert.value, alert.acknowledged_by is not None) for alert in self.standing()}

    def record(self, change: Change) -> None:
        """Keep that an alert was raised or is over."""
        told = change.reading
        facts: dict[str, object] = {"kind": told.kind.value, "subject": told.subject}
        facts |= {"value": round(told.value or 0.0, 6), "limit": round(told.raised_at, 6)}
        self._write("raised" if change.is_raised else "cleared", told.key, facts)

    def mark_sent(self, key: str, to: str) -> None:
        """Keep that an address outside was told; ``to`` is its mark."""
        self._write("sent", key, {"to": to})

    def acknowledge(self, key: str, by: str) -> bool:
        """Keep that an administrator has seen it; ``False`` when no such alert stands."""
        with self._lock:
            if not any(alert.key == key for alert in self.standing()):
                return False
            self._write("acknowledged", key, {"by": by})
            return True

    def _write(self, event: Event, key: str, facts: dict[str, object]) -> None:
        stamp = self._clock().astimezone(UTC).isoformat()
        self._journal.append({"schema_version": 1, "event": event, "timestamp": stamp, "key": key} | facts)

    def _take(self, line: Line) -> None:
        record = line.record or {}
        event, key = record.get("event"), str(record.get("key"))
        known = self._standing.get(key)
        if event == "raised":
            try:
                self._standing[key] = Alert.model_validate(record | {"raised_at": record.get("timestamp")})
            except ValidationError:
                return  # a damaged event raises nothing; the next look raises it again
        elif event == "cleared" or (event == "acknowledged" and known and known.kind is AlertKind.TRIAL_STOPPED):
            self._standing.pop(key, None)  # a stop is news once; the others last as long as what they tell of
        elif known is not None and event == "acknowledged":
            self._standing[key] = known.model_copy(update={"acknowledged_by": str(record.get("by"))})
        elif known is not None and event == "sent":
            self._standing[key] = known.model_copy(update={"sent_to": (*known.sent_to, str(record.get("to")))})
