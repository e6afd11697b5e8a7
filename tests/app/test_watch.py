"""The server's look at the model in use: alerts, experiments that end and trainings that start by themselves."""

import logging
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from app import watch_round, watch_thread
from app.watch_round import LOCK, look
from app.wiring import Services
from feedback_store.automatic import AutomaticRuns, Trigger
from feedback_store.journals import ledgers_of
from tests.app.test_shelf import a_challenger
from tests.app.watched import MakeServices, judge
from triage_core.monitoring.alerts import AlertKind, Change, Reading


def standing(services: Services) -> set[str]:
    return {alert.key for alert in services.alerts.standing()}


def test_an_alert_is_raised_once_logged_and_cleared(
    make_services: MakeServices, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("medtriage"), "propagate", True)
    services = make_services(auto_retrain=False)
    for _ in range(10):
        judge(services, "upgrade")
    with caplog.at_level(logging.INFO, "medtriage"):
        look(services)
        look(services)
        assert standing(services) == {"error_rate:", "under_triage:"}
        for _ in range(120):
            judge(services, "correct")
        look(services)
    assert standing(services) == set()
    events = [r.getMessage() for r in caplog.records if r.getMessage().startswith("alert_")]
    assert events == ["alert_raised"] * 2 + ["alert_cleared"] * 2


def test_a_calm_service_raises_nothing_and_starts_nothing(make_services: MakeServices) -> None:
    services = make_services()
    for _ in range(12):
        judge(services, "correct")
    assert look(services)
    assert (standing(services), services.jobs.job_ids()) == (set(), ())


def test_two_servers_of_one_folder_do_not_look_at_once(make_services: MakeServices, tmp_path: Path) -> None:
    services = make_services()
    for _ in range(10):
        judge(services, "upgrade")
    (tmp_path / "data" / "watch").mkdir()
    with FileLock(tmp_path / "data" / "watch" / LOCK):
        assert not look(services)
    assert (standing(services), services.jobs.job_ids()) == (set(), ())


def test_a_broken_model_is_an_alert(make_services: MakeServices, tmp_path: Path) -> None:
    (tmp_path / "models" / "champion").mkdir(parents=True)
    services = make_services()
    look(services)
    assert standing(services) == {"model_absent:"}


def test_too_many_corrections_start_one_training_and_no_second_server_another(make_services: MakeServices) -> None:
    services, other = make_services(), make_services()
    for _ in range(10):
        judge(services, "upgrade")
    look(services)
    look(other)
    job = services.jobs.latest()
    assert job is not None
    assert (job.trigger, job.is_running, len(services.jobs.job_ids())) == ("error_rate", True, 1)
    services.jobs.cancel(job.job_id)
    look(make_services())  # after a restart: at most one a day
    assert len(services.jobs.job_ids()) == 1


def test_the_next_day_a_run_needs_new_verdicts(make_services: MakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    services = make_services()
    for _ in range(10):
        judge(services, "upgrade")
    services.automatic_runs.record(Trigger.ERROR_RATE, "earlier")
    later = datetime.now(UTC) + timedelta(days=1, minutes=1)
    services.__dict__["automatic_runs"] = AutomaticRuns(ledgers_of(services.settings.data_dir).automatic, lambda: later)
    look(services)
    assert services.jobs.job_ids() == ()


def test_switched_off_it_starts_nothing(make_services: MakeServices) -> None:
    services = make_services(auto_retrain=False)
    for _ in range(10):
        judge(services, "upgrade")
    look(services)
    assert services.jobs.job_ids() == ()
    assert services.automatic_runs.last() is None


def test_a_drift_starts_a_training(make_services: MakeServices) -> None:
    services = make_services()
    services.alerts.record(Change(Reading(AlertKind.FEATURE_DRIFT, 0.4, 0.25, 0.2, "temperature"), True))
    look(services)
    assert services.jobs.latest().trigger == "drift"  # type: ignore[union-attr]


def test_a_drift_with_too_few_corrections_is_noted_and_not_tried_again_at_once(make_services: MakeServices) -> None:
    services = make_services(corrections=3)
    services.alerts.record(Change(Reading(AlertKind.FEATURE_DRIFT, 0.4, 0.25, 0.2, "temperature"), True))
    look(services)
    look(services)
    last = services.automatic_runs.last()
    assert last is not None
    assert (last.trigger, last.job_id, services.jobs.job_ids()) == (Trigger.DRIFT, None, ())


def test_a_training_that_runs_already_is_waited_for(make_services: MakeServices) -> None:
    services = make_services()
    for _ in range(10):
        judge(services, "upgrade")
    services.jobs.start()
    look(services)
    assert services.automatic_runs.last() is None
    assert len(services.jobs.job_ids()) == 1


def test_a_worse_challenger_ends_its_experiment_with_a_reason_and_an_alert(
    make_services: MakeServices, tmp_path: Path
) -> None:
    services = make_services(auto_retrain=False)
    a_challenger(tmp_path / "models", 2)
    trial = services.trials.start("v2", "factory-1", 0.2, "chef")
    for place in range(150):
        is_challengers = trial.takes(f"{datetime.now(UTC).date().isoformat()} A{place}")
        judge(services, "upgrade" if is_challengers and place % 3 else "correct", label=f"A{place}")
    look(services)
    ended = services.trials.all()[0]
    assert (ended.is_running, ended.stopped_by, ended.reason) == (False, "medtriage", "worse")
    assert "under_triage: challenger" in (ended.detail or "")
    assert "trial_stopped:v2" in standing(services)


def test_a_challenger_no_worse_goes_on(make_services: MakeServices, tmp_path: Path) -> None:
    services = make_services(auto_retrain=False)
    a_challenger(tmp_path / "models", 2)
    services.trials.start("v2", "factory-1", 0.2, "chef")
    for place in range(60):
        judge(services, "upgrade" if place % 5 == 0 else "correct", label=f"A{place}")
    look(services)
    assert services.trials.running() is not None
    assert not any(key.startswith("trial_stopped") for key in standing(services))


@pytest.mark.parametrize(("deed", "reason"), [("lose", "gone"), ("break", "gone"), ("promote", "promoted")])
def test_an_experiment_ends_when_its_models_are_no_longer_those(
    make_services: MakeServices, tmp_path: Path, deed: str, reason: str
) -> None:
    services = make_services()
    version = a_challenger(tmp_path / "models", 2)
    services.trials.start(version, "factory-1", 0.2, "chef")
    folder = tmp_path / "models" / "challengers" / version
    if deed == "lose":
        shutil.rmtree(folder)
    elif deed == "break":
        (folder / "bundle" / "model.json").write_bytes(b"{}")
    else:
        shutil.copytree(folder / "bundle", tmp_path / "models" / "champion")
    look(services)
    ended = services.trials.all()[0]
    assert (ended.reason, standing(services)) == (reason, {"trial_stopped:v2"})


def test_an_experiment_ends_when_no_model_is_served(make_services: MakeServices, tmp_path: Path) -> None:
    services = make_services()
    services.trials.start(a_challenger(tmp_path / "models", 2), "factory-1", 0.2, "chef")
    (tmp_path / "models" / "champion").mkdir()
    look(services)
    assert services.trials.all()[0].detail == "served: none"


def test_the_thread_looks_now_and_then_survives_a_fault_and_ends_with_the_server(
    make_services: MakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, looks = make_services(watch_period_s=0.01), []

    def failing(_services: Services) -> bool:
        looks.append(1)
        raise OSError("disk gone")

    monkeypatch.setattr(watch_thread, "look", failing)
    with watch_thread.watching_in_background(lambda: services):
        deadline = time.monotonic() + 10
        while len(looks) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    seen = len(looks)
    assert seen >= 3
    time.sleep(0.05)
    assert len(looks) == seen


def test_a_period_of_nothing_never_looks(make_services: MakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(watch_thread, "look", lambda services: looks.append(1))
    with watch_thread.watching_in_background(lambda: make_services(watch_period_s=0)):
        time.sleep(0.05)
    assert looks == []


def test_a_model_without_its_reference_shows_no_drift(make_services: MakeServices, tmp_path: Path) -> None:
    services = make_services()
    predictor, _ = services.triage.model.current()
    assert predictor is not None
    dict.pop(predictor.bundle.manifest, "reference")  # type: ignore[arg-type]
    assert watch_round.found_changes(services) == ()
