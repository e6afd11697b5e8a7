"""A store on real files, a decision to start from, and a clock that stands where the test puts it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback_store.record import DecisionRecord
from feedback_store.store import FeedbackStore
from triage_core.levels import FrenchLevel

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> FeedbackStore:
    return FeedbackStore(tmp_path, clock=clock)


def _a_decision(prediction_id: str = "p1", level: str = "3B", **changes: object) -> DecisionRecord:
    french = FrenchLevel(level)
    facts = {
        "prediction_id": prediction_id,
        "timestamp": NOON,
        "model_version": "m-1",
        "rules_version": "french-1.1+00000000",
        "gravity_level": french.gravity,
        "french_level": french,
        "rules_level": french,
        "prediction_quality": "medium",
        "provisional": False,
        "ml_available": True,
        "raised_by_model": False,
        "features": {"age": 65, "sexe": "M", "temperature": 37.2, "modulateurs": ["ecg_anormal"]},
        "latency_ms": 1.5,
        "source": "api",
    }
    return DecisionRecord.model_validate(facts | changes)


@pytest.fixture
def a_decision() -> Callable[..., DecisionRecord]:
    return _a_decision


def _a_verdict(prediction_id: str = "p1", kind: str = "correct", **changes: object) -> dict[str, object]:
    """A sound verdict on ``a_decision()``, which is 3B."""
    to = {"correct": "JAUNE", "upgrade": "ROUGE", "downgrade": "VERT", "disagree": "ROUGE"}[kind]
    told = {"prediction_id": prediction_id, "original_gravity": "JAUNE", "feedback_type": kind, "corrected_gravity": to}
    return told | ({"reason": "va bien"} if kind == "downgrade" else {}) | changes


@pytest.fixture
def a_verdict() -> Callable[..., dict[str, object]]:
    return _a_verdict
