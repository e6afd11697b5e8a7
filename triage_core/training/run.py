"""One training run from tables to a judged challenger: the only path by which a new model comes to be.

Steps: read and check rows -> fit, calibrate, choose thresholds -> judge on the frozen set -> record in MLflow ->
lay the bundle and the gate's verdict under ``models/challengers/<version>/``. Promotion is somebody else's act.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from triage_core.errors import BundleError, DatasetError, RetrainingBusy, TooFewFeedbacks
from triage_core.features import FEATURES
from triage_core.model.bundle import SHIPPED_FACTORY, Bundle, load_bundle, load_served, write_bundle
from triage_core.model.columns import COLUMNS
from triage_core.model.manifest import MODEL_FILE
from triage_core.model.words import WORDS_FILE
from triage_core.training import dataset, evaluate
from triage_core.training.correction import Correction, Intake
from triage_core.training.described import with_card
from triage_core.training.fit import FitSettings, train_bundle
from triage_core.training.fit_large import train_large_bundle
from triage_core.training.gate import GateVerdict, bypassed
from triage_core.training.judging import judge_bundles
from triage_core.training.large import LargeTable, is_large, read_large
from triage_core.training.margins import GateMargins
from triage_core.training.protection import FeedbackReport, Lesson, Protection, take_in
from triage_core.training.provenance import file_sha256, provenance
from triage_core.training.registry import Registry, RegistrySettings, RunRecord
from triage_core.training.tune import TuneBudget, Tuned, tune

LOCK_NAME = "retrain.lock"
GATE_FILE = "gate.json"
BUNDLE_FOLDER = "bundle"
SEARCH_SHARE = 0.6  # of a run's time that a search for settings takes, for the progress bar
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
    seed: int | None = None
    tune: TuneBudget | None = None  # look for better settings first
    is_protected: bool = True  # caps and reviews of the nurses' verdicts; off for experiments alone, never from a page
    is_judged: bool = True  # the gate; off for experiments alone: what was not judged is never accepted


@dataclass(frozen=True)
class TrainingOutcome:
    """What a run left: its MLflow id, the registered version, and the gate's verdict."""

    run_id: str
    version: str
    verdict: GateVerdict
    n_rows: int
    n_corrections: int
    quarantine: dataset.Quarantine
    feedback: FeedbackReport = field(default_factory=FeedbackReport)

    @property
    def quarantined(self) -> tuple[dataset.Quarantined, ...]:
        """The first rows set aside, by name; ``quarantine.count`` says how many there are."""
        return self.quarantine.named


def run_training(
    options: TrainingOptions,
    corrections: Intake | Iterable[Correction],
    models_dir: Path,
    report: Progress,
    margins: GateMargins | None = None,
) -> TrainingOutcome:
    """Train, judge and register one challenger.

    ``min_feedback`` is compared with the judged cases received, before doubtful ones are set aside.
    Raises ``RetrainingBusy`` when another run holds the lock, ``TooFewFeedbacks`` below ``min_feedback``
    cases, ``DatasetError`` for a table without its columns.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(models_dir / LOCK_NAME, timeout=0):
            return _run(options, Intake.of(corrections), models_dir, report, margins)
    except Timeout as busy:
        raise RetrainingBusy("another training run is in progress") from busy


def _run(
    options: TrainingOptions, intake: Intake, models_dir: Path, report: Progress, margins: GateMargins | None
) -> TrainingOutcome:
    usable = intake if options.include_feedback else Intake()
    if options.include_feedback and usable.received < options.min_feedback:
        raise TooFewFeedbacks(f"{options.min_feedback} corrections wanted, {usable.received} usable")
    report(0.02, "lecture des données")
    champion = _champion(models_dir)
    table = _training_table(options, usable, champion)
    registry = Registry(RegistrySettings.from_environment(models_dir))
    registry.close_abandoned_runs()
    number = registry.next_version()
    with registry.run(options.run_name) as run_id:
        folder = models_dir / "challengers" / f"v{number}"
        settings = _settings(options)
        tuned = _tuned(options, settings, table, report)
        bundle = _fit(options, tuned.settings, table, folder / BUNDLE_FOLDER, f"v{number}", report, tuned)
        report(0.9, "jugement sur le jeu gelé et les sentinelles")
        verdict = _judge(options, bundle, champion, table.frozen, margins)
        report(0.94, "enregistrement dans MLflow")
        record = _record(folder / BUNDLE_FOLDER, bundle, options, table, verdict, tuned)
        registered = registry.record(run_id, record)
        _write_gate(folder, verdict, run_id, registered)
    lesson = table.lesson
    return TrainingOutcome(
        run_id, f"v{number}", verdict, len(table.train), lesson.report.learned, table.quarantine, lesson.report
    )


@dataclass(frozen=True)
class _Table:
    train: pd.DataFrame | LargeTable
    weights: pd.Series
    frozen: pd.DataFrame
    lesson: Lesson
    quarantine: dataset.Quarantine


def _training_table(options: TrainingOptions, intake: Intake, champion: Bundle) -> _Table:
    """Base rows split by the frozen hash, what is learnt of the corrections added to the training part only."""
    if is_large(options.data):
        return _large_table(options, intake, champion)
    base = dataset.read_table(options.data)
    train, frozen = dataset.split(base.frame)
    if train.empty or frozen.empty:
        raise DatasetError(f"{options.data.name} holds too few usable rows ({base.quarantine.count} set aside)")
    lesson = take_in(intake, train, champion, Protection(options.is_protected, options.correction_weight))
    added = lesson.dataset
    joined = pd.concat([train, added.frame], ignore_index=True) if len(added.frame) else train
    weights = pd.Series([1.0] * len(train) + lesson.weights.tolist(), dtype="float64")
    quarantine = base.quarantine.joined(added.quarantine)
    return _Table(joined.reset_index(drop=True), weights, frozen, lesson, quarantine)


def _large_table(options: TrainingOptions, intake: Intake, champion: Bundle) -> _Table:
    """The same of a table read in parts; its frozen visits, which are at hand, are the neighbours of the verdicts."""
    large = read_large(options.data)
    lesson = take_in(intake, large.frozen, champion, Protection(options.is_protected, options.correction_weight))
    large.fit.add(lesson.dataset.frame, lesson.weights)
    quarantine = large.quarantine.joined(lesson.dataset.quarantine)
    return _Table(large, pd.Series(lesson.weights), large.frozen, lesson, quarantine)


def _settings(options: TrainingOptions) -> FitSettings:
    asked = {"n_estimators": options.n_estimators, "max_depth": options.max_depth, "seed": options.seed}
    return replace(FitSettings(), **{key: value for key, value in asked.items() if value is not None})


def _tuned(options: TrainingOptions, settings: FitSettings, table: _Table, report: Progress) -> Tuned:
    """Better settings when they were asked for; what the caller fixed stays fixed."""
    if options.tune is None:
        return Tuned(settings, {})
    if isinstance(table.train, LargeTable):
        raise DatasetError("--tune searches on tables that fit in memory: name a part of this one")
    fixed = [name for name in ("n_estimators", "max_depth") if getattr(options, name) is not None]
    weights = table.weights.to_numpy()
    told: Progress = lambda share, step: report(0.02 + SEARCH_SHARE * share, step)  # noqa: E731 - handed on as it is
    return tune(table.train, weights, settings, options.tune, fixed, told)


def _fit(
    options: TrainingOptions,
    settings: FitSettings,
    table: _Table,
    out_dir: Path,
    version: str,
    report: Progress,
    tuned: Tuned,
) -> Bundle:
    start = 0.05 if options.tune is None else 0.02 + SEARCH_SHARE
    told: Progress = lambda share, step: report(start + (0.88 - start) * share, step)  # noqa: E731 - for both branches
    created = datetime.now(UTC).isoformat()
    n_learned = len(table.lesson.dataset.frame)
    source = {"table": options.data.name, "sha256": file_sha256(options.data), "n_corrections": n_learned}
    if isinstance(table.train, LargeTable):
        train_large_bundle(table.train, out_dir, settings, version, told, created=created, data=source)
        return _signed(out_dir, table, options, settings, tuned)
    train_bundle(
        table.train,
        out_dir,
        settings,
        version,
        progress=told,
        weights=table.weights.to_numpy(),
        frozen=table.frozen,
        created=created,
        data=source,
    )
    return _signed(out_dir, table, options, settings, tuned)


def _signed(out_dir: Path, table: _Table, options: TrainingOptions, settings: FitSettings, tuned: Tuned) -> Bundle:
    """The bundle with its provenance written into the manifest; the model's own bytes are not touched."""
    bundle = load_bundle(out_dir)
    origin = provenance(options.data, table.lesson.dataset.frame, table.lesson.weights, settings.seed)
    told = dict(bundle.manifest) | {"provenance": origin, "feedback": table.lesson.report.counts()}
    told |= {"search": tuned.study["best"]} if tuned.study else {}
    words = (out_dir / WORDS_FILE).read_bytes() if bundle.words is not None else None
    write_bundle(out_dir, (out_dir / MODEL_FILE).read_bytes(), told, words)
    return with_card(out_dir)


def _champion(models_dir: Path) -> Bundle:
    """What the challenger must not be worse than; a served bundle that cannot be read leaves the factory model."""
    try:
        return load_served(models_dir)
    except BundleError:
        return load_bundle(SHIPPED_FACTORY)


def _judge(
    options: TrainingOptions, challenger: Bundle, champion: Bundle, frozen: pd.DataFrame, margins: GateMargins | None
) -> GateVerdict:
    if not options.is_judged:
        return bypassed(champion.version, len(frozen), margins)
    return judge_bundles(champion, challenger, frozen, margins)


def _record(
    folder: Path, bundle: Bundle, options: TrainingOptions, table: _Table, verdict: GateVerdict, tuned: Tuned
) -> RunRecord:
    params = {
        "include_feedback": options.include_feedback,
        "min_feedback": options.min_feedback,
        "correction_weight": options.correction_weight,
        "n_rows": len(table.train),
        "n_corrections": table.lesson.report.learned,
        "is_protected": options.is_protected,
        "is_judged": options.is_judged,
        "is_tuned": options.tune is not None,
        **{f"feedback_{name}": value for name, value in table.lesson.report.counts().items()},
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
        "feedback": asdict(table.lesson.report),
        "quarantined": _as_table(table.quarantine),
    }
    if tuned.study:
        tables["study"] = tuned.study
    gate = "bypassed" if verdict.bypassed else "accepted" if verdict.accepted else "refused"
    return RunRecord(folder, params, numbers, tables, dict(bundle.manifest["provenance"]) | {"gate": gate})


def _as_table(quarantine: dataset.Quarantine) -> dict[str, object]:
    rows = [[found.row, found.case_id, *found.reasons] for found in quarantine.named]
    return {"count": quarantine.count, "by_reason": dict(quarantine.by_reason), "rows": rows}


def _write_gate(folder: Path, verdict: GateVerdict, run_id: str, registered: int) -> None:
    content = {**verdict.as_dict(), "run_id": run_id, "registered_version": registered}
    (folder / GATE_FILE).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
