"""Alerts as events: what stands, what was sent, who has seen it; the same for every process and after a restart."""

from pathlib import Path

import pytest

from feedback_store.alert_log import AlertLog
from feedback_store.journals import ALERTS, ledgers_of
from tests.feedback_store.conftest import Clock
from triage_core.monitoring.alerts import AlertKind, Change, Reading


def raised(kind: AlertKind = AlertKind.ERROR_RATE, value: float = 0.2, subject: str = "") -> Change:
    return Change(Reading(kind, value, 0.15, 0.12, subject), True)


def cleared(kind: AlertKind = AlertKind.ERROR_RATE) -> Change:
    return Change(Reading(kind, 0.1, 0.15, 0.12), False)


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> AlertLog:
    return AlertLog(ledgers_of(tmp_path).alerts, clock)


def test_an_alert_stands_until_it_is_cleared(log: AlertLog, tmp_path: Path, clock: Clock) -> None:
    log.record(raised())
    assert [(a.kind, a.value, a.limit) for a in AlertLog(ledgers_of(tmp_path).alerts, clock).standing()] == [
        ("error_rate", 0.2, 0.15)
    ]
    log.record(cleared())
    assert log.standing() == ()


def test_who_has_seen_it_is_kept_and_a_worse_one_asks_again(log: AlertLog) -> None:
    log.record(raised())
    assert log.acknowledge("error_rate:", "chef")
    assert log.standing()[0].acknowledged_by == "chef"
    assert log.known()["error_rate:"].is_acknowledged
    log.record(raised(value=0.3))
    assert log.standing()[0].acknowledged_by is None


def test_what_does_not_stand_cannot_be_acknowledged(log: AlertLog) -> None:
    assert not log.acknowledge("error_rate:", "chef")


def test_a_stopped_experiment_is_news_until_somebody_has_seen_it(log: AlertLog) -> None:
    log.record(raised(AlertKind.TRIAL_STOPPED, subject="v2"))
    log.acknowledge("trial_stopped:v2", "chef")
    assert log.standing() == ()


def test_what_was_sent_is_not_sent_again_and_a_new_one_is(log: AlertLog) -> None:
    log.record(raised())
    log.mark_sent("error_rate:", "a1")
    log.mark_sent("error_rate:", "b2")
    assert log.standing()[0].sent_to == ("a1", "b2")
    log.record(raised(value=0.3))
    assert log.standing()[0].sent_to == ()


def test_damaged_events_raise_nothing_and_a_replaced_file_is_read_anew(log: AlertLog, tmp_path: Path) -> None:
    log.record(raised())
    log.mark_sent("unknown", "a1")
    with (tmp_path / ALERTS).open("a") as journal:
        journal.write('{"event":"raised","key":"x"}\nnot json\n')
    assert len(log.standing()) == 1
    (tmp_path / ALERTS).unlink()
    assert log.standing() == ()
