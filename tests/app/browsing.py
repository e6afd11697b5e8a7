"""The real server in its own process on a free loopback port, and Debian's chromium to look at it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.builders import a_request

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def a_free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(folder: Path, port: int | None = None) -> Iterator[str]:
    """Serve on folders of this test's own; yields the address and ends the process afterwards."""
    with running_server_process(folder, port) as (base, _):
        yield base


@contextmanager
def running_server_process(folder: Path, port: int | None = None) -> Iterator[tuple[str, int]]:
    """The same, with the process's id."""
    port = port or a_free_port()
    environment = os.environ | {
        "MEDTRIAGE_PORT": str(port),
        "MEDTRIAGE_DATA_DIR": str(folder / "data"),
        "MEDTRIAGE_MODELS_DIR": str(folder / "models"),
    }
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "app.server"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/healthz", server)
            yield f"http://127.0.0.1:{port}", server.pid
        finally:
            server.terminate()
            server.wait(20)


def wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    """Until the address answers; fails when the process ends first."""
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).read()  # noqa: S310 - our own loopback server
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@contextmanager
def a_page(locale: str, width: int = 1366, height: int = 768) -> Iterator[Page]:
    """A browser of one language and size; a wait in it ends after 20 seconds."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, f"--lang={locale}"])
        page = browser.new_page(viewport={"width": width, "height": height}, locale=locale)
        page.set_default_timeout(20_000)
        yield page
        browser.close()


def post(base: str, path: str, body: object) -> dict[str, object]:
    """One request to the same server's routes; fails on any fault."""
    request = urllib.request.Request(  # noqa: S310 - our own loopback server
        base + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own loopback server
        found: dict[str, object] = json.load(answer)
        return found


def waits(base: str, **more: object) -> str:
    """A patient triaged through the routes and confirmed by a nurse; returns the decision's id."""
    decision = post(base, "/triage/predict", a_request(**({"saturation_oxygene": 91} | more)))
    gravity = decision["gravity_level"]
    post(
        base,
        "/feedback/submit",
        {
            "prediction_id": decision["prediction_id"],
            "original_gravity": gravity,
            "corrected_gravity": gravity,
            "feedback_type": "correct",
        },
    )
    return str(decision["prediction_id"])
