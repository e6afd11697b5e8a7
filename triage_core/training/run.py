"""One training run from tables to a judged challenger: the only path by which a new model comes to be.

Steps: read and check rows -> fit, calibrate, choose thresholds -> judge on the frozen set -> record in MLflow ->
lay the bundle and the gate's verdict under ``models/challengers/<version>/``. Promotion is somebody else's act.
"""

import hashlib
import json
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as library_version
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from triage_core.errors import BundleError, RetrainingBusy, TooFewFeedbacks
from triage_core.features import FEATURES
from triage_core.model.bundle import SHIPPED_FACTORY, Bundle, load_bundle, load_served
from triage_core.model.columns import COLUMNS
from triage_core.training import dataset, evaluate
from triage_core.training.fit import FitSettings, train_bundle
from triage_core.training.fit_large import train_large_bundle
from triage_core.training.gate import GateMargins, GateVerdict, judge
from triage_core.training.large import LargeTable, is_large, read_large
from triage_core.training.registry import Registry, RegistrySettings, RunRecord

LOCK_NAME = "retrain.lock"
GATE_FILE = "gate.json"
BUNDLE_FOLDER = "bundle"
TIMED_ROWS = 200  # rows of the frozen set the speed of one prediction is taken on
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class TrainingOptions:
    """What the command line, the page and the route can ask of a run."""

    data: Path
    include_feedback: bool = True
    min_feedback: int = 50
    n_estimators: int | None = None
    max_depth: int | None = None
    run_name: str | None = None
    correction_weight: float = 3.0  # a nurse's verdict on a real visit outweighs synthetic rows; see DECISIONS.md


@dataclass(frozen=True)
class TrainingOutcome:
    """What a run left: its MLflow id, the registered version, and the gate's verdict."""

    run_id: str
    version: str
    verdict: GateVerdict
    n_rows: int
    n_corrections: int
    quarantine: dataset.Quarantine

    @property
    def quarantined(self) -> tuple[dataset.Quarantined, ...]:
        """The first rows set aside, by name; ``quarantine.count`` says how many there are."""
        return self.quarantine.named


def run_training(
    options: TrainingOptions,
    corrections: Iterable[Mapping[str, object]],
    models_dir: Path,
    report: Progress,
    margins: GateMargins | None = None,
) -> TrainingOutcome:
    """Train, judge and register one challenger.

    Raises ``RetrainingBusy`` when another run holds the lock, ``TooFewFeedbacks`` below ``min_feedback``
    corrections, ``DatasetError`` for a table without its columns.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(models_dir / LOCK_NAME, timeout=0):
            return _run(options, list(corrections), models_dir, report, margins)
    except Timeout as busy:
        raise RetrainingBusy("another training run is in progress") from busy


def _run(
    options: TrainingOptions,
    corrections: list[Mapping[str, object]],
    models_dir: Path,
    report: Progress,
    margins: GateMargins | None,
) -> TrainingOutcome:
    usable = corrections if options.include_feedback else []
    if options.include_feedback and len(usable) < options.min_feedback:
        raise TooFewFeedbacks(f"{options.min_feedback} corrections wanted, {len(usable)} usable")
    report(0.02, "lecture des données")
    table = _training_table(options, usable)
    registry = Registry(RegistrySettings.from_environment(models_dir))
    registry.close_abandoned_runs()
    number = registry.next_version()
    with registry.run(options.run_name) as run_id:
        folder = models_dir / "challengers" / f"v{number}"
        bundle = _fit(options, table, folder / BUNDLE_FOLDER, f"v{number}", report)
        report(0.9, "jugement sur le jeu gelé")
        verdict = _judge(bundle, _champion(models_dir), table.frozen, margins)
        report(0.94, "enregistrement dans MLflow")
        record = _record(folder / BUNDLE_FOLDER, bundle, options, table, verdict)
        registered = registry.record(run_id, record)
        _write_gate(folder, verdict, run_id, registered)
    return TrainingOutcome(run_id, f"v{number}", verdict, len(table.train), table.n_corrections, table.quarantine)


@dataclass(frozen=True)
class _Table:
    train: pd.DataFrame | LargeTable
    weights: pd.Series
    frozen: pd.DataFrame
    n_corrections: int
    quarantine: dataset.Quarantine


def _training_table(options: TrainingOptions, corrections: list[Mapping[str, object]]) -> _Table:
    """Base rows split by the frozen hash, corrections added to the training part only."""
    added = dataset.corrections_to_frame(corrections)
    if is_large(options.data):
        return _large_table(options, added)
    base = dataset.read_table(options.data)
    train, frozen = dataset.split(base.frame)
    joined = pd.concat([train, added.frame], ignore_index=True) if len(added.frame) else train
    weights = pd.Series([1.0] * len(train) + [options.correction_weight] * len(added.frame), dtype="float64")
    quarantine = base.quarantine.joined(added.quarantine)
    return _Table(joined.reset_index(drop=True), weights, frozen, len(added.frame), quarantine)


def _large_table(options: TrainingOptions, added: dataset.Dataset) -> _Table:
    """The same of a table read in parts: its rows and their weights stand on the disk."""
    large = read_large(options.data)
    weights = pd.Series([options.correction_weight] * len(added.frame), dtype="float64")
    large.fit.add(added.frame, weights.to_numpy())
    return _Table(large, weights, large.frozen, len(added.frame), large.quarantine.joined(added.quarantine))


def _fit(options: TrainingOptions, table: _Table, out_dir: Path, version: str, report: Progress) -> Bundle:
    asked = {"n_estimators": options.n_estimators, "max_depth": options.max_depth}
    settings = FitSettings(**{key: value for key, value in asked.items() if value is not None})
    source = {"table": options.data.name, "sha256": _digest(options.data), "n_corrections": table.n_corrections}
    told: Progress = lambda share, step: report(0.05 + 0.83 * share, step)  # noqa: E731 - named for both branches
    if isinstance(table.train, LargeTable):
        created = datetime.now(UTC).isoformat()
        return train_large_bundle(table.train, out_dir, settings, version, told, created=created, data=source)
    return train_bundle(
        table.train,
        out_dir,
        settings,
        version,
        progress=told,
        weights=table.weights.to_numpy(),
        frozen=table.frozen,
        created=datetime.now(UTC).isoformat(),
        data=source,
    )


def _champion(models_dir: Path) -> Bundle:
    """What the challenger must not be worse than; a served bundle that cannot be read leaves the factory model."""
    try:
        return load_served(models_dir)
    except BundleError:
        return load_bundle(SHIPPED_FACTORY)


def _judge(challenger: Bundle, champion: Bundle, frozen: pd.DataFrame, margins: GateMargins | None) -> GateVerdict:
    return judge(
        evaluate.score_bundle(champion, frozen),
        evaluate.score_bundle(challenger, frozen),
        champion.version,
        len(frozen),
        margins,
    )


def _record(folder: Path, bundle: Bundle, options: TrainingOptions, table: _Table, verdict: GateVerdict) -> RunRecord:
    params = {
        "include_feedback": options.include_feedback,
        "min_feedback": options.min_feedback,
        "correction_weight": options.correction_weight,
        "n_rows": len(table.train),
        "n_corrections": table.n_corrections,
        "n_quarantined": table.quarantine.count,
        **bundle.manifest["fit"],
    }
    frozen = bundle.manifest["metrics"]["frozen"]
    numbers = {key: value for key, value in frozen.items() if isinstance(value, (int, float))}
    numbers["cv_accuracy_mean"] = bundle.manifest["metrics"]["cv"]["accuracy"]
    numbers["latency_per_sample_ms"] = evaluate.latency_per_sample_ms(
        bundle, evaluate.bundle_rows(bundle, table.frozen.head(TIMED_ROWS))
    )
    tables: dict[str, Mapping[str, object]] = {
        "columns": {"columns": list(COLUMNS)},
        "feature_config": {feature.name: [feature.unit, feature.tier.value, *feature.hard] for feature in FEATURES},
        "confusion_matrix": {"rows_true_columns_predicted": frozen["confusion_matrix"]},
        "calibration_curve": {"points": frozen["calibration_curve"]},
        "gate": verdict.as_dict(),
        "quarantined": _as_table(table.quarantine),
    }
    return RunRecord(folder, params, numbers, tables, _provenance(options, verdict))


def _as_table(quarantine: dataset.Quarantine) -> dict[str, object]:
    rows = [[found.row, found.case_id, *found.reasons] for found in quarantine.named]
    return {"count": quarantine.count, "by_reason": dict(quarantine.by_reason), "rows": rows}


def _provenance(options: TrainingOptions, verdict: GateVerdict) -> dict[str, str]:
    return {
        "data_sha256": _digest(options.data),
        "python": platform.python_version(),
        "xgboost": library_version("xgboost-cpu"),
        "scikit_learn": library_version("scikit-learn"),
        "gate": "accepted" if verdict.accepted else "refused",
    }


def _digest(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _write_gate(folder: Path, verdict: GateVerdict, run_id: str, registered: int) -> None:
    content = {**verdict.as_dict(), "run_id": run_id, "registered_version": registered}
    (folder / GATE_FILE).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
