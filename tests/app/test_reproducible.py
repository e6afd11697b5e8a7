"""The same command makes the same model; what made it, the search and an override can be read in MLflow."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
WHY = "Essai de réglages sur un petit jeu : la baisse vient de la taille du jeu gelé"
RETRAIN = ("retrain", "--no-feedback", "--seed", "7", "--tune", "--tune-trials", "3", "--max-depth", "3")


@dataclass(frozen=True)
class Place:
    """One folder of models and the process that works on it."""

    models: Path

    def medtriage(self, *told: str) -> "subprocess.CompletedProcess[str]":
        own = {"MEDTRIAGE_DATA_DIR": str(self.models / "data"), "MEDTRIAGE_MODELS_DIR": str(self.models)}
        command = [sys.executable, "-m", "app.cli", *told]
        environment = {"OMP_NUM_THREADS": "1"} | os.environ | own
        return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)

    def rows(self, query: str) -> list[tuple[str, ...]]:
        with sqlite3.connect(self.models / "mlflow" / "mlflow.db") as database:
            return database.execute(query).fetchall()

    def bundle(self, name: str) -> bytes:
        return (self.models / "challengers" / "v1" / "bundle" / name).read_bytes()

    def manifest(self) -> dict[str, dict[str, object]]:
        told: dict[str, dict[str, object]] = json.loads(self.bundle("manifest.json"))
        return told


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Place]]:
    """Two folders after the same command in two processes, on a part of the base table so that it is short."""
    lines = (ROOT / "data" / "raw" / "patients_synthetic.csv").read_text("utf-8").splitlines()
    table = tmp_path_factory.mktemp("table") / "part.csv"
    table.write_text("\n".join(lines[:1501]), encoding="utf-8")
    places = [Place(tmp_path_factory.mktemp(name)) for name in ("one", "other")]
    for place in places:
        ended = place.medtriage(*RETRAIN, "--data", str(table))
        assert ended.returncode in (0, 1), ended.stderr
        assert "recherche de réglages : essai 3/3" in ended.stdout
    yield places


def test_the_same_command_makes_the_same_model_bytes(places: list[Place]) -> None:
    assert places[0].bundle("model.json") == places[1].bundle("model.json")
    one, other = (place.manifest() for place in places)
    assert {k: v for k, v in one.items() if k not in ("created", "manifest_sha256")} == {
        k: v for k, v in other.items() if k not in ("created", "manifest_sha256")
    }


def test_seed_data_code_and_libraries_are_in_the_manifest_and_in_mlflow(places: list[Place]) -> None:
    origin = places[0].manifest()["provenance"]
    assert (origin["seed"], places[0].manifest()["fit"]["seed"]) == ("7", 7)
    assert {"data_sha256", "corrections_sha256", "code_sha256", "code_version", "library_optuna"} <= origin.keys()
    tags = dict(places[0].rows("select key, value from tags"))
    assert {name: tags[name] for name in origin} == origin


def test_the_search_is_an_artifact_and_its_settings_are_recorded(places: list[Place]) -> None:
    [(uri,)] = places[0].rows("select artifact_uri from runs")
    study = json.loads(Path(unquote(urlparse(uri).path), "study.json").read_text(encoding="utf-8"))
    assert len(study["trials"]) == 3
    assert "max_depth" not in study["searched"]
    params = dict(places[0].rows("select key, value from params"))
    assert params["is_tuned"] == "True"
    assert float(params["learning_rate"]) == pytest.approx(study["best"]["params"]["learning_rate"])


def test_a_refused_version_is_served_only_with_a_reason_that_stays_in_mlflow(places: list[Place]) -> None:
    place = places[0]
    gate = place.models / "challengers" / "v1" / "gate.json"
    told = json.loads(gate.read_text(encoding="utf-8"))
    gate.write_text(json.dumps(told | {"accepted": False, "reasons": ["rappel ROUGE"]}), encoding="utf-8")
    assert place.medtriage("promote", "v1").returncode == 1
    short = place.medtriage("promote", "v1", "--override", "ok")
    assert (short.returncode, "a written reason" in short.stderr) == (1, True)
    assert place.medtriage("promote", "v1", "--override", WHY, "--by", "Dr Roux").returncode == 0
    tags = dict(place.rows("select key, value from model_version_tags"))
    assert (tags["override_reason"], tags["override_by"]) == (WHY, "Dr Roux")
    [(description,)] = place.rows("select description from model_versions")
    assert WHY in description


def test_a_search_that_is_cancelled_ends_killed_and_registers_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path)
    own = {"MEDTRIAGE_DATA_DIR": str(tmp_path / "data"), "MEDTRIAGE_MODELS_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "app.retrain_worker", "--no-feedback", "--tune", "--tune-trials", "500"]
    worker = subprocess.Popen(
        [*command, f"--job-dir={tmp_path / 'job'}"], env={"OMP_NUM_THREADS": "1"} | os.environ | own
    )
    status = tmp_path / "job" / "status.json"
    deadline = time.monotonic() + 120
    while not (status.exists() and "essai" in json.loads(status.read_text("utf-8"))["step"]):
        assert time.monotonic() < deadline, "the search told nothing for two minutes"
        time.sleep(0.2)
    worker.terminate()
    assert worker.wait(timeout=60) == 1
    assert json.loads(status.read_text("utf-8"))["state"] == "cancelled"
    assert place.rows("select status from runs") == [("KILLED",)]
    assert not (tmp_path / "challengers").exists()
