"""The small journals beside the chained two: reviews, experiments, alerts, trainings that started by themselves.

They are not chained: what is told of a line is only whether this program can read it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from pydantic import BaseModel, ValidationError

from feedback_store.alert_log import ALERTS, Alert, Event
from feedback_store.automatic import AUTOMATIC, AutomaticRun
from feedback_store.journal import FaultReason, Journal, Line
from feedback_store.reviews import REVIEWS, ReviewRecord
from feedback_store.tally import Fault
from feedback_store.trials import TRIALS, Trial

Record = Mapping[str, object]
IsReadable = Callable[[Record], bool]
SCHEMA = 1


@dataclass(frozen=True)
class EventReport:
    """What one small journal holds: its name, how many lines, and those that cannot be read."""

    name: str
    lines: int
    faults: tuple[Fault, ...]


def verify_events(data_dir: Path) -> Iterator[EventReport]:
    """Read every small journal that exists, line by line. Changes nothing."""
    for place, is_readable in _KINDS.items():
        if (data_dir / place).exists():
            yield verify_journal(data_dir / place, is_readable)


def verify_journal(path: Path, is_readable: IsReadable) -> EventReport:
    """Read one plain journal; ``is_readable`` judges the content of a line."""
    lines = tuple((line, _reason(line, is_readable)) for line in Journal(path).read())
    faults = tuple(Fault(path.name, line.offset, line.end, why) for line, why in lines if why is not None)
    return EventReport(path.name, len(lines), faults)


def _reason(line: Line, is_readable: IsReadable) -> FaultReason | None:
    if line.record is None:
        return line.fault
    return None if is_readable(line.record) else FaultReason.INVALID_RECORD


def _fits(model: type[BaseModel], record: Record) -> bool:
    try:
        model.model_validate(record)
    except ValidationError:
        return False
    return record.get("schema_version") == SCHEMA


def _is_alert_event(record: Record) -> bool:
    if record.get("event") == "raised":
        return _fits(Alert, {**record, "raised_at": record.get("timestamp")})
    known = record.get("event") in get_args(Event) and isinstance(record.get("key"), str)
    return known and record.get("schema_version") == SCHEMA


def _is_trial_event(record: Record) -> bool:
    if record.get("event") == "start":
        return _fits(Trial, record)
    known = record.get("event") == "stop" and isinstance(record.get("trial_id"), str)
    return known and record.get("schema_version") == SCHEMA


_KINDS: Mapping[Path, IsReadable] = MappingProxyType(
    {
        REVIEWS: lambda record: _fits(ReviewRecord, record),
        TRIALS: _is_trial_event,
        ALERTS: _is_alert_event,
        AUTOMATIC: lambda record: _fits(AutomaticRun, record),
    }
)
