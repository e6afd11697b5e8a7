"""The switch reaches a running server from another process, at its next decision."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.serving import Client
from tests.app.test_server import client as client  # the real server
from tests.app.test_server import logs as logs
from tests.builders import a_request

pytestmark = pytest.mark.slow


def medtriage(folder: Path, *told: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "app.cli", "model", *told]
    own = {"MEDTRIAGE_DATA_DIR": str(folder / "data"), "MEDTRIAGE_MODELS_DIR": str(folder / "models")}
    return subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def folder(logs: Path) -> Iterator[Path]:
    yield logs.parent
    medtriage(logs.parent, "on", "--by", "chef", "--reason", "fin de l'essai")


def test_off_in_a_terminal_silences_the_server_at_its_next_decision(client: Client, folder: Path) -> None:
    version = client.post("/triage/predict", a_request()).body["model_version"]
    assert version is not None and client.get("/healthz").body["model_version"] == version
    assert medtriage(folder, "off", "--by", "chef", "--reason", "relève trop").returncode == 0
    told = client.post("/triage/predict", a_request()).body
    assert (told["ml_available"], told["model_version"], told["probabilities"]) == (False, None, None)
    assert told["ml_error"] == "turned off by chef: relève trop"
    health = client.get("/healthz").body
    assert (health["status"], health["model_version"], health["rules_version"]) == ("ok", None, told["rules_version"])
    assert medtriage(folder, "on", "--by", "chef", "--reason", "vérifié").returncode == 0
    assert client.post("/triage/predict", a_request()).body["ml_available"]
    assert client.get("/healthz").body["model_version"] == version


def test_the_command_wants_a_reason_and_says_how_it_stands(folder: Path) -> None:
    refused = medtriage(folder, "off")
    assert (refused.returncode, "written reason" in refused.stderr) == (1, True)
    assert medtriage(folder, "status").stdout == "the model is on\n"
    assert medtriage(folder, "maybe").returncode == 2
