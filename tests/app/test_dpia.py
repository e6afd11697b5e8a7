"""The notes for the impact assessment follow the code, and their proofs exist."""

from pathlib import Path

import pytest

from app.safety import dpia
from feedback_store.record import DecisionRecord, FeedbackRecord


def test_the_notes_are_fresh_and_every_measure_is_proven() -> None:
    assert dpia.unproven() == () and dpia.main(["--check"]) == 0


def test_every_field_that_is_kept_is_named() -> None:
    text = dpia.notes()
    assert all(f"`{name}`" in text for name in (*DecisionRecord.model_fields, *FeedbackRecord.model_fields))
    assert "@" not in text


def test_stale_notes_and_a_lost_proof_fail_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dpia, "TARGET", tmp_path / "AIPD.md")
    assert dpia.main(["--check"]) == 1 and "stale" in capsys.readouterr().err
    assert dpia.main([]) == 0 and dpia.main(["--check"]) == 0
    monkeypatch.setattr(dpia, "MEASURES", {"x": ("tests/app/test_dpia.py::test_gone",)})
    assert dpia.main([]) == 1 and "test_gone" in capsys.readouterr().err
