"""The training process: collects corrections, runs one training, and keeps ``status.json`` true until it ends.

Started detached by ``app.jobs`` or in the foreground by ``medtriage retrain``; it never serves anything.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TextIO

from app.settings import Settings
from app.training_arguments import training_options, training_parser
from feedback_store.intake import gather
from feedback_store.journals import ledgers_of
from feedback_store.reviews import Reviews
from feedback_store.store import FeedbackStore
from triage_core.errors import DatasetError, RetrainingBusy, TooFewFeedbacks
from triage_core.training.correction import Intake
from triage_core.training.protection import FeedbackReport
from triage_core.training.registry import RunCancelled
from triage_core.training.run import TrainingOutcome, run_training

MOST_NAMED_ROWS = 20
NICENESS = 10  # whoever started a run: the nurse's screen comes first


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
    options = training_parser().parse_args(arguments)
    settings = Settings()
    job_dir = options.job_dir or settings.data_dir / "jobs" / f"cli-{os.getpid()}"
    status = StatusFile(job_dir, echo)
    give_way()
    signal.signal(signal.SIGTERM, _cancel)
    try:
        outcome = run_training(
            training_options(options, settings.base_table),
            _intake(settings, options),
            settings.models_dir,
            status.report,
            settings.gate_margins,
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
    _note_reviews(settings, outcome.feedback)
    _finish(status, outcome)
    return 0 if outcome.verdict.accepted or outcome.verdict.bypassed else 1


def give_way() -> None:
    """Leave the processor to decisions; a process that is nicer already stays so."""
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))


def _finish(status: StatusFile, outcome: TrainingOutcome) -> None:
    """Tell the gate's verdict: a refused version is kept, named, and never promoted."""
    accepted, reasons = outcome.verdict.accepted, " ; ".join(outcome.verdict.reasons)
    is_done = accepted or outcome.verdict.bypassed
    word = "acceptée" if accepted else "non jugée" if outcome.verdict.bypassed else "refusée"
    status.log(f"version {outcome.version} {word} : {reasons}")
    status.log(f"{outcome.n_rows} lignes, {outcome.n_corrections} corrections, {outcome.quarantine.count} écartées")
    for line in _feedback_lines(outcome.feedback):
        status.log(line)
    for row in outcome.quarantined[:MOST_NAMED_ROWS]:  # more of them are an artifact of the run
        status.log(f"écartée : ligne {row.row + 2}, cas {row.case_id or 'sans nom'} : {' ; '.join(row.reasons)}")
    status.update(
        state="done" if is_done else "refused", error=None if is_done else reasons, progress=1.0, step="terminé",
        eta_s=0.0, run_id=outcome.run_id, version=outcome.version, accepted=accepted,
        reasons=list(outcome.verdict.reasons), feedback=outcome.feedback.counts(),
    )  # fmt: skip


def _cancel(_signal: int, _frame: FrameType | None) -> None:
    raise RunCancelled


def _intake(settings: Settings, options: argparse.Namespace) -> Intake:
    if options.no_feedback:
        return Intake()
    store = FeedbackStore(settings.data_dir, settings.thresholds, key=settings.journal_secret)
    return gather(store, Reviews(store.keeping.ledgers.reviews).events()).intake


def _note_reviews(settings: Settings, report: FeedbackReport) -> None:
    """What was set aside waits on the administrator's page."""
    found = ((told.case_id, told.verdict_ids, told.reasons) for told in report.set_aside)
    Reviews(ledgers_of(settings.data_dir, settings.journal_secret).reviews).set_aside(found)


def _feedback_lines(report: FeedbackReport) -> list[str]:
    """What became of the nurses' verdicts, in counts; nothing when there were none."""
    if not report.received:
        return []
    reasons = Counter(reason for told in report.set_aside for reason in told.reasons)
    lines = [
        f"verdicts : {report.received} cas reçus, {report.learned} appris, {report.duplicates} doublons, "
        f"{report.contradictory} contradictoires à arbitrer, {len(report.set_aside)} mis de côté à relire, "
        f"{report.rejected} écartés après relecture"
    ]
    lines += [f"mis de côté : {count} {reason}" for reason, count in sorted(reasons.items())]
    if report.capped_nurses:
        given, kept = round(report.weight_given), round(report.weight_kept)
        lines.append(f"influence plafonnée : {report.capped_nurses} infirmier(s), poids {kept} au lieu de {given}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
