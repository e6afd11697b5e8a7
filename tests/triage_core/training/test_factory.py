"""The committed factory model is small, is the one its code trains, and says when it is not."""

import json
import shutil
from pathlib import Path

import pytest

from triage_core.model.bundle import load_bundle
from triage_core.model.card import CARD_FILE, card_of
from triage_core.model.manifest import read_manifest, sealed
from triage_core.training import factory

ROOT = Path(__file__).parents[3]
FOLDER, DATA = ROOT / "models" / "factory", ROOT / "data" / "raw" / "patients_synthetic.csv"


def test_the_factory_model_stays_under_one_megabyte_and_holds_no_pickle() -> None:
    files = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert set(files) == {"model.json", "manifest.json", "MODEL_CARD.md"}
    assert sum(files.values()) < 1_000_000
    assert all(isinstance(json.loads((FOLDER / name).read_bytes()), dict) for name in ("model.json", "manifest.json"))


def test_the_committed_card_is_that_of_the_committed_manifest(tmp_path: Path) -> None:
    assert (FOLDER / CARD_FILE).read_text("utf-8") == card_of(read_manifest(FOLDER))
    shutil.copytree(FOLDER, tmp_path / "b")
    (tmp_path / "b" / CARD_FILE).unlink()
    assert factory.check_factory(DATA, tmp_path / "b") == (False, "MODEL_CARD.md is not the card of this manifest")


def test_the_factory_model_raises_some_visits_and_at_most_one_in_twenty_of_those_it_never_saw() -> None:
    for figures in read_manifest(FOLDER)["metrics"].values():
        assert 0 < figures["raised_rate"] <= 0.05
        assert figures["caught_under_triage_rate"] > 3 * figures["raised_rate"]


@pytest.mark.slow
def test_training_the_factory_model_again_gives_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert factory.main(["--check", "--data", str(DATA), "--folder", str(FOLDER)]) == 0
    assert "the same" in capsys.readouterr().out


@pytest.mark.slow
def test_a_factory_model_of_other_figures_is_told_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(FOLDER, tmp_path / "b")
    content = json.loads((FOLDER / "manifest.json").read_bytes())
    content["metrics"]["cv"]["accuracy"] += 0.02
    (tmp_path / "b" / "manifest.json").write_bytes(sealed(content))
    (tmp_path / "b" / CARD_FILE).write_text(card_of(read_manifest(tmp_path / "b")), encoding="utf-8")
    assert factory.main(["--check", "--data", str(DATA), "--folder", str(tmp_path / "b")]) == 1
    assert "cv.accuracy" in capsys.readouterr().out


def test_only_differences_above_the_tolerance_are_told() -> None:
    bundle = load_bundle(FOLDER)
    assert factory.differing_metrics(bundle, bundle) == ()


def test_a_table_that_cannot_be_read_is_a_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert factory.main(["--data", str(tmp_path / "none.csv"), "--folder", str(tmp_path / "b")]) == 1
    assert "none.csv" in capsys.readouterr().err
