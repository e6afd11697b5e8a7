"""What a training process leaves behind it: a status that says how it ended, whatever happened."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app import retrain_worker
from triage_core.training.gate import GateVerdict
from triage_core.training.quarantine import Quarantine
from triage_core.training.run import TrainingOutcome

Train = Callable[..., TrainingOutcome]


def an_outcome(*refusals: str) -> TrainingOutcome:
    reasons = refusals or ("rappel ROUGE 91,0 %",)
    verdict = GateVerdict(not refusals, reasons, "factory-1", 2000, {}, {}, {})
    return TrainingOutcome("run-7", "v7", verdict, 8000, 60, Quarantine())


@pytest.fixture
def told_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Train], tuple[int, dict[str, object]]]:
    """The exit code and the status of a worker whose training does this."""
    monkeypatch.setenv("MEDTRIAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MEDTRIAGE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setattr(retrain_worker.signal, "signal", lambda *_: None)

    def run(train: Train) -> tuple[int, dict[str, object]]:
        monkeypatch.setattr(retrain_worker, "run_training", train)
        code = retrain_worker.main(["--no-feedback", f"--job-dir={tmp_path / 'job'}"])
        return code, json.loads((tmp_path / "job" / "status.json").read_text(encoding="utf-8"))

    return run


def test_an_accepted_version_ends_done(told_by) -> None:
    code, status = told_by(lambda *_: an_outcome())
    assert (code, status["state"], status["version"], status["error"]) == (0, "done", "v7", None)


def test_a_version_the_gate_refuses_ends_refused_with_its_name_and_every_reason(told_by) -> None:
    code, status = told_by(lambda *_: an_outcome("rappel ROUGE en baisse", "sous-triage en hausse"))
    assert (code, status["state"], status["run_id"], status["version"]) == (1, "refused", "run-7", "v7")
    assert status["error"] == "rappel ROUGE en baisse ; sous-triage en hausse"
    assert (status["accepted"], status["progress"]) == (False, 1.0)


def test_a_fault_of_any_library_ends_failed_and_says_which(told_by) -> None:
    def break_down(*_: object) -> TrainingOutcome:
        raise RuntimeError("database is locked")

    code, status = told_by(break_down)
    assert (code, status["state"], status["error"]) == (1, "failed", "RuntimeError: database is locked")


def test_every_run_gives_way_to_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(retrain_worker.os, "setpriority", lambda _, who, value: asked.append((who, value)))
    for usual, given in ((0, 10), (5, 10), (15, 15)):
        monkeypatch.setattr(retrain_worker.os, "getpriority", lambda _, who, usual=usual: usual)
        retrain_worker.give_way()
        assert asked[-1] == (0, given)
