"""Rates, thresholds, replaced verdicts, and never reading a line twice."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_store.journal import FaultReason
from feedback_store.stats import FeedbackThresholds
from feedback_store.store import FeedbackStore
from feedback_store.tally import Wanted
from tests.feedback_store.conftest import NOON, Clock

Make = Callable[..., object]


def test_without_feedback_every_rate_is_null_and_nothing_is_recommended(store: FeedbackStore) -> None:
    stats = store.stats()
    assert (stats.total_predictions, stats.total_feedback, stats.accuracy_rate) == (0, 0, None)
    assert (stats.under_triage_rate, stats.over_triage_rate, stats.period_start) == (None, None, None)
    assert not stats.retraining_recommended and stats.reasons == ()


def test_rates_are_shares_of_the_verdicts(store: FeedbackStore, judged: Callable[..., None]) -> None:
    judged(
        "correct", "correct", "correct", "upgrade", "disagree", "downgrade", "correct", "correct", "correct", "correct"
    )
    stats = store.stats()
    assert (stats.total_predictions, stats.total_feedback, stats.accuracy_rate) == (10, 10, 0.7)
    assert (stats.upgrade_rate, stats.downgrade_rate, stats.disagree_rate) == (0.1, 0.1, 0.1)
    assert (stats.under_triage_rate, stats.over_triage_rate) == (0.2, 0.1)  # the disagreement went upwards


def test_verdicts_are_told_by_the_gravity_we_had_shown(store: FeedbackStore, judged: Callable[..., None]) -> None:
    judged("correct", "upgrade")
    by_level = store.stats().model_dump(mode="json")["by_level"]
    assert list(by_level) == ["ROUGE", "JAUNE", "VERT", "GRIS"]
    assert (by_level["JAUNE"]["total"], by_level["JAUNE"]["under_triage"]) == (2, 1)
    assert (by_level["JAUNE"]["accuracy_rate"], by_level["VERT"]["accuracy_rate"]) == (0.5, None)


def test_a_second_verdict_of_the_same_nurse_replaces_her_first_and_both_stay_in_the_file(
    store: FeedbackStore, a_decision: Make, a_verdict: Make, tmp_path: Path
) -> None:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    store.submit(a_verdict(kind="correct", nurse_id="a"))
    assert store.stats().accuracy_rate == 1
    store.submit(a_verdict(kind="upgrade", nurse_id="a"))
    stats = store.stats()
    assert (stats.total_feedback, stats.accuracy_rate, stats.under_triage_rate, store.count()) == (1, 0, 1, 1)
    assert len((tmp_path / "feedback" / "nurse_feedback.jsonl").read_bytes().splitlines()) == 2


def test_two_nurses_count_twice_and_verdicts_without_a_nurse_once(
    store: FeedbackStore, a_decision: Make, a_verdict: Make
) -> None:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    for nurse in ("a", "b", None, "", " "):
        store.submit(a_verdict(nurse_id=nurse))
    assert store.count() == 3


@pytest.mark.parametrize(
    ("kinds", "reasons"),
    [
        (["correct"] * 9, []),
        (["correct"] * 10, ["enough_feedback"]),
        (["correct"] * 4 + ["upgrade"] * 1, ["error_rate"]),
        (["correct"] * 3 + ["upgrade"] * 1, []),
        (["correct"] * 17 + ["upgrade"] * 3, ["enough_feedback"]),
        (["correct"] * 16 + ["upgrade"] * 4, ["enough_feedback", "error_rate"]),
    ],
)
def test_passing_a_threshold_shows_the_recommendation(
    store: FeedbackStore, judged: Callable[..., None], kinds: list[str], reasons: list[str]
) -> None:
    store.settings = FeedbackThresholds(min_feedback=10, max_error_rate=0.15, min_samples=5)
    judged(*kinds)
    stats = store.stats()
    assert (list(stats.reasons), stats.retraining_recommended) == (reasons, bool(reasons))


def test_the_thresholds_are_those_of_the_house_unless_set() -> None:
    assert FeedbackThresholds().model_dump() == {"min_feedback": 100, "max_error_rate": 0.15, "min_samples": 50}


def test_a_period_counts_its_days_and_no_older_ones(
    store: FeedbackStore, judged: Callable[..., None], clock: object
) -> None:
    today = store._clock()
    for days_ago, kind in ((8, "upgrade"), (6, "correct"), (0, "correct")):
        clock.now = today - timedelta(days=days_ago)  # type: ignore[attr-defined]
        judged(kind)
    week, ever = store.stats(since_days=7), store.stats()
    assert (week.total_predictions, week.total_feedback, week.accuracy_rate) == (2, 2, 1)
    assert (ever.total_predictions, ever.total_feedback) == (3, 3)
    assert week.period_start is not None and week.period_start.isoformat() == "2026-11-16T00:00:00+00:00"
    assert ever.period_start is not None and ever.period_start.day == 15
    assert (len(store.corrections(since_days=7)), len(store.corrections())) == (2, 3)


@pytest.mark.parametrize("days", [-1, 36_501, 10**12])
def test_an_impossible_period_is_refused(store: FeedbackStore, days: int) -> None:
    with pytest.raises(ValueError, match="since_days"):
        store.stats(since_days=days)


def test_damaged_lines_are_reported_once_and_survive_a_restart(
    store: FeedbackStore, judged: Callable[..., None], tmp_path: Path
) -> None:
    judged("correct")
    feedback, decisions = tmp_path / "feedback" / "nurse_feedback.jsonl", tmp_path / "triage" / "decisions.jsonl"
    with feedback.open("ab") as file:
        file.write(b'{"schema_version":99}\n{"schema_version":1}\n\xff\n')
    with decisions.open("ab") as file:
        file.write(b'{"schema_version":1,"prediction_id":"x","timestamp":"2026-11-23T12:00:00"}\n')
        file.write(b'{"schema_version":1,"prediction_id":"x","timestamp":"soon"}\n{"schema_version":3}\n[]\n')
    expected = [
        ("decisions.jsonl", FaultReason.INVALID_RECORD),
        ("decisions.jsonl", FaultReason.INVALID_RECORD),
        ("decisions.jsonl", FaultReason.UNKNOWN_SCHEMA),
        ("decisions.jsonl", FaultReason.NOT_AN_OBJECT),
        ("nurse_feedback.jsonl", FaultReason.UNKNOWN_SCHEMA),
        ("nurse_feedback.jsonl", FaultReason.INVALID_RECORD),
        ("nurse_feedback.jsonl", FaultReason.NOT_JSON),
    ]
    assert [(f.file, f.reason) for f in store.faults()] == expected
    assert [(f.file, f.reason) for f in FeedbackStore(tmp_path).faults()] == expected
    assert (store.stats().total_feedback, store.stats().total_predictions) == (1, 1)


def test_a_torn_tail_is_reported_until_it_is_set_aside(
    store: FeedbackStore, judged: Callable[..., None], tmp_path: Path
) -> None:
    judged("correct")
    with (tmp_path / "feedback" / "nurse_feedback.jsonl").open("ab") as file:
        file.write(b'{"schema_ver')
    assert [f.reason for f in store.faults()] == [FaultReason.TORN]
    judged("upgrade")
    assert (store.faults(), store.count()) == ((), 2)


def test_a_store_opened_on_a_torn_file_sets_the_tail_aside(
    store: FeedbackStore, judged: Callable[..., None], tmp_path: Path
) -> None:
    judged("correct")
    path = tmp_path / "triage" / "decisions.jsonl"
    with path.open("ab") as file:
        file.write(b'{"half')
    FeedbackStore(tmp_path)
    assert path.with_name("decisions.jsonl.torn").read_bytes() == b'{"half\n'
    assert path.read_bytes().endswith(b"}\n")


def test_a_store_whose_torn_tail_cannot_be_set_aside_still_opens_and_reports_it(
    store: FeedbackStore, judged: Callable[..., None], tmp_path: Path
) -> None:
    judged("correct")
    path = tmp_path / "triage" / "decisions.jsonl"
    with path.open("ab") as file:
        file.write(b'{"half')
    path.with_name("decisions.jsonl.torn").mkdir()
    restarted = FeedbackStore(tmp_path)
    assert [f.reason for f in restarted.faults()] == [FaultReason.TORN]
    assert restarted.stats().total_predictions == 1


def test_the_newest_verdicts_are_read_alone_and_all_are_counted(
    store: FeedbackStore, a_decision: Make, a_verdict: Make, clock: Clock
) -> None:
    for number in range(9):
        clock.now = NOON + timedelta(days=number // 3, minutes=number)
        store.record_decision(a_decision(f"p{number}"))
        store.submit(a_verdict(f"p{number}", "upgrade" if number in (1, 7) else "correct"))
    clock.now = NOON + timedelta(days=2, hours=1)

    def newest(days: int | None, most: int, *chosen: tuple[str, ...]) -> tuple[int, list[str]]:
        total, records = store.newest_corrections(days, most, *chosen)
        return total, [record.prediction_id for record in records]

    assert newest(None, 4) == (9, ["p8", "p7", "p6", "p5"])
    assert newest(1, 9) == (6, ["p8", "p7", "p6", "p5", "p4", "p3"])
    assert newest(None, 9, (), ("upgrade",)) == (2, ["p7", "p1"])
    assert newest(None, 1, ("JAUNE",), ("upgrade", "disagree")) == (2, ["p7"])
    assert newest(None, 9, ("ROUGE",)) == (0, [])
    assert newest(None, 0) == (9, [])
    wanted = [record.prediction_id for record in store.corrections() if Wanted("", (), ("upgrade",)).takes(record)]
    assert wanted == ["p1", "p7"]
