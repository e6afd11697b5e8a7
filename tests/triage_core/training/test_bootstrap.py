"""The paired bootstrap gives the interval that theory gives, the same every time, for few rows and for many."""

import numpy as np
import pytest

from triage_core.training.bootstrap import MOST_UNITS, Resampling, calibration_columns, calibration_error, paired_loss


def mean(sums: np.ndarray) -> np.ndarray:
    return sums[:, 1] / sums[:, 0]


@pytest.mark.parametrize("n", [400, 3 * MOST_UNITS + 17])
def test_the_interval_of_a_mean_is_that_of_the_normal_law(n: int) -> None:
    values = np.random.default_rng(0).normal(0.3, 1, n)
    loss = paired_loss(np.column_stack([np.ones(n), values]), mean, Resampling(resamples=3000))
    half = 1.645 * values.std() / np.sqrt(n)
    assert loss.estimate == pytest.approx(values.mean())
    assert (loss.low, loss.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.12 * half)


def test_resamples_without_a_row_that_counts_are_left_out() -> None:
    rare = np.column_stack([np.arange(30) == 0, np.arange(30) == 0]).astype(float)
    loss = paired_loss(rare, mean, Resampling(resamples=300))
    assert (loss.estimate, loss.low, loss.high) == (1, 1, 1)


@pytest.mark.parametrize("columns", [np.zeros((20, 2)), np.zeros((0, 2))])
def test_rows_that_cannot_tell_give_no_interval(columns: np.ndarray) -> None:
    loss = paired_loss(columns, mean, Resampling(resamples=50))
    assert np.isnan([loss.estimate, loss.low, loss.high]).all()


def test_a_calibrated_forecast_has_less_error_than_one_that_is_too_sure() -> None:
    dice = np.random.default_rng(2)
    truth = dice.uniform(0.05, 0.95, (4000, 1))
    ranks = (dice.random(4000) < truth[:, 0]).astype(int)
    errors = [
        calibration_error(calibration_columns(told, ranks).sum(axis=0)[None, :], np.array([4000.0]), 1)[0]
        for told in (truth, np.clip(truth * 1.3, 0, 1))
    ]
    assert errors[0] < 0.03 < 0.08 < errors[1]
