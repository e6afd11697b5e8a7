"""Two servers on one data folder share it: both write, each knows the other's decisions, nothing is lost."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import ROOT
from app.verification import verify_journals
from feedback_store.store import FeedbackStore
from tests.bench_services import verdict_on
from tests.builders import a_request
from tests.faults.result import Tried


def two_servers(is_short: bool) -> Tried:
    """Decide here, judge there, in turns."""
    result = Tried("two servers on one data folder")
    with tempfile.TemporaryDirectory() as name, _server(Path(name)) as one, _server(Path(name)) as two:
        for number in range(20 if is_short else 200):
            here, there = (one, two) if number % 2 else (two, one)
            decision = _post(here, "/triage/predict", a_request())
            verdict = verdict_on(str(decision["prediction_id"]), str(decision["gravity_level"]))
            told = _post(there, "/feedback/submit", verdict)
            result.check("" if "feedback_id" in told else "a verdict was not taken")
        counts = [_get(port, "/feedback/stats") for port in (one, two)]
        wanted = (result.tried, result.tried)
        data = Path(name) / "data"
        for told in counts:
            result.check("" if (told["total_predictions"], told["total_feedback"]) == wanted else f"counts {told}")
            wanted = (wanted[0], wanted[1])
        result.check(*(line for line in verify_journals(data).lines if line.startswith("damaged")))
        result.check("" if FeedbackStore(data).count() == wanted[0] else "a verdict is lost")
    return result


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    ours = {"PORT": str(port), "DATA_DIR": str(folder / "data"), "MODELS_DIR": str(folder / "models")}
    environment = os.environ | {f"MEDTRIAGE_{name}": value for name, value in ours.items()}
    with (folder / f"{port}.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "app.server"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            _get(port, "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


def _get(port: int, route: str) -> dict[str, object]:
    told = urllib.request.urlopen(f"http://127.0.0.1:{port}{route}", timeout=30).read()
    return dict(json.loads(told))


def _post(port: int, route: str, body: dict[str, object]) -> dict[str, object]:
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{route}", json.dumps(body).encode(), headers)
    return dict(json.loads(urllib.request.urlopen(asked, timeout=30).read()))  # noqa: S310 - our own server
