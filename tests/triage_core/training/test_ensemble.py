"""Means, stacks and their temperature: chosen on answers to rows that were not trained on."""

import numpy as np
import pytest

from triage_core.training.ensemble import LEAST, Candidate, choose, fit_blend, log_loss, sharpened

RANKS = np.arange(300) % 3
FOLDS = np.arange(300) // 3 % 5


def answers(sharpness: float, seed: int) -> np.ndarray:
    """Cumulative answers that lean to the truth."""
    noise = np.random.default_rng(seed).normal(0, 1, (300, 2))
    return 1 / (1 + np.exp(-sharpness * (RANKS[:, None] - np.array([0.5, 1.5]) + 0.7 * np.sort(noise)[:, ::-1])))


GOOD, OTHER, NOISE = answers(3, 1), answers(3, 2), answers(0.0, 3)
OOF = {"good": GOOD, "other": OTHER, "noise": NOISE}


def test_two_members_that_err_apart_are_better_together() -> None:
    candidates = {name: Candidate((name,)) for name in OOF} | {"mean": Candidate(("good", "other"))}
    name, blend = choose(candidates, OOF, RANKS, FOLDS)
    assert name == "mean"
    assert blend.log_loss < fit_blend(Candidate(("good",)), OOF, RANKS, FOLDS).log_loss


def test_an_overconfident_member_is_flattened_and_a_shy_one_sharpened() -> None:
    bold, shy = {"one": answers(30, 1)}, {"one": answers(0.7, 1)}
    assert fit_blend(Candidate(("one",)), bold, RANKS, FOLDS).temperature > 1
    assert fit_blend(Candidate(("one",)), shy, RANKS, FOLDS).temperature < 1


def test_a_stack_is_judged_by_stacks_of_other_folds_and_does_not_win_on_noise() -> None:
    random = np.random.default_rng(7)
    noise = {f"n{k}": np.sort(random.random((300, 2)))[:, ::-1] for k in range(8)}
    stack = fit_blend(Candidate(tuple(noise), is_stacked=True), noise, RANKS, FOLDS)
    assert stack.log_loss > np.log(3) - 0.02


def test_a_stack_that_helps_answers_for_new_rows_with_sums_of_one() -> None:
    stack = fit_blend(Candidate(("good", "noise"), is_stacked=True), OOF, RANKS, FOLDS)
    told = stack.probabilities(OOF)
    np.testing.assert_allclose(told.sum(axis=1), 1)
    assert log_loss(told, RANKS) < 1.0


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_no_level_is_ever_impossible(temperature: float) -> None:
    told = sharpened(np.array([[1.0, 0.0, 0.0]]), temperature)
    assert told.min() >= LEAST / 2
    assert told.sum() == pytest.approx(1)
