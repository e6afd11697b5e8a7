"""Experiments as events: one at a time, each with who, when, share and why it ended; damage begins nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from feedback_store.journals import TRIALS, ledgers_of
from feedback_store.trials import TrialAlreadyRuns, TrialLog
from tests.feedback_store.conftest import NOON, Clock


@pytest.fixture
def trials(tmp_path: Path, clock: Clock) -> TrialLog:
    return TrialLog(ledgers_of(tmp_path).trials, clock)


def test_an_experiment_runs_until_somebody_stops_it(trials: TrialLog, clock: Clock) -> None:
    trial = trials.start("v2", "v1", 0.2, "chef")
    assert trials.running() == trial
    clock.now += timedelta(hours=1)
    assert trials.stop(trial.trial_id, "chef", "asked")
    assert trials.running() is None
    ended = trials.all()[0]
    assert (ended.started_by, ended.stopped_by, ended.reason, ended.stopped_at) == ("chef", "chef", "asked", clock.now)


def test_another_process_sees_the_same_experiment(trials: TrialLog, tmp_path: Path, clock: Clock) -> None:
    other = TrialLog(ledgers_of(tmp_path).trials, clock)
    trial = trials.start("v2", "v1", 0.2, "chef")
    assert other.running() == trial
    with pytest.raises(TrialAlreadyRuns):
        other.start("v3", "v1", 0.2, "chef")


def test_the_second_of_two_starts_at_once_does_not_run(
    trials: TrialLog, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = TrialLog(ledgers_of(tmp_path).trials, clock)
    first = other.start("v3", "v1", 0.1, "adjoint")
    answers = iter([None, first])
    monkeypatch.setattr(trials, "running", lambda: next(answers))
    with pytest.raises(TrialAlreadyRuns):
        trials.start("v2", "v1", 0.2, "chef")
    assert [trial.challenger for trial in trials.all()] == ["v3"]


def test_an_experiment_is_stopped_once(trials: TrialLog) -> None:
    trial = trials.start("v2", "v1", 0.2, "chef")
    assert not trials.stop("another", "chef", "asked")
    assert trials.stop(trial.trial_id, "medtriage", "worse", "figures")
    assert not trials.stop(trial.trial_id, "chef", "asked")
    assert trials.all()[0].detail == "figures"


@pytest.mark.parametrize("share", [0.0, 0.6, -1.0])
def test_a_share_outside_the_half_is_refused(trials: TrialLog, share: float) -> None:
    with pytest.raises(ValidationError):
        trials.start("v2", "v1", share, "chef")
    assert trials.all() == ()


def test_the_share_is_kept_and_a_case_stays_where_it_is(trials: TrialLog) -> None:
    trial = trials.start("v2", "v1", 0.2, "chef")
    taken = [trial.takes(f"case {place}") for place in range(5000)]
    assert 900 < sum(taken) < 1100
    assert taken == [trial.takes(f"case {place}") for place in range(5000)]


def test_the_experiment_of_a_moment_is_known_afterwards(trials: TrialLog, clock: Clock) -> None:
    trial = trials.start("v2", "v1", 0.2, "chef")
    clock.now += timedelta(hours=2)
    trials.stop(trial.trial_id, "chef", "asked")
    assert trials.at(NOON + timedelta(hours=1)) is not None
    assert trials.at(NOON - timedelta(hours=1)) is None
    assert trials.at(NOON + timedelta(hours=3)) is None


def test_damaged_events_begin_and_end_nothing(trials: TrialLog, tmp_path: Path) -> None:
    trial = trials.start("v2", "v1", 0.2, "chef")
    end = f'{{"event":"stop","trial_id":"{trial.trial_id}","timestamp":"when?"}}\n'
    with (tmp_path / TRIALS).open("a") as journal:
        journal.write('not json\n{"event":"stop","trial_id":"x"}\n{"event":"other"}\n' + end)
    assert trials.running() == trial
    (tmp_path / TRIALS).write_text('{"event":"start","trial_id":"x","share":7}\n')
    assert trials.all() == ()
