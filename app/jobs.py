"""Training runs as jobs: each is a process in a session of its own, known by its folder, that outlives this server.

The worker keeps ``status.json`` true; we start it, read it, tell when it died, and stop it.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from app.access.options import without_secrets
from app.processes import ProcessMark, has_ended, mark_of, signal_session
from triage_core.errors import RetrainingBusy, TooFewFeedbacks

WORKER = (sys.executable, "-m", "app.retrain_worker")
TRAINING_LOCK = "retrain.lock"  # under models_dir, held by the worker for as long as it trains
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
GRACE_S = 3.0  # between asking a worker to stop and killing it
STATUS_FILE, PROCESS_FILE, CANCEL_FILE, TRIGGER_FILE = "status.json", "process.json", "cancel", "trigger.json"
CANCELLED = {"state": "cancelled", "error": "annulé"}
INTERRUPTED = {"state": "interrupted", "error": "le processus d'entraînement s'est arrêté sans rien dire"}
_JOB_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}")
_POLL_S = 0.05


@dataclass(frozen=True)
class RetrainRequest:
    """What a page or the route asks of a run."""

    include_feedback: bool = True
    min_feedback_samples: int = 50
    run_name: str | None = None
    n_estimators: int | None = None  # None: the number of trees the training itself chooses
    max_depth: int | None = None
    data: Path | None = None  # None: the base table
    trigger: str | None = None  # what started it by itself; None: somebody
    tune_minutes: float | None = None  # how long to look for better settings first; None: not at all


@dataclass(frozen=True)
class JobStatus:
    """Where a job stands. ``state``: running, done, refused, failed, cancelled, interrupted; ``progress`` 0 to 1."""

    job_id: str
    state: str
    progress: float
    step: str = ""
    run_id: str | None = None
    version: str | None = None
    error: str | None = None
    started_at: str | None = None
    updated_at: str | None = None
    eta_s: float | None = None
    accepted: bool | None = None
    reasons: tuple[str, ...] = ()
    trigger: str | None = None
    feedback: Mapping[str, float] = field(default_factory=dict)  # what became of the verdicts, in counts

    @property
    def is_running(self) -> bool:
        """Whether its process is at work."""
        return self.state == "running"


class RetrainJobs:
    """Starts, follows and stops training runs, one at a time on this machine."""

    def __init__(
        self,
        jobs_dir: Path,
        models_dir: Path,
        count_corrections: Callable[[int], int],
        environment: Mapping[str, str] | None = None,
        worker: tuple[str, ...] = WORKER,
    ) -> None:
        """``count_corrections`` tells how many verdicts a run could use; ``environment`` is added to our own."""
        self._jobs_dir, self._models_dir = jobs_dir, models_dir
        self._count_corrections, self._environment, self._worker = count_corrections, environment or {}, worker

    def start(self, asked: RetrainRequest | None = None) -> str:
        """Start a run and return its job id.

        Raises ``RetrainingBusy`` while another runs, here or from a terminal, and ``TooFewFeedbacks``.
        """
        asked = asked or RetrainRequest()
        self._jobs_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(self._jobs_dir / "start.lock"):
            self._refuse_if_busy()
            self._refuse_if_too_few(asked)
            return self._launch(asked)

    def status(self, job_id: str) -> JobStatus | None:
        """Where a job stands; ``None`` for an id that is not ours. A dead worker's job is ``interrupted``."""
        folder = self._jobs_dir / job_id
        if not _JOB_ID.fullmatch(job_id) or not (folder / PROCESS_FILE).is_file():
            return None
        is_dead = has_ended(_read_mark(folder))  # asked before reading: a worker writes its last word, then ends
        told = _read_status(folder) | _read_trigger(folder)
        if told.get("state") == "running" and is_dead:
            told |= CANCELLED if (folder / CANCEL_FILE).exists() else INTERRUPTED
            _write_json(folder / STATUS_FILE, told)
        return _as_status(job_id, told)

    def latest(self) -> JobStatus | None:
        """The job started last, running or not; ``None`` when there never was one."""
        return next((status for job_id in self.job_ids() if (status := self.status(job_id))), None)

    def current(self) -> JobStatus | None:
        """The job at work now; ``None`` when there is none."""
        latest = self.latest()
        return latest if latest is not None and latest.is_running else None

    def job_ids(self) -> tuple[str, ...]:
        """Every job we know of, newest first."""
        if not self._jobs_dir.is_dir():
            return ()
        names = (path.parent.name for path in self._jobs_dir.glob(f"*/{PROCESS_FILE}"))
        return tuple(sorted((name for name in names if _JOB_ID.fullmatch(name)), reverse=True))

    def cancel(self, job_id: str) -> JobStatus | None:
        """Stop a job: ask, wait a moment, then kill its whole session. Does nothing to a job that has ended."""
        status = self.status(job_id)
        if status is None or not status.is_running:
            return status
        folder = self._jobs_dir / job_id
        (folder / CANCEL_FILE).touch()
        mark = _read_mark(folder)
        signal_session(mark, signal.SIGTERM)
        if not _wait_for_end(mark, GRACE_S):
            signal_session(mark, signal.SIGKILL)
            _wait_for_end(mark, GRACE_S)
        return self.status(job_id)

    def log(self, job_id: str, lines: int = 50) -> tuple[str, ...]:
        """The last lines of a job's log."""
        path = self._jobs_dir / job_id / "log.txt"
        if not _JOB_ID.fullmatch(job_id) or not path.is_file():
            return ()
        return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def _refuse_if_busy(self) -> None:
        if self.current() is not None or self._is_lock_held():
            raise RetrainingBusy("another training run is in progress")

    def _is_lock_held(self) -> bool:
        """Whether some process trains, be it one started from a terminal."""
        self._models_dir.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._models_dir / TRAINING_LOCK, timeout=0):
                return False
        except Timeout:
            return True

    def _refuse_if_too_few(self, asked: RetrainRequest) -> None:
        if not asked.include_feedback:
            return
        usable = self._count_corrections(asked.min_feedback_samples)
        if usable < asked.min_feedback_samples:
            raise TooFewFeedbacks(f"{asked.min_feedback_samples} corrections wanted, {usable} usable")

    def _launch(self, asked: RetrainRequest) -> str:
        job_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        folder = self._jobs_dir / job_id
        folder.mkdir()
        now = datetime.now(UTC).isoformat()
        first = {
            "state": "running",
            "progress": 0.0,
            "step": "démarrage",
            "started_at": now,
            "updated_at": now,
        }
        _write_json(folder / STATUS_FILE, first)
        if asked.trigger is not None:
            _write_json(folder / TRIGGER_FILE, {"trigger": asked.trigger})
        with (folder / "output.txt").open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
                [*self._worker, "--job-dir", str(folder), *_arguments(asked)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=without_secrets(os.environ) | dict(self._environment) | ONE_THREAD,
            )
        _write_json(folder / PROCESS_FILE, mark_of(process.pid).as_dict())  # from here on others see the job
        threading.Thread(target=process.wait, name=f"reap-{job_id}", daemon=True).start()
        return job_id


def _arguments(asked: RetrainRequest) -> list[str]:
    arguments = [f"--min-feedback={asked.min_feedback_samples}"]
    if not asked.include_feedback:
        arguments.append("--no-feedback")
    if asked.data is not None:
        arguments.append(f"--data={asked.data}")
    if asked.run_name is not None:
        arguments.append(f"--run-name={asked.run_name}")
    if asked.n_estimators is not None:
        arguments.append(f"--n-estimators={asked.n_estimators}")
    if asked.max_depth is not None:
        arguments.append(f"--max-depth={asked.max_depth}")
    if asked.trigger is not None:
        arguments.append(f"--trigger={asked.trigger}")
    if asked.tune_minutes is not None:
        arguments += ["--tune", f"--tune-minutes={asked.tune_minutes}"]
    return arguments


def _wait_for_end(mark: ProcessMark | None, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not has_ended(mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _read_mark(folder: Path) -> ProcessMark | None:
    try:
        return ProcessMark(**json.loads((folder / PROCESS_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _read_trigger(folder: Path) -> dict[str, object]:
    """What started the job by itself; nothing for one that somebody asked for."""
    path = folder / TRIGGER_FILE
    return {"trigger": json.loads(path.read_text(encoding="utf-8"))["trigger"]} if path.is_file() else {}


def _read_status(folder: Path) -> dict[str, object]:
    try:
        told = json.loads((folder / STATUS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        return {"state": "failed", "error": f"status.json : {type(fault).__name__}"}
    return told if isinstance(told, dict) else {"state": "failed", "error": "status.json : illisible"}


def _write_json(path: Path, told: Mapping[str, object]) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.write_text(json.dumps(dict(told), ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


def _as_status(job_id: str, told: Mapping[str, object]) -> JobStatus:
    known = {name: told[name] for name in JobStatus.__dataclass_fields__ if name in told and name != "job_id"}
    known["reasons"] = tuple(map(str, reasons)) if isinstance(reasons := told.get("reasons"), list) else ()
    counts = told.get("feedback")
    known["feedback"] = counts if isinstance(counts, dict) else {}
    return JobStatus(job_id, **({"state": "failed", "progress": 0.0} | known))  # type: ignore[arg-type]
