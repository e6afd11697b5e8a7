"""The commands about words where the table of words is really damaged: a copy of the program on disk, run as one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

pytestmark = pytest.mark.slow
ROOMS = ("app", "feedback_store", "triage_core")
TABLE = Path("triage_core", "motifs", "synonyms.toml")
NOTE = "homme 45 ans, TA 120/80, SpO2 92 %"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(params=["half", "no table at all", "bytes", "gone"])
def damaged(copied: Path, request: pytest.FixtureRequest) -> Path:
    sound = (ROOT / TABLE).read_bytes()
    contents = {"half": sound[: len(sound) // 2 - 7], "no table at all": b"", "bytes": b"\xff" + sound}
    (copied / TABLE).unlink(missing_ok=True)
    if request.param in contents:
        (copied / TABLE).write_bytes(contents[request.param])
    return copied


def medtriage(folder: Path, *told: str) -> "subprocess.CompletedProcess[str]":
    own = {"MEDTRIAGE_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "app.cli", *told]
    return subprocess.run(
        command, cwd=folder, env=os.environ | own, capture_output=True, text=True, timeout=120, check=False
    )


def test_ranking_words_is_refused_and_says_why(damaged: Path) -> None:
    told = medtriage(damaged, "motif", "douleur thoracique", "--json")
    assert (told.returncode, told.stdout) == (1, "")
    assert "the table of words is damaged" in told.stderr and "Traceback" not in told.stderr


def test_a_note_is_read_without_a_motif_and_it_is_said(damaged: Path) -> None:
    told = medtriage(damaged, "extract", NOTE, "--json")
    values = json.loads(told.stdout)["values"]
    assert told.returncode == 0 and "the table of words is damaged" in told.stderr
    assert {name: found["value"] for name, found in values.items()} == {
        "age": 45,
        "sexe": "M",
        "pression_systolique": 120,
        "pression_diastolique": 80,
        "saturation_oxygene": 92,
    }
