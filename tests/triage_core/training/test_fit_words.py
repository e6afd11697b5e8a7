"""A history with free text gives a bundle that reads it; without text nothing changes; vitals keep their law."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.builders import a_patient
from tests.triage_core.training.test_fit import LEVELS, a_table
from triage_core.errors import BundleError
from triage_core.levels import Gravity
from triage_core.model.bundle import Bundle, bundle_stamp, load_bundle, write_bundle
from triage_core.model.columns import COLUMNS, matrix
from triage_core.model.explain import explain
from triage_core.model.predict import Predictor
from triage_core.training.evaluate import bundle_rows, score_bundle
from triage_core.training.fit import FitSettings, train_bundle

QUICK = FitSettings(n_estimators=15, n_folds=3)
pytestmark = pytest.mark.slow


def a_history(n: int = 900) -> pd.DataFrame:
    """People wrote what they saw: the first word tells much of the level, the number none."""
    told = a_table(n)
    words = {"GRIS": "renouvellement", "VERT": "entorse", "JAUNE": "fièvre", "ROUGE": "détresse"}
    random = np.random.default_rng(8)
    seen = [words[g] if random.random() < 0.8 else "autre" for g in told["gravite"]]
    return told.assign(motif_consultation=[f"{word} vu{number % 350}" for number, word in enumerate(seen)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    train_bundle(a_history(), folder, QUICK, "w-1", frozen=a_history(200), default_levels=LEVELS)
    return folder


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Bundle:
    return load_bundle(folder)


def test_words_of_a_history_make_the_model_better(bundle: Bundle, tmp_path: Path) -> None:
    without = train_bundle(
        a_history().drop(columns="motif_consultation"), tmp_path, QUICK, "p-1", default_levels=LEVELS
    )
    assert bundle.words is not None
    assert without.words is None
    assert not (tmp_path / "words.json").exists()
    fresh = a_history(300)
    assert score_bundle(bundle, fresh)["log_loss"] < score_bundle(without, fresh)["log_loss"] - 0.1


def test_the_patient_and_the_table_give_the_same_columns(bundle: Bundle) -> None:
    patient = a_patient(motif_id=None, motif_consultation="fièvre vu7", traumatisme=True)
    vitals = patient.constantes.model_dump()
    frame = pd.DataFrame([{"age": 40.0, "sexe": "F", "motif_id": None, "motif_consultation": "fièvre vu7", **vitals}])
    row = Predictor(bundle).row(patient, None, None)
    np.testing.assert_allclose(row, bundle_rows(bundle, frame.assign(traumatisme=True))[0], atol=1e-5)


def test_words_move_the_opinion_and_are_explained_without_being_shown(bundle: Bundle) -> None:
    predictor = Predictor(bundle)
    grave, light = (
        explain(predictor, a_patient(motif_consultation=word), None, None) for word in ("détresse", "renouvellement")
    )
    assert grave.prediction.score > light.prediction.score
    (told,) = [effect for effect in grave.contributions if effect.feature == "motif_consultation"]
    assert told.value is None
    assert told.effect > 0


def test_without_words_the_same_bundle_still_answers(bundle: Bundle) -> None:
    predictor, plain = Predictor(bundle), matrix(a_history(20), LEVELS)
    nothing_written = np.hstack([plain, np.full((20, 3), np.nan, dtype=np.float32)])
    np.testing.assert_array_equal(predictor.cumulative(plain), predictor.cumulative(nothing_written))
    silent = explain(predictor, a_patient(motif_consultation=None), None, None)
    assert "motif_consultation" not in {effect.feature for effect in silent.contributions}


@pytest.mark.parametrize("words", ["détresse vu1", "renouvellement", None])
def test_a_worse_vital_is_never_less_urgent_whatever_the_words(bundle: Bundle, words: str | None) -> None:
    predictor = Predictor(bundle)
    for name, path in (("saturation_oxygene", range(100, 60, -2)), ("frequence_cardiaque", range(90, 200, 5))):
        rows = [predictor.row(a_patient(motif_consultation=words, **{name: v}), None, None) for v in path]
        assert (np.diff(predictor.cumulative(np.array(rows)), axis=0) >= 0).all()


def test_rows_of_another_width_are_refused(bundle: Bundle) -> None:
    with pytest.raises(ValueError, match=str(len(COLUMNS))):
        Predictor(bundle).margins(np.zeros((1, len(COLUMNS) + 1), dtype=np.float32))


def _forget(path: Path) -> None:
    path.unlink()


def _alter(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))


@pytest.mark.parametrize("harm", [_forget, _alter])
def test_altered_or_lost_words_are_refused(folder: Path, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    for found in folder.iterdir():
        (tmp_path / found.name).write_bytes(found.read_bytes())
    harm(tmp_path / "words.json")
    with pytest.raises(BundleError, match=r"words\.json"):
        load_bundle(tmp_path)


def test_words_that_are_no_scorer_are_refused(folder: Path, tmp_path: Path, bundle: Bundle) -> None:
    write_bundle(tmp_path, (folder / "model.json").read_bytes(), dict(bundle.manifest), b"{}")
    with pytest.raises(BundleError, match="incomplete"):
        load_bundle(tmp_path)


def test_a_name_typed_for_four_visits_does_not_travel_with_the_model(tmp_path: Path) -> None:
    told = a_history()
    told.loc[:3, "motif_consultation"] = "fièvre chez madame Zyxwvu"
    train_bundle(told, tmp_path, QUICK, "n-1", default_levels=LEVELS)
    assert "fievre" in (tmp_path / "words.json").read_text("utf-8")
    assert "zyx" not in (tmp_path / "words.json").read_text("utf-8")


def test_the_same_history_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    train_bundle(a_history(), tmp_path, QUICK, "w-1", frozen=a_history(200), default_levels=LEVELS)
    for name in ("model.json", "manifest.json", "words.json"):
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()


def test_the_figures_of_the_frozen_set_were_read_with_words(bundle: Bundle) -> None:
    assert bundle.manifest["metrics"]["frozen"]["accuracy"] > 0.5
    assert set(bundle.thresholds) == set(list(Gravity)[1:])
    assert bundle_stamp(Path("nowhere"))[2][0].endswith("words.json")
