"""The monitoring's reading of the journals: continued and not repeated, the same after a restart."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_store import watch_keeper
from feedback_store.journals import DECISIONS, ledgers_of
from feedback_store.record import DecisionRecord
from feedback_store.store import FeedbackStore
from feedback_store.trials import TrialLog
from feedback_store.watch_keeper import WATCH_CHECKPOINT
from feedback_store.watch_tally import Outcome, Verdict, WatchTally
from feedback_store.watching import (
    Arm,
    Watching,
    _quantile,
    activity,
    drifts,
    errors_by_kind,
    overrides,
    verdict_periods,
)
from tests.feedback_store.conftest import NOON, Clock
from triage_core.levels import FrenchLevel, Gravity
from triage_core.monitoring.paired import PairedShares
from triage_core.monitoring.sequential import ArmErrors

MakeDecision = Callable[..., DecisionRecord]
MakeVerdict = Callable[..., dict[str, object]]


def shadow(level: str, version: str = "v2") -> dict[str, object]:
    french = FrenchLevel(level)
    probabilities = dict.fromkeys(Gravity, 0.25)
    return {
        "model_version": version,
        "gravity_level": french.gravity,
        "french_level": french,
        "probabilities": probabilities,
    }


@pytest.fixture
def trials(tmp_path: Path, clock: Clock) -> TrialLog:
    return TrialLog(ledgers_of(tmp_path).trials, clock)


@pytest.fixture
def make_watching(tmp_path: Path, store: FeedbackStore, trials: TrialLog) -> Callable[[], Watching]:
    return lambda: Watching(tmp_path, store, trials)


@pytest.fixture
def watching(make_watching: Callable[[], Watching]) -> Watching:
    return make_watching()


def test_decisions_are_counted_by_day_with_what_the_model_did(
    store: FeedbackStore, watching: Watching, a_decision: MakeDecision
) -> None:
    store.record_decision(a_decision("p1", raised_by_model=True, latency_ms=1.2))
    store.record_decision(a_decision("p2", ml_available=False, latency_ms=9000))
    store.record_decision(a_decision("p3", prediction_quality="insufficient", latency_ms=12))
    with watching.current() as tally:
        told = activity(tally, 30, NOON)[0]
        assert tally.days["2026-11-23"].features["temperature"] == {"11": 3}
        assert tally.days["2026-11-23"].features["glasgow"] == {"": 3}
    assert (told.n, told.raised, told.without_model, told.silent, told.latency_ms) == (3, 1, 1, 1, 2000)


def test_damaged_lines_and_verdicts_on_nothing_are_passed_over(
    store: FeedbackStore, watching: Watching, a_decision: MakeDecision, tmp_path: Path
) -> None:
    store.record_decision(a_decision("p1"))
    with (tmp_path / DECISIONS).open("a") as journal:
        journal.write('not json\n{"schema_version":99}\n{"schema_version":2}\n')
    (tmp_path / "feedback").mkdir(exist_ok=True)
    (tmp_path / "feedback" / "nurse_feedback.jsonl").write_text("not json\n")
    with watching.current() as tally:
        assert tally.days["2026-11-23"].n == 1
        assert not tally.errors


def test_both_models_are_compared_on_cases_with_verdicts_once_a_case(
    store: FeedbackStore, watching: Watching, a_decision: MakeDecision, a_verdict: MakeVerdict
) -> None:
    for prediction_id, level in (("p1", "2"), ("p2", "3B"), ("p3", "4")):  # ours is 3B, JAUNE
        store.record_decision(a_decision(prediction_id, shadow=shadow(level)))
    store.submit(a_verdict("p1", "upgrade", nurse_id="ioa-1"))  # she says ROUGE, as the challenger
    store.submit(a_verdict("p1", "correct", nurse_id="ioa-2"))  # the more urgent word counts, once
    store.submit(a_verdict("p3", "correct"))
    found = watching.comparison("m-1", "v2")
    assert found.under == PairedShares(both=0, first=1, second=1, neither=0)
    assert found.over == PairedShares(0, 0, 0, 2)
    assert found.error.n == 2
    assert watching.comparison("m-1", "v3").error.n == 0


def test_a_second_verdict_of_the_same_nurse_replaces_her_first(
    store: FeedbackStore, watching: Watching, a_decision: MakeDecision, a_verdict: MakeVerdict
) -> None:
    store.record_decision(a_decision("p1", shadow=shadow("2")))
    store.submit(a_verdict("p1", "upgrade"))
    assert watching.comparison("m-1", "v2").under.first == 1
    store.submit(a_verdict("p1", "correct"))
    found = watching.comparison("m-1", "v2")
    assert (found.under.first, found.over.second, found.error.n) == (0, 1, 1)


def test_the_arms_of_an_experiment_count_its_own_cases_only(
    store: FeedbackStore, watching: Watching, trials: TrialLog, a_decision: MakeDecision, a_verdict: MakeVerdict
) -> None:
    store.record_decision(a_decision("before", timestamp=NOON - timedelta(hours=1), shadow=shadow("3B")))
    trial = trials.start("v2", "m-1", 0.5, "chef")
    store.record_decision(a_decision("p1", shadow=shadow("3B")))
    other = shadow("3B", "m-1")
    store.record_decision(a_decision("p2", model_version="v2", arm="challenger", shadow=other))
    store.record_decision(a_decision("p3", model_version="v2", arm="challenger", shadow=other))
    for prediction_id, kind in (("before", "upgrade"), ("p1", "correct"), ("p2", "upgrade"), ("p3", "downgrade")):
        store.submit(a_verdict(prediction_id, kind))
    arms = watching.arms(trial)
    assert arms == (Arm(verdicts=1, errors=0, under=0), Arm(verdicts=2, errors=2, under=1))
    assert errors_by_kind(*arms) == {"under_triage": ArmErrors(0, 1), "error": ArmErrors(0, 2)}


def test_a_restart_continues_from_the_checkpoint(
    store: FeedbackStore,
    make_watching: Callable[[], Watching],
    a_decision: MakeDecision,
    a_verdict: MakeVerdict,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch_keeper, "SAVE_EVERY", 0)
    store.record_decision(a_decision("p1", shadow=shadow("2")))
    store.submit(a_verdict("p1", "upgrade"))
    first = make_watching()
    with first.current() as tally:
        before = tally
    assert (tmp_path / WATCH_CHECKPOINT).exists()
    again = make_watching()
    monkeypatch.setattr(again._keeper, "_take_new_lines", lambda tally: None)
    with again.current() as tally:
        assert (tally.days, tally.recent, tally.errors) == (before.days, before.recent, before.errors)
        assert (tally.cases, tally.outcomes) == (before.cases, before.outcomes)


@pytest.mark.parametrize("content", ["not json", '{"version":1}', None])
def test_a_checkpoint_that_does_not_fit_is_read_anew(
    store: FeedbackStore,
    make_watching: Callable[[], Watching],
    a_decision: MakeDecision,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str | None,
) -> None:
    monkeypatch.setattr(watch_keeper, "SAVE_EVERY", 0)
    store.record_decision(a_decision("p1"))
    with make_watching().current():
        path = tmp_path / WATCH_CHECKPOINT
    path.write_text(content if content is not None else path.read_text().replace("frequence_cardiaque", "other"))
    with make_watching().current() as tally:
        assert tally.days["2026-11-23"].n == 1


def test_a_journal_that_is_another_file_is_read_from_its_start(
    store: FeedbackStore, watching: Watching, a_decision: MakeDecision, tmp_path: Path
) -> None:
    store.record_decision(a_decision("p1"))
    store.record_decision(a_decision("p2"))
    with watching.current() as tally:
        assert tally.days["2026-11-23"].n == 2
    (tmp_path / DECISIONS).unlink()
    store.record_decision(a_decision("p3"))
    with watching.current() as tally:
        assert tally.days["2026-11-23"].n == 1


def test_a_checkpoint_that_cannot_be_saved_costs_nothing_but_time(
    store: FeedbackStore,
    make_watching: Callable[[], Watching],
    a_decision: MakeDecision,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(watch_keeper, "SAVE_EVERY", 0)
    (tmp_path / WATCH_CHECKPOINT).mkdir(parents=True)
    store.record_decision(a_decision("p1"))
    with make_watching().current() as tally:
        assert tally.days["2026-11-23"].n == 1
    assert "not saved" in caplog.text
    assert "unreadable" in caplog.text


def test_verdicts_are_grouped_by_day_then_by_week(
    store: FeedbackStore, clock: Clock, a_decision: MakeDecision, a_verdict: MakeVerdict
) -> None:
    for days, kind in ((0, "upgrade"), (1, "downgrade"), (6, "correct")):
        clock.now = NOON - timedelta(days=days)
        store.record_decision(a_decision(f"p{days}", timestamp=clock.now))
        store.submit(a_verdict(f"p{days}", kind))
    with store.counted() as tally:
        daily, weekly = verdict_periods(tally, 30, NOON), verdict_periods(tally, 90, NOON)
        assert [(p.start, p.n, p.errors, p.under, p.over) for p in daily] == [
            ("2026-11-17", 1, 0, 0, 0),
            ("2026-11-22", 1, 1, 0, 1),
            ("2026-11-23", 1, 1, 1, 0),
        ]
        assert [(p.start, p.n) for p in weekly] == [("2026-11-16", 2), ("2026-11-23", 1)]
        assert verdict_periods(tally, 3, NOON + timedelta(days=30)) == ()
        assert overrides(tally, 2, NOON)[Gravity.JAUNE] == (2, 2)


def test_old_days_leave_the_period(store: FeedbackStore, watching: Watching, a_decision: MakeDecision) -> None:
    store.record_decision(a_decision("p1", timestamp=NOON - timedelta(days=40)))
    store.record_decision(a_decision("p2"))
    with watching.current() as tally:
        assert [told.start for told in activity(tally, 30, NOON)] == ["2026-11-23"]
        assert len(activity(tally, 90, NOON)) == 2
        assert [d.n for d in drifts(tally, {"age": {"7": 10}}, 30, NOON)] == [1]
        assert drifts(tally, {}, 30, NOON) == ()


def test_a_visit_evaluated_twice_is_one_case_and_her_last_word_counts(
    store: FeedbackStore, watching: Watching, a_decision: MakeDecision, a_verdict: MakeVerdict
) -> None:
    store.record_decision(a_decision("p1", shadow=shadow("3B")))
    store.record_decision(a_decision("p2", shadow=shadow("3B"), supersedes="p1"))
    store.submit(a_verdict("p1", "upgrade", nurse_id="ioa-1"))
    store.submit(a_verdict("p2", "correct", nurse_id="ioa-1"))
    assert watching.comparison("m-1", "v2").error == PairedShares(0, 0, 0, 1)


def test_a_chain_of_evaluations_that_bites_its_tail_ends(
    store: FeedbackStore, watching: Watching, a_decision: MakeDecision, a_verdict: MakeVerdict
) -> None:
    store.record_decision(a_decision("p1", shadow=shadow("3B"), supersedes="p1"))
    store.submit(a_verdict("p1", "correct"))
    assert watching.comparison("m-1", "v2").error.n == 1


def test_a_day_without_a_measured_time_has_no_latency() -> None:
    assert _quantile(Counter(), 0.95) is None


def test_a_verdict_on_a_case_that_one_model_answered_compares_nothing(
    store: FeedbackStore, watching: Watching, a_decision: MakeDecision, a_verdict: MakeVerdict
) -> None:
    store.record_decision(a_decision("p1"))
    store.submit(a_verdict("p1", "upgrade"))
    with watching.current() as tally:
        assert (list(tally.errors), tally.cases) == ([True], {})


def test_a_case_with_one_word_is_counted_once() -> None:
    tally = WatchTally()
    outcome = Outcome("", "v1", "v2", "champion", 0, 0, 0)
    for _ in range(2):
        tally.let_stand("p1", "ioa-1", Verdict(2, outcome))
    assert tally.outcomes == {outcome: 1}


def test_a_long_history_is_behind_until_it_was_read_once_and_while_somebody_reads_it(
    store: FeedbackStore,
    make_watching: Callable[[], Watching],
    a_decision: MakeDecision,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.record_decision(a_decision("p1"))
    watching = make_watching()
    assert not watching.is_behind()
    monkeypatch.setattr(watch_keeper, "AT_ONCE", 0)
    monkeypatch.setattr(watch_keeper, "PATIENCE_S", 0.01)
    assert watching.is_behind()
    with watching.current():
        assert watching.is_behind()  # another reader would wait
    assert not watching.is_behind()
    store.keeping.ledgers.decisions.begin_segment("test")
    store.record_decision(a_decision("p2"))
    assert watching.is_behind()
    with watching.current():
        pass
    assert not watching.is_behind()
