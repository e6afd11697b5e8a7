"""The real server as a process: pages and routes behind one door, a model that follows its files, quiet logs."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.app.serving import Client
from tests.builders import a_request

pytestmark = pytest.mark.slow  # starts the server as a process
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "stderr.txt"


@pytest.fixture(scope="module")
def client(logs: Path) -> Iterator[Client]:
    """A server started as ``medtriage serve`` starts it, from another folder than its own."""
    port = free_port()
    folders = {"MEDTRIAGE_DATA_DIR": "data", "MEDTRIAGE_MODELS_DIR": "models", "MEDTRIAGE_PORT": str(port)}
    with logs.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve"], stderr=errors, cwd=logs.parent, env=os.environ | folders
        )
    client = Client(port)
    try:
        wait_for(client, process)
        yield client
    finally:
        process.terminate()
        assert process.wait(20) in (0, -15)


def wait_for(client: Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.get("/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not come up (exit code {process.poll()})")


def test_pages_and_routes_are_served_by_one_process(client: Client) -> None:
    page = client.get("/")
    assert (page.status, page.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert page.headers["x-frame-options"] == "DENY"
    assert client.get("/healthz").body["status"] == "ok"


def test_a_decision_has_a_model_behind_it_from_the_first_start(client: Client) -> None:
    answer = client.post("/triage/predict", a_request(temperature=39.7))
    assert (answer.status, answer.body["ml_available"]) == (200, True)
    assert sum(answer.body["probabilities"].values()) == pytest.approx(1)
    assert answer.body["contributions"]
    assert answer.body["model_version"] == client.get("/healthz").body["model_version"]


def test_no_page_of_streamlit_stands_where_a_route_is_unknown(client: Client) -> None:
    assert client.get("/triage/unknown").fields == {"path"}
    assert client.get("/triage/predict").status == 405


def test_the_websocket_of_the_pages_opens_here_and_nowhere_else(client: Client) -> None:
    path, ours = "/_stcore/stream", {"Origin": f"http://127.0.0.1:{client.port}"}
    assert handshake(client.port, path, UPGRADE | ours) == 101
    assert handshake(client.port, path, UPGRADE | {"Origin": "http://evil.example"}) == 403
    assert handshake(client.port, path, UPGRADE | ours | {"Host": "evil.example"}) == 403


def handshake(port: int, path: str, headers: dict[str, str]) -> int:
    lines = [f"GET {path} HTTP/1.1", *(f"{k}: {v}" for k, v in ({"Host": f"127.0.0.1:{port}"} | headers).items())]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(connection.recv(200).split()[1])


def test_the_data_lie_where_the_settings_say_and_logs_hold_no_vital(client: Client, logs: Path) -> None:
    told = client.post("/triage/predict", a_request(temperature=39.31, motif_consultation="mots du patient")).body
    assert told["prediction_id"] in (logs.parent / "data" / "triage" / "decisions.jsonl").read_text(encoding="utf-8")
    text = logs.read_text(encoding="utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    assert told["prediction_id"] in [event.get("prediction_id") for event in events]
    assert "39.31" not in text
    assert "mots du patient" not in text


def test_a_second_server_on_the_same_port_is_refused_with_1(client: Client, tmp_path: Path) -> None:
    environment = os.environ | {"MEDTRIAGE_PORT": str(client.port), "MEDTRIAGE_DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "app.server"], capture_output=True, timeout=60, cwd=ROOT, env=environment
    )
    assert ended.returncode == 1
