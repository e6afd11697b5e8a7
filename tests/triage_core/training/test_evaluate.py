"""The figures of a model, checked against cases small enough for a pencil."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as reference

from triage_core.model.bundle import load_bundle
from triage_core.training import dataset, evaluate

ROOT = Path(__file__).parents[3]


def certain(predicted: list[int], n_levels: int) -> np.ndarray:
    return np.eye(n_levels)[predicted]


def test_two_under_triaged_visits_in_five_are_forty_percent() -> None:
    found = evaluate.metrics(np.array([0, 1, 2, 3, 3]), certain([1, 1, 1, 3, 2], 4))
    assert found["under_triage_rate"] == pytest.approx(0.4)
    assert found["over_triage_rate"] == pytest.approx(0.2)
    assert found["accuracy"] == pytest.approx(0.4)
    assert found["rouge_recall"] == pytest.approx(0.5)
    assert found["confusion_matrix"][3] == [0, 0, 1, 1]


@pytest.mark.parametrize("n_levels", [2, 4, 5])
def test_every_figure_agrees_with_scikit_learn_on_any_scale(n_levels: int) -> None:
    dice = np.random.default_rng(2)
    ranks, probabilities = dice.integers(0, n_levels, 300), dice.dirichlet(np.ones(n_levels), 300)
    said, found = probabilities.argmax(axis=1), evaluate.metrics(ranks, probabilities)
    assert found["qwk"] == pytest.approx(reference.cohen_kappa_score(ranks, said, weights="quadratic"))
    assert found["f1_macro"] == pytest.approx(reference.f1_score(ranks, said, average="macro"))
    assert found["precision_macro"] == pytest.approx(reference.precision_score(ranks, said, average="macro"))
    assert found["recall_macro"] == pytest.approx(reference.recall_score(ranks, said, average="macro"))
    assert found["log_loss"] == pytest.approx(reference.log_loss(ranks, probabilities))
    assert found["confusion_matrix"] == reference.confusion_matrix(ranks, said).tolist()


def test_a_model_that_promises_what_happens_has_no_calibration_error() -> None:
    is_red = np.arange(600) % 4 == 0
    honest = np.column_stack([np.full(600, 0.75), np.full(600, 0.25)])
    boastful = np.column_stack([np.full(600, 0.25), np.full(600, 0.75)])
    assert evaluate.metrics(is_red.astype(int), honest)["ece"] == pytest.approx(0, abs=1e-9)
    assert evaluate.metrics(is_red.astype(int), boastful)["ece"] == pytest.approx(0.5)


def test_a_level_that_never_occurs_counts_zero_and_warns_nobody() -> None:
    found = evaluate.metrics(np.array([0, 1]), certain([0, 1], 4))
    assert found["recall_macro"] == pytest.approx(0.5)
    assert found["rouge_recall"] == 0


def test_both_always_saying_the_same_level_is_full_agreement() -> None:
    assert evaluate.metrics(np.array([1, 1]), certain([1, 1], 4))["qwk"] == 1


def test_the_committed_model_scores_on_the_frozen_set_what_its_manifest_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "models" / "factory", tmp_path / "b")
    bundle = load_bundle(tmp_path / "b")
    _, frozen = dataset.split(dataset.read_table(ROOT / "data" / "raw" / "patients_synthetic.csv").frame)
    found, written = evaluate.score_bundle(bundle, frozen), bundle.manifest["metrics"]["frozen"]
    assert found["accuracy"] == pytest.approx(written["accuracy"], abs=0.005)
    assert found["rouge_recall"] == pytest.approx(written["rouge_recall"], abs=0.005)


def test_latency_is_measured_in_milliseconds_and_kept_out_of_the_manifest() -> None:
    bundle = load_bundle(ROOT / "models" / "factory")
    spent = evaluate.latency_per_sample_ms(bundle, np.full((2, 22), np.nan, dtype=np.float32), repeats=20)
    assert 0 < spent < 50
    assert "latency" not in str(bundle.manifest["metrics"])
