"""A line of a small journal that this program cannot read is named by its place, and nothing else is."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback_store.alert_log import ALERTS, AlertLog
from feedback_store.automatic import AUTOMATIC, AutomaticRuns, Trigger
from feedback_store.events import verify_events
from feedback_store.journal import FaultReason
from feedback_store.reviews import REVIEWS, Reviews
from feedback_store.trials import TRIALS, TrialLog
from triage_core.monitoring.alerts import AlertKind, Change, Reading


def now() -> datetime:
    return datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A data folder in which each small journal holds what the program itself writes."""
    alerts, trials, reviews = AlertLog(tmp_path, now), TrialLog(tmp_path, now), Reviews(tmp_path, now)
    alerts.record(Change(Reading(AlertKind.ERROR_RATE, 0.3, 0.15, 0.12), is_raised=True))
    alerts.acknowledge(alerts.standing()[0].key, "Anne")
    trials.stop(trials.start("v2", "v1", 0.2, "Anne").trial_id, "Anne", "asked")
    reviews.set_aside([("p-1", ("f-1",), ("baisse",))])
    reviews.decide("p-1", ("f-1",), accept=True, reason="relu avec le médecin")
    AutomaticRuns(tmp_path, now).record(Trigger.DRIFT, "job-1")
    return tmp_path


def test_what_the_program_writes_it_can_read(used: Path) -> None:
    reports = {report.name: report for report in verify_events(used)}
    lines = {"reviews.jsonl": 2, "trials.jsonl": 2, "alerts.jsonl": 2, "automatic_runs.jsonl": 1}
    assert {name: report.lines for name, report in reports.items()} == lines
    assert not any(report.faults for report in reports.values())


def test_journals_that_do_not_exist_are_not_told(tmp_path: Path) -> None:
    assert list(verify_events(tmp_path)) == []


@pytest.mark.parametrize("place", [REVIEWS, TRIALS, ALERTS, AUTOMATIC])
@pytest.mark.parametrize("damage", [b"{broken\n", b'{"schema_version":1}\n', b'{"torn'])
def test_a_line_that_cannot_be_read_is_named_by_its_bytes(used: Path, place: Path, damage: bytes) -> None:
    sound = (used / place).read_bytes()
    (used / place).write_bytes(sound + damage)
    (told,) = [report for report in verify_events(used) if report.faults]
    (fault,) = told.faults
    assert (fault.file, fault.offset, fault.end) == (place.name, len(sound), len(sound) + len(damage))


@pytest.mark.parametrize("place", [REVIEWS, TRIALS, ALERTS, AUTOMATIC])
def test_every_line_of_an_unknown_schema_is_named(used: Path, place: Path) -> None:
    lines = [json.loads(line) | {"schema_version": 9} for line in (used / place).read_text("utf-8").splitlines()]
    (used / place).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (told,) = [report for report in verify_events(used) if report.faults]
    assert [fault.reason for fault in told.faults] == [FaultReason.INVALID_RECORD] * len(lines)
