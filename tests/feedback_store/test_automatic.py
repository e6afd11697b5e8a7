"""Automatic runs: what started the last one, and that the next must wait."""

from datetime import timedelta
from pathlib import Path

from feedback_store.automatic import AutomaticRuns, Trigger
from feedback_store.journals import AUTOMATIC, ledgers_of
from tests.feedback_store.conftest import NOON, Clock


def test_one_run_a_day_also_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    runs = AutomaticRuns(ledgers_of(tmp_path).automatic, clock)
    assert (runs.last(), runs.may_start(24)) == (None, True)
    runs.record(Trigger.ERROR_RATE, "job-1")
    clock.now = NOON + timedelta(hours=23)
    restarted = AutomaticRuns(ledgers_of(tmp_path).automatic, clock)
    assert not restarted.may_start(24)
    clock.now = NOON + timedelta(hours=24)
    assert restarted.may_start(24)
    last = restarted.last()
    assert last is not None
    assert (last.trigger, last.job_id, last.timestamp) == (Trigger.ERROR_RATE, "job-1", NOON)


def test_a_start_that_failed_counts_and_a_damaged_line_does_not(tmp_path: Path, clock: Clock) -> None:
    runs = AutomaticRuns(ledgers_of(tmp_path).automatic, clock)
    runs.record(Trigger.DRIFT, None, "50 corrections wanted, 3 usable")
    with (tmp_path / AUTOMATIC).open("a") as journal:
        journal.write('not json\n{"trigger":"other"}\n')
    last = runs.last()
    assert last is not None
    assert (last.job_id, last.note) == (None, "50 corrections wanted, 3 usable")
    assert not runs.may_start(24)
