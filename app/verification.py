"""Reads everything that outlives us and says what is damaged: journal lines and the served model."""

from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings
from feedback_store.journal import Journal
from feedback_store.store import DECISIONS, FEEDBACK
from feedback_store.tally import Fault, Tally
from triage_core.errors import BundleError
from triage_core.model.bundle import load_served


@dataclass(frozen=True)
class Report:
    """One line a finding, in order; ``is_sound`` when none is a damage."""

    lines: tuple[str, ...]
    is_sound: bool


def verify(settings: Settings) -> Report:
    """Check both journals line by line and the served model by its digests. Changes nothing."""
    damaged = [f"damaged: {f.file} bytes {f.offset}-{f.end}: {f.reason}" for f in _faults(settings.data_dir)]
    model, is_model_sound = _model_line(settings)
    count = f"journals: {len(damaged)} damaged line(s)"
    return Report((*damaged, count, model), not damaged and is_model_sound)


def _faults(data_dir: Path) -> tuple[Fault, ...]:
    """Every line read anew, whatever the statistics remember of it."""
    tally = Tally()
    for line in Journal(data_dir / DECISIONS).read():
        tally.take_decision(DECISIONS.name, line)
    for line in Journal(data_dir / FEEDBACK).read():
        tally.take_feedback(FEEDBACK.name, line)
    return tuple(tally.faults)


def _model_line(settings: Settings) -> tuple[str, bool]:
    try:
        return f"model: {load_served(settings.models_dir).version} is what its manifest describes", True
    except BundleError as fault:
        return f"damaged: model: {fault}", False
