"""The model raises few visits, the right ones first, and never none."""

import numpy as np
import pytest

from triage_core.training.thresholds import MOST_RAISED, choose_thresholds, measure_thresholds


def visits(n: int, seed: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cumulative probabilities that lean towards the truth, the nurse's ranks, the truth."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(0, 4, n)
    nurse = np.clip(truth - (dice.random(n) < 0.1), 0, 3)
    leaning = np.clip((truth[:, None] - np.arange(3) + dice.normal(0, 0.5, (n, 1))) / 3 + 0.3, 0.001, 0.999)
    return np.minimum.accumulate(leaning, axis=1), nurse, truth


def test_no_more_visits_are_raised_than_the_budget_allows_and_some_always_are() -> None:
    chosen = choose_thresholds(*visits(2000))
    assert 0 < chosen.raised_share <= MOST_RAISED
    assert chosen.caught_share > 3 * chosen.raised_share  # far better than raising at random


def test_the_budget_also_holds_on_visits_the_thresholds_were_not_chosen_on() -> None:
    chosen = choose_thresholds(*visits(4000))
    assert measure_thresholds(chosen.values, *visits(4000, seed=8)).raised_share <= MOST_RAISED


def test_a_perfect_model_catches_all_when_the_budget_allows() -> None:
    truth, nurse = np.arange(400) % 4, np.arange(400) % 4
    nurse[3:20:4] = 2  # five under-triages of 400
    perfect = np.where(truth[:, None] >= np.arange(1, 4), 0.999, 0.001)
    chosen = choose_thresholds(perfect, nurse, truth)
    assert chosen.caught_share == 1
    assert chosen.raised_share == pytest.approx(5 / 400)
    assert chosen.raises(perfect, nurse).sum() == 5


def test_even_a_perfect_nurse_leaves_the_model_something_to_raise() -> None:
    probabilities, _, truth = visits(500)
    assert choose_thresholds(probabilities, truth, truth).raised_share > 0


def test_a_visit_the_nurse_already_called_red_is_never_raised() -> None:
    chosen = choose_thresholds(*visits(800))
    everything = np.full((5, 3), 0.999)
    assert not chosen.raises(everything, np.full(5, 3)).any()
