"""An alert goes out once to each address, names no patient, and an address that fails stops nothing."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.alert_sender import send_waiting
from app.watch_round import look
from feedback_store.journals import DECISIONS
from tests.app.watched import MakeServices, judge
from triage_core.monitoring.alerts import AlertKind, Change, Reading

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # of Apprise's own imports


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
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

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
