"""A store on real files, a decision to start from, and a clock that stands where the test puts it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback_store.keys import Keyring
from feedback_store.ledger import Ledger
from feedback_store.proof import Kind, Walk
from feedback_store.record import DecisionRecord
from feedback_store.store import FeedbackStore, keeping_of
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


@pytest.fixture
def judged(
    store: FeedbackStore, a_decision: Callable[..., DecisionRecord], a_verdict: Callable[..., dict[str, object]]
) -> Callable[..., None]:
    """Record a decision and one verdict on it for every kind named."""

    def judge(*kinds: str, nurse_id: str | None = None) -> None:
        for kind in kinds:
            prediction_id = f"p{store.count()}"
            store.record_decision(a_decision(prediction_id, timestamp=store._clock()))
            store.submit(a_verdict(prediction_id, kind, nurse_id=nurse_id))

    return judge


@pytest.fixture
def three(
    store: FeedbackStore,
    a_decision: Callable[..., DecisionRecord],
    a_verdict: Callable[..., dict[str, object]],
    clock: Clock,
) -> FeedbackStore:
    """Three cases with verdict and label, the first forty days old, and their statistics read once."""
    for number, days in enumerate((40, 1, 0)):
        clock.now = NOON - timedelta(days=days)
        store.record_decision(a_decision(f"p{number}", timestamp=clock.now))
        store.submit(a_verdict(f"p{number}"))
        store.labels.set_label(f"p{number}", f"Box {number}")
    store.stats()
    return store


def findings(folder: Path) -> list[tuple[str, Kind]]:
    """What a verification of the whole folder finds."""
    return [(found.file, found.kind) for report in keeping_of(folder).verify() for found in report.findings]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return again(tmp_path)


def again(folder: Path) -> Ledger:
    """The same journal as another process sees it."""
    return Ledger(folder / "j.jsonl", Keyring(folder / "secrets" / "key"))


def kinds(ledger: Ledger) -> list[Kind]:
    walk = Walk(ledger, ledger.keys.need())
    return [found.kind for found in (*walk.run(ledger.read_raw()), *walk.close(ledger.current()))]


def numbers(ledger: Ledger) -> list[object]:
    return [line.record.get("n") for line in ledger.read() if line.record]


def filled(ledger: Ledger, count: int = 3) -> Ledger:
    for number in range(count):
        ledger.append({"n": number})
    return ledger
