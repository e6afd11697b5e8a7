"""The administrator's switch over the model: who turned it off or on, when and why. Append-only.

Every process looks before each decision; the cost is two looks at its files while nothing was written.
"""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from feedback_store.follow import Follower
from feedback_store.journal import Line
from feedback_store.ledger import Ledger
from feedback_store.record import UtcTime
from triage_core.errors import MedTriageError

LEAST_REASON, MOST_REASON = 5, 500  # characters
Look = tuple[int, int, int]
_NO_FILE: Look = (0, 0, 0)
_NOT_SEEN = (_NO_FILE, _NO_FILE)


class SwitchRefused(MedTriageError):
    """The model is neither turned off nor on without a written reason."""


class SwitchEvent(BaseModel):
    """The model was turned ``off`` or ``on``. No patient in it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event: Literal["off", "on"]
    by: str
    reason: str
    timestamp: UtcTime | None = None


UNREADABLE = SwitchEvent(event="off", by="?", reason="événement illisible")


class ModelSwitch:
    """``data/triage/model_switch.jsonl``; safe for threads and processes. Without an event the model is on."""

    def __init__(self, journal: Ledger, clock: Callable[[], datetime]) -> None:
        self._journal, self._follower = journal, Follower(journal)
        self._files, self._seen = _watched(journal), _NOT_SEEN
        self._events: list[SwitchEvent] = []
        self._clock = clock
        self._lock = threading.Lock()

    def turn(self, event: Literal["off", "on"], by: str, reason: str) -> SwitchEvent:
        """Turn the model off or on for every process, from the next decision on.

        ``SwitchRefused`` without a reason in words; ``JournalWriteError`` when it is not on disk: nothing changed.
        """
        told = " ".join(reason.split())
        if not LEAST_REASON <= len(told) <= MOST_REASON:
            raise SwitchRefused(f"the switch wants a written reason of {LEAST_REASON} to {MOST_REASON} characters")
        now = self._clock().astimezone(UTC)
        kept = SwitchEvent(event=event, by=by, reason=told, timestamp=now)
        self._journal.append({"schema_version": 1} | kept.model_dump(mode="json"))
        return kept

    def off(self) -> SwitchEvent | None:
        """Who turned the model off and why; ``None`` while it is on."""
        with self._lock:
            self._read()
            last = self._events[-1] if self._events else None
        return last if last is not None and last.event == "off" else None

    def history(self) -> tuple[SwitchEvent, ...]:
        """Every event, oldest first."""
        with self._lock:
            self._read()
            return tuple(self._events)

    def _read(self) -> None:
        look = _look(self._files[0]), _look(self._files[1])
        if look == self._seen:
            return
        self._seen, self._files = look, _watched(self._journal)
        if not self._follower.is_same_file():  # what it said last holds until another event says otherwise
            self._follower.restart()
            del self._events[:-1]
        try:
            self._events.extend(map(_event, self._follower.new_lines()))
        except OSError:
            self._events.append(UNREADABLE)


def _watched(journal: Ledger) -> tuple[str, str]:
    """The file that is written now, and the one that it goes on in after damage."""
    last = journal.last()
    return str(journal.file(last)), str(journal.file(last + 1))


def _look(file: str) -> Look:
    """What changes with every line; asked before each decision, where making a Path costs more than asking."""
    try:
        found = os.stat(file)  # noqa: PTH116
    except FileNotFoundError:
        return _NO_FILE
    return found.st_ino, found.st_size, found.st_mtime_ns


def _event(line: Line) -> SwitchEvent:
    """One event. What cannot be read may have been an "off": the rules alone are the safe side."""
    try:
        return SwitchEvent.model_validate(line.record)
    except ValidationError:
        return UNREADABLE
