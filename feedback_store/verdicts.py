"""A nurse's verdict as it arrives, checked whole against our own record of the decision."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, ValidationError

from feedback_store.errors import InvalidVerdict, UnknownPrediction
from feedback_store.record import DecisionRecord, FeedbackType, direction
from triage_core.errors import FieldError
from triage_core.features import MAX_TEXT
from triage_core.levels import FrenchLevel, Gravity

MAX_SYMPTOMS = 50
CONFIRMED_BELOW = (FrenchLevel.L1, FrenchLevel.L2)  # lowering from here asks for a second yes (design, 3.8)

Text = Annotated[str, StringConstraints(strict=True, max_length=MAX_TEXT)]
GravityName = Literal["ROUGE", "JAUNE", "VERT", "GRIS"]
LevelName = Literal["1", "2", "3A", "3B", "4", "5"]


class Submission(BaseModel):
    """The body of ``POST /feedback/submit``. ``patient_features`` is accepted and not used: ours count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prediction_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_TEXT)]
    nurse_id: Text | None = None
    original_gravity: GravityName
    feedback_type: FeedbackType
    corrected_gravity: GravityName
    corrected_french_level: LevelName | None = None
    reason: Text | None = None
    missed_symptoms: Annotated[list[Text], Field(strict=True, max_length=MAX_SYMPTOMS)] = []
    patient_features: Annotated[dict[str, object], Field(strict=True)] = {}
    confirmed: StrictBool | None = None


@dataclass(frozen=True)
class CheckedVerdict:
    """A sound submission and the decision of ours that it speaks of."""

    submission: Submission
    decision: DecisionRecord


def check_verdict(raw: object, find: Callable[[str], DecisionRecord | None]) -> CheckedVerdict:
    """Check a submission whole: its shape, then its sense against our own record.

    Raises ``UnknownPrediction`` for a sound body on a prediction we never made, ``InvalidVerdict`` with
    **every** faulty field otherwise; no message holds what was sent.
    """
    submission, errors = _shape(raw)
    told = raw if isinstance(raw, Mapping) else {}
    sound = {k: v for k, v in told.items() if k not in {e.field.split(".")[0] for e in errors}}
    decision = find(sound["prediction_id"]) if "prediction_id" in sound else None
    if decision is None and submission is not None:
        raise UnknownPrediction("no recorded decision bears this prediction_id")
    if decision is not None:
        errors += tuple(_sense(sound, {e.field for e in errors}, decision))
    if errors or submission is None or decision is None:
        raise InvalidVerdict(errors)
    return CheckedVerdict(submission, decision)


def _shape(raw: object) -> tuple[Submission | None, tuple[FieldError, ...]]:
    try:
        return Submission.model_validate(raw), ()
    except ValidationError as fault:
        found: dict[str, FieldError] = {}
        for error in fault.errors(include_url=False, include_input=False, include_context=False):
            field = ".".join(str(part) for part in error["loc"]) or "body"
            found.setdefault(field, FieldError(field, error["msg"], error["type"]))
        return None, tuple(found.values())


def _sense(sound: Mapping[str, object], faulty: set[str], decision: DecisionRecord) -> Iterator[FieldError]:
    """Faults of meaning among the fields whose shape is sound."""
    if "original_gravity" in sound and sound["original_gravity"] != decision.gravity_level:
        yield FieldError("original_gravity", "is not the gravity of this prediction", "not_our_gravity")
    if "corrected_gravity" not in sound or "corrected_french_level" in faulty:
        return
    gravity = Gravity(str(sound["corrected_gravity"]))
    level = FrenchLevel(str(sound["corrected_french_level"])) if sound.get("corrected_french_level") else None
    ways = {direction(decision.gravity_level, decision.french_level, gravity, level)}
    if level is not None and level.gravity is not gravity:
        yield FieldError("corrected_french_level", "does not fit corrected_gravity", "level_does_not_fit")
        ways.add(direction(decision.gravity_level, None, gravity, None))
    if len(ways) == 1:  # two that contradict each other say nothing of the direction she meant
        way = ways.pop()
        yield from _direction_fault(sound.get("feedback_type"), way)
        if way < 0:
            yield from _lowering_faults(sound, faulty, decision)


def _direction_fault(feedback_type: object, way: int) -> Iterator[FieldError]:
    field = "feedback_type"
    if feedback_type == "correct" and way != 0:
        yield FieldError(field, "correct means the same level", "correct_changes_level")
    elif feedback_type == "disagree" and way == 0:
        yield FieldError(field, "disagree means a different level", "disagree_keeps_level")
    elif feedback_type == "upgrade" and way <= 0:
        yield FieldError(field, "upgrade means a more urgent level", "upgrade_not_more_urgent")
    elif feedback_type == "downgrade" and way >= 0:
        yield FieldError(field, "downgrade means a less urgent level", "downgrade_not_less_urgent")


def _lowering_faults(sound: Mapping[str, object], faulty: set[str], decision: DecisionRecord) -> Iterator[FieldError]:
    """Any lowering is argued; from level 1 or 2 it is also confirmed."""
    if "reason" not in faulty and not str(sound.get("reason") or "").strip():
        yield FieldError("reason", "is required to lower the level", "reason_required")
    unconfirmed = "confirmed" not in faulty and sound.get("confirmed") is not True
    if decision.french_level in CONFIRMED_BELOW and unconfirmed:
        yield FieldError("confirmed", "must be true to lower from level 1 or 2", "confirmation_required")
