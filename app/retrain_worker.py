"""The training process: collects corrections, runs one training, and keeps ``status.json`` true until it ends.

Started detached by ``app.jobs`` or in the foreground by ``medtriage retrain``; it never serves anything.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TextIO

from app.settings import Settings
from feedback_store.corrections import training_rows
from feedback_store.store import FeedbackStore
from triage_core.errors import DatasetError, RetrainingBusy, TooFewFeedbacks
from triage_core.training.registry import RunCancelled
from triage_core.training.run import TrainingOptions, TrainingOutcome, run_training

MOST_NAMED_ROWS = 20
UNASKED_NICENESS = 10  # a run nobody waits for leaves the processor to those who do


class StatusFile:
    """``status.json`` (replaced atomically) and ``log.txt`` of one job."""

    def __init__(self, folder: Path, echo: TextIO | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._echo = folder, echo
        self._started = time.monotonic()
        self._fields: dict[str, object] = {
            "state": "running",
            "progress": 0.0,
            "step": "démarrage",
            "run_id": None,
            "version": None,
            "error": None,
            "pid": os.getpid(),
            "started_at": datetime.now(UTC).isoformat(),
        }
        self.update()

    def update(self, **changes: object) -> None:
        """Write the status anew with these fields changed."""
        self._fields |= changes | {"updated_at": datetime.now(UTC).isoformat()}
        draft = self._folder / "status.json.tmp"
        draft.write_text(json.dumps(self._fields, ensure_ascii=False), encoding="utf-8")
        draft.replace(self._folder / "status.json")

    def report(self, share: float, step: str) -> None:
        """Progress from 0 to 1 and the step in words, with an estimate of the time left."""
        elapsed = time.monotonic() - self._started
        eta = elapsed * (1 - share) / share if share > 0 else None
        self.update(progress=round(share, 3), step=step, eta_s=None if eta is None else round(eta, 1))
        self.log(f"{100 * share:3.0f} %  {step}")

    def log(self, line: str) -> None:
        """Append one line to the job's log, and to the terminal of a foreground run."""
        with (self._folder / "log.txt").open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC):%H:%M:%S}  {line}\n")
        if self._echo is not None:
            print(line, file=self._echo, flush=True)


def main(arguments: list[str] | None = None, echo: TextIO | None = None) -> int:
    """Run one training; 0 when the gate accepts the version, 1 on a refusal it explains, the gate's included."""
    options = _parser().parse_args(arguments)
    settings = Settings()
    job_dir = options.job_dir or settings.data_dir / "jobs" / f"cli-{os.getpid()}"
    status = StatusFile(job_dir, echo)
    if options.trigger is not None:
        os.nice(UNASKED_NICENESS)
    signal.signal(signal.SIGTERM, _cancel)
    try:
        outcome = run_training(
            _options(options, settings), _corrections(settings, options), settings.models_dir, status.report
        )
    except RunCancelled:
        status.update(state="cancelled", error="annulé")
        return 1
    except (TooFewFeedbacks, RetrainingBusy, DatasetError) as refusal:
        status.update(state="refused", error=str(refusal))
        status.log(f"refusé : {refusal}")
        return 1
    except Exception as fault:  # MLflow and SQLAlchemy have trees of their own: a job that broke must say so
        status.update(state="failed", error=f"{type(fault).__name__}: {fault}")
        status.log(f"échec : {fault}")
        return 1
    _finish(status, outcome)
    return 0 if outcome.verdict.accepted else 1


def _finish(status: StatusFile, outcome: TrainingOutcome) -> None:
    """Tell the gate's verdict: a refused version is kept, named, and never promoted."""
    accepted, reasons = outcome.verdict.accepted, " ; ".join(outcome.verdict.reasons)
    status.log(f"version {outcome.version} {'acceptée' if accepted else 'refusée'} : {reasons}")
    status.log(f"{outcome.n_rows} lignes, {outcome.n_corrections} corrections, {outcome.quarantine.count} écartées")
    for row in outcome.quarantined[:MOST_NAMED_ROWS]:  # more of them are an artifact of the run
        status.log(f"écartée : ligne {row.row + 2}, cas {row.case_id or 'sans nom'} : {' ; '.join(row.reasons)}")
    status.update(
        state="done" if accepted else "refused", error=None if accepted else reasons, progress=1.0, step="terminé",
        eta_s=0.0, run_id=outcome.run_id, version=outcome.version, accepted=accepted,
        reasons=list(outcome.verdict.reasons),
    )  # fmt: skip


def _cancel(_signal: int, _frame: FrameType | None) -> None:
    raise RunCancelled


def _corrections(settings: Settings, options: argparse.Namespace) -> Sequence[Mapping[str, object]]:
    if options.no_feedback:
        return []
    return training_rows(FeedbackStore(settings.data_dir, settings.thresholds, key=settings.journal_secret))


def _options(options: argparse.Namespace, settings: Settings) -> TrainingOptions:
    return TrainingOptions(
        data=options.data or settings.base_table,
        include_feedback=not options.no_feedback,
        min_feedback=options.min_feedback,
        n_estimators=options.n_estimators,
        max_depth=options.max_depth,
        run_name=options.run_name,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="medtriage retrain", description="train and judge a challenger")
    add_training_arguments(parser)
    parser.add_argument("--job-dir", type=Path, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--trigger", default=None, help=argparse.SUPPRESS)
    return parser


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a training run, shared by the command line and the worker."""
    parser.add_argument(
        "--data",
        type=Path,
        default=None,
        help="base table (CSV or Parquet, as import-data leaves it); default: the synthetic one",
    )
    parser.add_argument("--no-feedback", action="store_true", help="train on the base table alone")
    parser.add_argument("--min-feedback", type=_positive, default=50, help="refuse below this many corrections")
    parser.add_argument("--n-estimators", type=_positive, default=None, help="number of trees")
    parser.add_argument("--max-depth", type=_positive, default=None, help="depth of the trees")
    parser.add_argument("--run-name", default=None, help="name of the run in MLflow")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
