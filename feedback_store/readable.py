"""Whether today's program can read what a line holds, whatever its chain says: one judge for each journal."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import get_args

from pydantic import BaseModel, ValidationError

from feedback_store.alert_log import Alert, Event
from feedback_store.automatic import AutomaticRun
from feedback_store.journal import FaultReason, Line
from feedback_store.journals import ALERTS, AUTOMATIC, DECISIONS, FEEDBACK, PROMOTIONS, REVIEWS, SWITCH, TRIALS
from feedback_store.model_switch import SwitchEvent
from feedback_store.reviews import ReviewRecord
from feedback_store.tally import decision_head, read_feedback
from feedback_store.trials import Trial

Record = Mapping[str, object]
Judge = Callable[[Line], object]
SCHEMA = 1


def fault_in(name: str, line: Line) -> FaultReason | None:
    """Why a line of the journal ``name`` cannot be used; ``None`` for a sound one and where nobody judges."""
    judge = _JUDGES.get(name)
    told = judge(line) if judge and not line.is_purged else None
    return told if isinstance(told, FaultReason) else None


def _if(is_readable: Callable[[Record], bool]) -> Judge:
    def judge(line: Line) -> FaultReason | None:
        if line.record is None:
            return line.fault
        return None if is_readable(line.record) else FaultReason.INVALID_RECORD

    return judge


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


def _is_promotion(record: Record) -> bool:
    """The first ones bore no schema."""
    is_known = record.get("act") in ("promote", "rollback") and record.get("schema_version", SCHEMA) == SCHEMA
    return is_known and isinstance(record.get("version"), str)


_JUDGES: Mapping[str, Judge] = MappingProxyType(
    {
        DECISIONS.name: decision_head,
        FEEDBACK.name: read_feedback,
        REVIEWS.name: _if(lambda record: _fits(ReviewRecord, record)),
        TRIALS.name: _if(_is_trial_event),
        SWITCH.name: _if(lambda record: _fits(SwitchEvent, record)),
        ALERTS.name: _if(_is_alert_event),
        AUTOMATIC.name: _if(lambda record: _fits(AutomaticRun, record)),
        PROMOTIONS.name: _if(_is_promotion),
    }
)
