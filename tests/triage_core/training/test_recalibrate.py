"""A hundred local visits bend the curves; with none they stay."""

import numpy as np

from triage_core.training.recalibrate import fit_local


def a_place(shift: float, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Answers that are too low by ``shift`` log-odds."""
    random = np.random.default_rng(11)
    lean = random.normal(0, 1.5, (n, 1)) + np.array([1.0, -1.0])
    truth = (random.random((n, 1)) < 1 / (1 + np.exp(-lean))).sum(axis=1)
    return 1 / (1 + np.exp(-(lean - shift))), truth


def test_answers_that_are_too_low_here_are_lifted() -> None:
    told, truth = a_place(1.5)
    bent = fit_local(told, truth)(told)
    assert abs(bent.mean(axis=0) - [(truth >= 1).mean(), (truth >= 2).mean()]).max() < 0.02


def test_without_local_visits_nothing_moves_and_order_is_kept() -> None:
    told, truth = a_place(0.5)
    curves = fit_local(told[:0], truth[:0])
    np.testing.assert_allclose(curves(told), told, atol=1e-3)
    assert (np.diff(curves(told), axis=1) <= 0).all()
    np.testing.assert_allclose(curves.probabilities(told).sum(axis=1), 1)
