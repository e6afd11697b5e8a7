"""Shares and limits against figures from textbooks."""

import pytest

from triage_core.monitoring.proportions import chi_square_quantile, excess_z, p_chart, wilson


@pytest.mark.parametrize(
    ("hits", "n", "expected"),
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_wilsons_interval_is_the_published_one(hits: int, n: int, expected: tuple[float, float]) -> None:
    assert wilson(hits, n) == pytest.approx(expected, abs=5e-5)  # Newcombe, Statistics in Medicine 1998;17:857, table I


def test_nothing_counted_may_be_any_share() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert p_chart([("monday", 0, 0)]) == (None, ())


def test_a_day_beyond_three_sigmas_is_out_and_small_days_have_wider_limits() -> None:
    centre, points = p_chart([("1", 10, 100), ("2", 10, 100), ("3", 40, 100), ("4", 0, 0), ("5", 1, 4)])
    assert centre == pytest.approx(61 / 304)
    assert [point.is_out for point in points] == [False, False, True, False, False]
    assert points[4].upper > points[0].upper
    assert points[3].share is None


@pytest.mark.parametrize(("degrees", "expected"), [(1, 10.828), (10, 29.588), (30, 59.703)])
def test_the_chi_square_of_one_in_a_thousand_is_near_the_tables(degrees: int, expected: float) -> None:
    assert chi_square_quantile(0.999, degrees) == pytest.approx(expected, rel=0.04)


def test_a_share_is_measured_in_its_standard_errors() -> None:
    assert excess_z(60, 100, 0.5) == pytest.approx(2.0)
    assert excess_z(50, 100, 0.0) > 4
