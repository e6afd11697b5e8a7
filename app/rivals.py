"""Which challenger is asked beside the served model, and which visits an experiment gives it."""

from datetime import UTC, datetime
from pathlib import Path

from app.shelf import CHALLENGERS, CHAMPION, GATE_FILE, ModelShelf
from feedback_store.journals import PROMOTIONS
from feedback_store.record import DecisionRecord
from feedback_store.store import FeedbackStore
from feedback_store.trials import TrialLog
from triage_core.arms import IsAssigned
from triage_core.model.manifest import MANIFEST_FILE

MOST_EVALUATIONS = 1000  # of one visit; a chain that bites its own tail ends
Look = tuple[object, ...]


class ChallengerFinder:
    """The folder of the challenger now. Reads the shelf only when something on it has changed."""

    def __init__(self, shelf: ModelShelf, trials: TrialLog, models_dir: Path) -> None:
        self._shelf, self._trials, self._models_dir = shelf, trials, models_dir
        self._seen: Look | None = None
        self._folder: Path | None = None

    def __call__(self) -> Path | None:
        """The bundle of the running experiment, else of the newest accepted challenger; ``None`` without one."""
        trial = self._trials.running()
        wanted = None if trial is None else trial.challenger
        look = wanted, *self._look()
        if look != self._seen:
            self._folder, self._seen = self._find(wanted), look
        return self._folder

    def _find(self, version: str | None) -> Path | None:
        """A version the gate refused is never asked, whatever an event says."""
        for info in self._shelf.versions():
            is_wanted = info.alias == "challenger" if version is None else info.version == version
            if is_wanted and info.gate.accepted and info.alias != CHAMPION:
                return info.folder
        return None

    def _look(self) -> Look:
        """Verdicts of the gate, the ledger and the served manifest: a few ``stat`` calls."""
        verdicts = sorted(self._models_dir.glob(f"{CHALLENGERS}/*/{GATE_FILE}"))
        others = (self._models_dir / PROMOTIONS, self._models_dir / CHAMPION / MANIFEST_FILE)
        return tuple(_stamp(path) for path in (*verdicts, *others))


def is_assigned(trials: TrialLog) -> IsAssigned:
    """Whether the running experiment gives a case to the challenger; never when either model is another one."""

    def told(case: str, champion: str, challenger: str) -> bool:
        trial = trials.running()
        return trial is not None and (trial.champion, trial.challenger) == (champion, challenger) and trial.takes(case)

    return told


def case_of(store: FeedbackStore, trials: TrialLog, label: str | None, supersedes: str | None) -> str | None:
    """What names a visit in the running experiment, so that each of its evaluations has the same arm.

    Its label and day (wards use a label again for another patient), else its first decision; ``None``: this one alone.
    """
    if trials.running() is None:
        return None
    if supersedes is None:
        return f"{datetime.now(UTC).date().isoformat()} {label}" if label else None
    first = _first_decision(store, supersedes)
    named = store.labels.label(first.prediction_id) if first is not None else None
    if first is None or not named:
        return supersedes if first is None else first.prediction_id
    return f"{first.timestamp.date().isoformat()} {named}"


def _first_decision(store: FeedbackStore, prediction_id: str) -> DecisionRecord | None:
    record = store.decision(prediction_id)
    for _ in range(MOST_EVALUATIONS):
        earlier = store.decision(record.supersedes) if record is not None and record.supersedes else None
        if earlier is None:
            break
        record = earlier
    return record


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_ino, found.st_mtime_ns
