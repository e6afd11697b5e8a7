"""What a real run leaves in MLflow, read from its SQLite store as an outsider would: no MLflow in this process."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from triage_core.features import FEATURES
from triage_core.model.columns import COLUMNS

pytestmark = pytest.mark.slow
METRICS = {
    "accuracy", "f1_macro", "precision_macro", "recall_macro", "cv_accuracy_mean", "latency_per_sample_ms",
    "under_triage_rate", "over_triage_rate", "rouge_recall", "qwk", "ece",
}  # fmt: skip
PARAMS = {"n_estimators": "210", "max_depth": "3", "include_feedback": "False", "n_corrections": "0"}


@dataclass(frozen=True)
class Store:
    """One folder of models and the database a run left there."""

    models: Path
    environment: dict[str, str]

    def medtriage(self, *told: str) -> int:
        command = [sys.executable, "-m", "app.cli", *told]
        return subprocess.run(command, env=self.environment, check=False).returncode

    def rows(self, query: str) -> list[tuple[str, ...]]:
        with sqlite3.connect(self.models / "mlflow" / "mlflow.db") as database:
            return database.execute(query).fetchall()

    def artifact(self, name: str) -> dict[str, object]:
        [(uri,)] = self.rows("select artifact_uri from runs")
        told: dict[str, object] = json.loads(Path(unquote(urlparse(uri).path), name).read_text(encoding="utf-8"))
        return told


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store after one real run from the terminal, small so that it is short."""
    folder = tmp_path_factory.mktemp("mlflow")
    own = {"MEDTRIAGE_DATA_DIR": str(folder / "data"), "MEDTRIAGE_MODELS_DIR": str(folder / "models")}
    store = Store(folder / "models", {"OMP_NUM_THREADS": "1"} | os.environ | own)
    options = ("--no-feedback", "--n-estimators", "210", "--max-depth", "3", "--run-name", "nuit")
    assert store.medtriage("retrain", *options) == 0
    yield store


def test_the_run_is_finished_named_and_in_its_experiment(store: Store) -> None:
    assert store.rows("select name, status from runs") == [("nuit", "FINISHED")]
    assert ("medtriage-classification",) in store.rows("select name from experiments")


def test_every_parameter_and_every_metric_is_there(store: Store) -> None:
    params = dict(store.rows("select key, value from params"))
    assert params.items() >= PARAMS.items()
    metrics = {key: float(value) for key, value in store.rows("select key, value from latest_metrics")}
    assert metrics.keys() >= METRICS
    assert 0 < metrics["latency_per_sample_ms"] < 50
    assert all(0 <= metrics[name] <= 1 for name in METRICS - {"latency_per_sample_ms"})


def test_the_artifacts_say_columns_features_confusion_and_calibration(store: Store) -> None:
    assert store.artifact("columns.json") == {"columns": list(COLUMNS)}
    assert set(store.artifact("feature_config.json")) == {feature.name for feature in FEATURES}
    confusion = store.artifact("confusion_matrix.json")["rows_true_columns_predicted"]
    assert [len(row) for row in confusion] == [4, 4, 4, 4]  # type: ignore[attr-defined]
    assert store.artifact("calibration_curve.json")["points"]
    assert store.artifact("bundle/manifest.json")["version"] == "v1"


def test_the_registered_version_holds_a_model_and_becomes_champion_when_it_is_promoted(store: Store) -> None:
    [(name, version, location)] = store.rows("select name, version, storage_location from model_versions")
    assert (name, version) == ("triage-classifier", 1)
    model = Path(unquote(urlparse(location).path))
    assert {"MLmodel", "model.json"} <= {path.name for path in model.iterdir()}
    aliases = "select alias, version from registered_model_aliases order by alias"
    assert store.rows(aliases) == [("challenger", 1)]
    _accept(store)
    assert store.medtriage("promote", "v1") == 0
    assert ("champion", 1) in store.rows(aliases)
    assert store.medtriage("promote", "v1") == 1  # served already
    assert store.medtriage("rollback") == 0
    assert "champion" not in dict(store.rows(aliases))
    assert store.medtriage("verify") == 0


def _accept(store: Store) -> None:
    """So small a model may be refused by the gate; here it is the promotion that is looked at."""
    path = store.models / "challengers" / "v1" / "gate.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"accepted": True}), encoding="utf-8")
