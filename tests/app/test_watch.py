"""The server's look at the model in use: alerts, experiments that end and trainings that start by themselves."""

import json
import logging
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

from app import watch_round, watch_thread
from app.alert_sender import send_waiting
from app.jobs import RetrainJobs
from app.settings import Settings
from app.watch_round import LOCK, look
from app.wiring import Services
from feedback_store.automatic import AutomaticRuns, Trigger
from feedback_store.journals import DECISIONS, ledgers_of
from tests.app.test_shelf import a_challenger
from tests.builders import a_request
from triage_core.model import challenger as challengers
from triage_core.monitoring.alerts import AlertKind, Change, Reading

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # of Apprise's own imports
FAKE = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))
MakeServices = Callable[..., Services]


@pytest.fixture
def make_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeServices]:
    monkeypatch.setattr(challengers, "ASK_AGAIN_S", 0.0)
    made: list[Services] = []

    def make(corrections: int = 60, **settings: object) -> Services:
        folders = {"data_dir": tmp_path / "data", "models_dir": tmp_path / "models"}
        services = Services(Settings(_env_file=None, min_feedback=10, min_samples=10, **folders, **settings))
        jobs_dir, environment = services.settings.jobs_dir, {"FAKE_WORKER": "wait"}
        services.__dict__["jobs"] = RetrainJobs(jobs_dir, tmp_path / "models", lambda _: corrections, environment, FAKE)
        made.append(services)
        return services

    yield make
    for services in made:
        for job_id in services.jobs.job_ids():
            services.jobs.cancel(job_id)


def judge(services: Services, kind: str, label: str | None = None) -> None:
    """One decision and the nurse's word on it: ``correct`` or ``upgrade`` by one gravity."""
    decision = services.decide(a_request(), label=label)
    worse = {"GRIS": "VERT", "VERT": "JAUNE", "JAUNE": "ROUGE", "ROUGE": "ROUGE"}[decision.gravity_level]
    told = {"prediction_id": decision.prediction_id, "original_gravity": decision.gravity_level}
    wanted = decision.gravity_level if kind == "correct" else worse
    services.store.submit(told | {"feedback_type": kind, "corrected_gravity": wanted})


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


class Webhook:
    """A real server on loopback that takes what is posted to it, or refuses."""

    def __init__(self) -> None:
        """Refuses everything once ``status`` is an error."""
        self.taken: list[dict[str, object]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.taken.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server.server_port}/secret-path"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


def test_an_alert_reaches_a_webhook_once_and_names_no_patient(make_services: MakeServices, webhook: Webhook) -> None:
    services = make_services(auto_retrain=False, alert_urls=webhook.url)
    for _ in range(10):
        judge(services, "upgrade", label="Madame Dupont")
    look(services)
    look(services)
    assert len(webhook.taken) == 1
    told = json.dumps(webhook.taken[0], ensure_ascii=False)
    assert "Trop de sous-triage : 1, limite 0.1" in told
    ids = [
        json.loads(line)["prediction_id"]
        for line in (services.settings.data_dir / DECISIONS).read_text("utf-8").splitlines()
    ]
    assert not any(secret in told for secret in ("Dupont", "douleur_gorge", *ids))


def test_a_webhook_that_refuses_is_tried_again_and_its_address_is_in_no_log(
    make_services: MakeServices,
    webhook: Webhook,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger("medtriage"), "propagate", True)
    webhook.status = 503
    services = make_services(auto_retrain=False, alert_urls=webhook.url)
    for _ in range(10):
        judge(services, "upgrade")
    with caplog.at_level(logging.DEBUG):
        look(services)
        assert not any(alert.sent_to for alert in services.alerts.standing())
        webhook.status = 200
        look(services)
    assert all(alert.sent_to for alert in services.alerts.standing())
    messages = [record.getMessage() for record in caplog.records if record.name == "medtriage"]
    assert ("alerts_not_sent" in messages, "alerts_sent" in messages) == (True, True)
    ours = [r for r in caplog.records if not r.name.startswith("urllib3")]  # its debug lines are shown to nobody
    assert not any("secret-path" in f"{r.getMessage()} {r.__dict__}" for r in ours)
    assert "secret-path" not in repr(services.settings)


def test_an_address_that_fails_does_not_make_the_others_hear_twice(
    make_services: MakeServices, webhook: Webhook
) -> None:
    services = make_services(auto_retrain=False, alert_urls=f"json://127.0.0.1:9/nobody {webhook.url}")
    services.alerts.record(Change(Reading(AlertKind.LATENCY, 900.0, 500.0, 400.0), True))
    send_waiting(services)
    send_waiting(services)
    assert len(webhook.taken) == 1
    assert len(services.alerts.standing()[0].sent_to) == 1


def test_an_address_that_is_none_is_told_and_stops_nothing(make_services: MakeServices) -> None:
    services = make_services(auto_retrain=False, alert_urls="not an address")
    for _ in range(10):
        judge(services, "upgrade")
    assert look(services)
    assert not any(alert.sent_to for alert in services.alerts.standing())


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
