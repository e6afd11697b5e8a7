"""Each alert from real journal lines: one test that raises it, one that shows it stays silent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_store.journals import DECISIONS, ledgers_of
from feedback_store.readings import Facts, WatchLimits, readings
from feedback_store.record import DecisionRecord
from feedback_store.store import FeedbackStore
from feedback_store.trials import TrialLog
from feedback_store.watching import Watching
from tests.feedback_store.conftest import NOON, Clock
from triage_core.monitoring.alerts import AlertKind, changes
from triage_core.monitoring.drift import counted

MakeDecision = Callable[..., DecisionRecord]
Raised = Callable[..., set[tuple[str, str]]]
FEVERS = [36.4 + 0.1 * (place % 12) for place in range(1000)]
REFERENCE = {"temperature": counted("temperature", FEVERS)}


@pytest.fixture
def raised(tmp_path: Path, store: FeedbackStore, clock: Clock) -> Raised:
    """Which alerts the lines of the journals raise when none stands."""
    watching = Watching(tmp_path, store, TrialLog(ledgers_of(tmp_path).trials, clock))

    def look(has_model: bool = True) -> set[tuple[str, str]]:
        faults = store.faults()
        with store.counted() as verdicts, watching.current() as watch:
            facts = Facts(verdicts, watch, has_model, REFERENCE, faults, NOON)
            found = changes(readings(facts, WatchLimits(min_samples=20)), {})
        return {(change.reading.kind.value, change.reading.subject) for change in found}

    return look


@pytest.fixture
def decide(store: FeedbackStore, a_decision: MakeDecision) -> Callable[..., None]:
    """Write ``n`` decisions, fevers as in training unless told otherwise."""

    def write(n: int, fevers: list[float | None] | None = None, **changes: object) -> None:
        told = fevers or FEVERS
        for place in range(n):
            features = {"age": 65, "sexe": "M", "temperature": told[place % len(told)]}
            store.record_decision(a_decision(f"{len(changes)}-{place}", features=features, **changes))

    return write


@pytest.fixture
def judge(store: FeedbackStore, a_decision: MakeDecision, a_verdict: Callable[..., dict[str, object]]):
    """Write decisions and the verdicts on them, by kind and in this order."""
    written: list[str] = []

    def write(*kinds: str) -> None:
        for kind in kinds:
            written.append(f"p{len(written)}")
            store.record_decision(a_decision(written[-1], features={"temperature": FEVERS[len(written)]}))
            store.submit(a_verdict(written[-1], kind))

    return write


def test_too_many_corrections_raise_the_error_rate(judge, raised: Raised) -> None:
    judge(*["correct"] * 32, *["downgrade"] * 8)
    assert raised() == {(AlertKind.ERROR_RATE, "")}


def test_corrections_within_the_limit_and_too_few_verdicts_stay_silent(judge, raised: Raised) -> None:
    judge(*["downgrade"] * 3, *["correct"] * 16)
    assert raised() == set()  # 3 of 19 is above the limit, but 19 prove nothing yet
    judge("correct")
    assert raised() == set()  # 3 of 20 is the limit itself


def test_nurses_who_find_us_too_low_raise_the_under_triage(judge, raised: Raised) -> None:
    judge(*["correct"] * 35, *["upgrade"] * 5)
    assert raised() == {(AlertKind.UNDER_TRIAGE, "")}


def test_one_under_triage_in_ten_stays_silent(judge, raised: Raised) -> None:
    judge(*["correct"] * 36, *["upgrade"] * 4)
    assert raised() == set()


def test_other_patients_raise_the_drift_of_the_feature(decide, raised: Raised) -> None:
    decide(200, [39.0, 39.4, 40.1, 38.6])
    assert raised() == {(AlertKind.FEATURE_DRIFT, "temperature")}


def test_the_same_patients_and_too_few_of_others_stay_silent(decide, raised: Raised) -> None:
    decide(199, [39.0, 39.4, 40.1])
    assert raised() == set()


def test_patients_as_in_training_stay_silent(decide, raised: Raised) -> None:
    decide(240)
    assert raised() == set()


def test_a_measure_no_longer_taken_raises_its_missingness(decide, raised: Raised) -> None:
    decide(200, [None, *FEVERS[:1], None, *FEVERS[5:6], None, *FEVERS[9:10], FEVERS[3], FEVERS[7], FEVERS[11]])
    assert (AlertKind.MISSINGNESS, "temperature") in raised()


def test_a_measure_missing_once_in_ten_stays_silent(decide, raised: Raised) -> None:
    decide(240, [None, *FEVERS[:12]])
    assert (AlertKind.MISSINGNESS, "temperature") not in raised()


def test_a_rising_stream_of_corrections_raises_the_change(judge, raised: Raised) -> None:
    judge(*["correct"] * 200, *["correct", "downgrade"] * 30)
    assert (AlertKind.ERROR_STREAM, "") in raised()


def test_a_steady_stream_stays_silent(judge, raised: Raised) -> None:
    judge(*(["correct"] * 9 + ["downgrade"]) * 25)
    assert raised() == set()


def test_a_model_that_is_not_there_is_an_alert_at_once(raised: Raised) -> None:
    assert raised(has_model=False) == {(AlertKind.MODEL_ABSENT, "")}


def test_a_model_that_often_gives_no_answer_is_an_alert(decide, raised: Raised) -> None:
    decide(38)
    decide(2, ml_available=False)
    assert raised() == {(AlertKind.MODEL_ABSENT, "")}


def test_a_model_that_answers_stays_silent(decide, raised: Raised) -> None:
    decide(19)
    decide(1, ml_available=False)
    decide(2, ml_available=True, provisional=True)
    assert raised() == set()


def test_slow_answers_are_an_alert(decide, raised: Raised) -> None:
    decide(20, latency_ms=800)
    assert raised() == {(AlertKind.LATENCY, "")}


def test_one_slow_answer_in_many_stays_silent(decide, raised: Raised) -> None:
    decide(39)
    decide(1, latency_ms=800)
    assert raised() == set()


def test_a_damaged_line_is_an_alert_of_its_file(decide, raised: Raised, tmp_path: Path) -> None:
    decide(1)
    assert raised() == set()
    with (tmp_path / DECISIONS).open("a") as journal:
        journal.write("not json\n")
    assert raised() == {(AlertKind.JOURNAL_DAMAGE, "decisions.jsonl")}
