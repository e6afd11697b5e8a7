"""The one home of MLflow: runs, their artifacts, registered versions and aliases in a local SQLite file store.

MLflow records; it never serves. Nothing of the serving process imports this module.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")

import mlflow
import xgboost
from mlflow.entities import RunStatus
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

CHAMPION, CHALLENGER = "champion", "challenger"
OVERRIDE = "override"


class RunCancelled(BaseException):
    """Raised inside a run when it is told to stop; the run ends KILLED."""


@dataclass(frozen=True)
class RegistrySettings:
    """Where runs are kept and under which names."""

    tracking_uri: str
    artifact_dir: Path
    experiment: str = "medtriage-classification"
    model_name: str = "triage-classifier"

    @classmethod
    def from_environment(cls, models_dir: Path) -> "RegistrySettings":
        """The store under ``models_dir/mlflow`` unless the MLFLOW_* settings say otherwise."""
        home = models_dir / "mlflow"
        return cls(
            os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home / 'mlflow.db'}",
            home / "artifacts",
            os.environ.get("MLFLOW_EXPERIMENT_NAME") or cls.experiment,
            os.environ.get("MLFLOW_MODEL_NAME") or cls.model_name,
        )


@dataclass(frozen=True)
class RunRecord:
    """What a finished training leaves: the served bundle, numbers, and the files worth keeping."""

    bundle_dir: Path
    params: Mapping[str, object]
    metrics: Mapping[str, float]
    tables: Mapping[str, Mapping[str, object]]
    tags: Mapping[str, str]


class Registry:
    """The local MLflow store; creates what is missing on first use (about 4 s for a new database)."""

    def __init__(self, settings: RegistrySettings) -> None:
        settings.artifact_dir.mkdir(parents=True, exist_ok=True)
        mlflow.set_tracking_uri(settings.tracking_uri)
        self._settings = settings
        self._client = MlflowClient(settings.tracking_uri)
        self._experiment_id = self._ensure_experiment()

    def _ensure_experiment(self) -> str:
        found = self._client.get_experiment_by_name(self._settings.experiment)
        if found is not None:
            return str(found.experiment_id)
        location = self._settings.artifact_dir.resolve().as_uri()
        return str(self._client.create_experiment(self._settings.experiment, artifact_location=location))

    def next_version(self) -> int:
        """The number the next registered version will bear (valid while the training lock is held)."""
        versions = self._client.search_model_versions(f"name='{self._settings.model_name}'")
        return max((int(version.version) for version in versions), default=0) + 1

    def close_abandoned_runs(self) -> int:
        """End as KILLED the runs a dead worker left RUNNING; returns how many there were."""
        running = self._client.search_runs([self._experiment_id], "attributes.status = 'RUNNING'")
        for run in running:
            self._client.set_terminated(run.info.run_id, RunStatus.to_string(RunStatus.KILLED))
        return len(running)

    @contextmanager
    def run(self, name: str | None) -> Iterator[str]:
        """A run by id: FINISHED when the block ends, KILLED when it is cancelled, else FAILED."""
        run_id = str(self._client.create_run(self._experiment_id, run_name=name).info.run_id)
        status = RunStatus.FAILED
        try:
            yield run_id
            status = RunStatus.FINISHED
        except RunCancelled:
            status = RunStatus.KILLED
            raise
        finally:
            self._client.set_terminated(run_id, RunStatus.to_string(status))

    def record(self, run_id: str, record: RunRecord) -> int:
        """Log a finished training under its run and register it as challenger; returns its version number."""
        for key, value in record.params.items():
            self._client.log_param(run_id, key, value)
        for key, number in record.metrics.items():
            self._client.log_metric(run_id, key, number)
        for key, text in record.tags.items():
            self._client.set_tag(run_id, key, text)
        for name, table in record.tables.items():
            self._client.log_dict(run_id, dict(table), f"{name}.json")
        self._client.log_artifacts(run_id, str(record.bundle_dir), "bundle")
        return self._register(run_id, record.bundle_dir)

    def _register(self, run_id: str, bundle_dir: Path) -> int:
        booster = xgboost.Booster()
        booster.load_model(str(bundle_dir / "model.json"))
        with mlflow.start_run(run_id=run_id):
            info = mlflow.xgboost.log_model(
                booster,
                name="model",
                model_format="json",
                pip_requirements=[f"xgboost-cpu=={xgboost.__version__}"],
                registered_model_name=self._settings.model_name,
            )
        version = int(info.registered_model_version)
        self.move_alias(CHALLENGER, version)
        return version

    def move_alias(self, alias: str, version: int | None) -> None:
        """Point an alias at a version, or take it away with ``None``."""
        name = self._settings.model_name
        if version is None:
            self._client.delete_registered_model_alias(name, alias)
        else:
            self._client.set_registered_model_alias(name, alias, str(version))

    def note_override(self, version: int, reason: str, by: str | None) -> None:
        """Write on a version that a person served it against the gate, why, and who."""
        name = self._settings.model_name
        self._client.set_model_version_tag(name, str(version), "override_reason", reason)
        self._client.set_model_version_tag(name, str(version), "override_by", by or "")
        self._client.update_model_version(
            name, str(version), f"Mise en service malgré le refus de la comparaison : {reason}"
        )

    def alias(self, alias: str) -> int | None:
        """The version an alias points at, ``None`` when there is none."""
        try:
            return int(self._client.get_model_version_by_alias(self._settings.model_name, alias).version)
        except MlflowException:
            return None


def main(arguments: list[str] | None = None) -> int:
    """``MODELS_DIR ALIAS VERSION|none`` moves an alias; ``MODELS_DIR override VERSION REASON BY`` notes an override."""
    models_dir, deed, version, *rest = arguments if arguments is not None else sys.argv[1:]
    registry = Registry(RegistrySettings.from_environment(Path(models_dir)))
    if deed == OVERRIDE:
        registry.note_override(int(version), rest[0], rest[1] or None)
    else:
        registry.move_alias(deed, None if version == "none" else int(version))
    return 0


if __name__ == "__main__":
    sys.exit(main())
