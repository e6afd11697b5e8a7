"""A model says from which data, code and libraries it was made."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from triage_core.training import provenance as room
from triage_core.training.provenance import code_version, corrections_sha256, library_version, provenance

LEARNT = pd.DataFrame({"case_id": ["a", "b"], "age": [1.0, np.nan]})
WEIGHTS = np.array([3.0, 0.5])


def test_everything_that_made_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x")
    told = provenance(tmp_path / "t.csv", LEARNT, WEIGHTS, 42)
    assert told["data_sha256"] == hashlib.sha256(b"x").hexdigest()
    assert (told["seed"], told["code_version"]) == ("42", library_version("medtriage"))
    assert {"python", "machine", "library_xgboost_cpu", "library_optuna", "code_sha256"} <= told.keys()
    assert len(told["corrections_sha256"]) == 64


def test_the_digest_of_the_corrections_sees_values_and_weights_and_not_their_order() -> None:
    same = corrections_sha256(LEARNT[::-1], WEIGHTS[::-1])
    assert corrections_sha256(LEARNT, WEIGHTS) == same
    assert corrections_sha256(LEARNT, WEIGHTS[::-1]) != same
    assert corrections_sha256(LEARNT.assign(age=2.0), WEIGHTS) != same


def test_a_clone_names_its_commit() -> None:
    told = code_version()
    assert len(told["code_commit"]) == 40
    assert told["code_is_clean"] in ("true", "false")


@pytest.mark.parametrize("lacking", ["git", "clone"])
def test_a_copy_without_git_or_history_has_its_digest_alone(tmp_path: Path, monkeypatch, lacking: str) -> None:
    if lacking == "git":
        monkeypatch.setattr(room.shutil, "which", lambda _: None)
    else:
        monkeypatch.setattr(room, "ROOT", tmp_path)
    assert set(code_version()) == {"code_version", "code_sha256"}


def test_a_git_that_fails_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(room, "ROOT", tmp_path)
    assert "code_commit" not in code_version()


def test_a_library_that_is_not_there_is_told_as_absent() -> None:
    assert library_version("no-such-distribution") == "absent"
