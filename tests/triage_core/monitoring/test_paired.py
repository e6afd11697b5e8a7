"""Two models on the same cases, against published figures."""

import random

import pytest

from triage_core.monitoring.paired import PairedShares, compare, mcnemar_exact


def test_mcnemar_is_the_exact_binomial() -> None:
    assert mcnemar_exact(0, 0) == 1.0
    assert mcnemar_exact(1, 9) == pytest.approx(22 / 1024)
    assert mcnemar_exact(9, 1) == mcnemar_exact(1, 9)
    assert mcnemar_exact(5, 5) == 1.0
    assert 0 <= mcnemar_exact(2000, 2100) <= 1


def test_the_interval_is_newcombes() -> None:
    found = compare(PairedShares(36, 12, 2, 0))
    assert found is not None
    # Newcombe, Statistics in Medicine 1998;17:2635, method 10, first minus second there
    assert (-found.upper, -found.lower) == pytest.approx((0.0569, 0.3404), abs=5e-5)


def test_exchanging_the_models_turns_the_interval_round() -> None:
    one, other = compare(PairedShares(5, 9, 2, 40)), compare(PairedShares(5, 2, 9, 40))
    assert one is not None
    assert other is not None
    assert (one.lower, one.upper, one.p_value) == pytest.approx((-other.upper, -other.lower, other.p_value))
    assert one.lower < one.estimate < one.upper


def test_models_that_never_differ_have_an_interval_around_nothing() -> None:
    found = compare(PairedShares(53, 0, 0, 1))
    assert found is not None
    assert (found.estimate, found.lower, found.p_value) == (0.0, -found.upper, 1.0)


def test_without_a_case_there_is_nothing_to_compare() -> None:
    assert compare(PairedShares(0, 0, 0, 0)) is None


def test_the_interval_holds_the_true_difference_nineteen_times_in_twenty() -> None:
    chance, held = random.Random(7), 0
    for _ in range(400):
        kinds = chance.choices(("both", "first", "second", "neither"), (0.05, 0.06, 0.10, 0.79), k=200)
        found = compare(PairedShares(*(kinds.count(k) for k in ("both", "first", "second", "neither"))))
        held += found is not None and found.lower <= 0.04 <= found.upper
    assert 0.92 <= held / 400 <= 0.985


def test_errors_in_every_case_leave_no_correlation_to_speak_of() -> None:
    found = compare(PairedShares(5, 0, 0, 0))
    assert found is not None
    assert found.estimate == 0.0
    assert found.lower < 0 < found.upper
