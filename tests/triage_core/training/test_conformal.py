"""Conformal sets keep their promise level by level, also on synthetic visits nobody trained on."""

import numpy as np
import pytest

from triage_core.model.bundle import SHIPPED_FACTORY, load_bundle
from triage_core.model.ordinal import class_probabilities
from triage_core.model.predict import Predictor
from triage_core.training import conformal
from triage_core.training.dataset import read_table, split
from triage_core.training.evaluate import bundle_rows, true_ranks
from triage_core.training.factory import DATA


def a_sample(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Four levels, the last one rare, and probabilities that know a little."""
    random = np.random.default_rng(seed)
    ranks = random.choice(4, n, p=[0.3, 0.4, 0.25, 0.05])
    raw = np.exp(random.normal(0, 1, (n, 4)) + 1.5 * np.eye(4)[ranks])
    return raw / raw.sum(axis=1, keepdims=True), ranks


def test_every_level_is_covered_also_the_rare_one() -> None:
    probabilities, ranks = a_sample(4000, 1)
    limits = conformal.limits(probabilities, ranks)
    fresh, truth = a_sample(20000, 2)
    covered = conformal.sets(fresh, limits)[np.arange(len(truth)), truth]
    for level in range(4):
        assert covered[truth == level].mean() == pytest.approx(conformal.NOMINAL, abs=0.03)


def test_a_level_with_too_few_visits_always_stands_in_the_set() -> None:
    probabilities, ranks = a_sample(400, 3)
    ranks = np.where(ranks == 3, 2, ranks)
    ranks[:3] = 3
    assert conformal.sets(probabilities, conformal.limits(probabilities, ranks))[:, 3].all()


def test_the_most_probable_level_always_stands_in_the_set() -> None:
    probabilities, _ = a_sample(50, 4)
    told = conformal.sets(probabilities, np.full(4, -1.0))
    assert told.sum() == 50
    assert told[np.arange(50), probabilities.argmax(axis=1)].all()


def test_synthetic_visits_the_factory_model_never_saw_are_covered_in_every_level() -> None:
    _, frozen = split(read_table(DATA).frame)
    bundle = load_bundle(SHIPPED_FACTORY)
    probabilities = class_probabilities(Predictor(bundle).cumulative(bundle_rows(bundle, frozen)))
    ranks, is_calibration = true_ranks(frozen), np.arange(len(frozen)) % 2 == 0
    limits = conformal.limits(probabilities[is_calibration], ranks[is_calibration])
    rest, truth = probabilities[~is_calibration], ranks[~is_calibration]
    covered = conformal.sets(rest, limits)[np.arange(len(truth)), truth]
    assert all(covered[truth == level].mean() > 0.85 for level in range(4))
    assert covered.mean() > 0.9
