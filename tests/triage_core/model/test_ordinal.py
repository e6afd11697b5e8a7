"""The calibrators keep the order of the scores to the last bit, and probabilities are probabilities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage_core.model.ordinal import HIGHEST, LOWEST, Calibrator, at_least, class_probabilities

knots = st.lists(st.floats(-6, 6, width=32), min_size=1, max_size=12, unique=True).map(sorted)


@st.composite
def calibrators(draw: st.DrawFn) -> Calibrator:
    x = draw(knots)
    y = sorted(draw(st.lists(st.floats(0, 1), min_size=len(x), max_size=len(x))))
    return Calibrator(tuple(x), tuple(y))


@pytest.mark.slow
@settings(max_examples=200, deadline=None, derandomize=True)
@given(calibrators(), st.lists(st.floats(-8, 8, width=32), min_size=2, max_size=20))
def test_a_larger_score_never_has_a_smaller_probability(calibrator: Calibrator, scores: list[float]) -> None:
    probabilities = calibrator(np.sort(np.array([*scores, *calibrator.x])))
    assert (np.diff(probabilities) >= 0).all()
    assert probabilities.tolist() == [calibrator.of_one(score) for score in sorted([*scores, *calibrator.x])]
    assert probabilities.min() >= LOWEST
    assert probabilities.max() <= HIGHEST


def test_probabilities_of_levels_are_ordered_and_add_up_even_when_calibrators_cross() -> None:
    crossing = (Calibrator((0.0, 1.0), (0.2, 0.6)), Calibrator((0.0, 1.0), (0.1, 0.9)))
    cumulative = at_least(np.array([[0.0, 0.0], [1.0, 1.0]], dtype=np.float32), crossing)
    assert (np.diff(cumulative, axis=1) <= 0).all()
    by_level = class_probabilities(cumulative)
    np.testing.assert_allclose(by_level, [[0.8, 0.1, 0.1], [0.4, 0.0, 0.6]])


@pytest.mark.parametrize(
    ("x", "y"), [((), ()), ((0.0,), (0.1, 0.2)), ((1.0, 0.0), (0.1, 0.2)), ((0.0, 1.0), (0.9, 0.2))]
)
def test_a_curve_that_goes_down_is_refused(x: tuple[float, ...], y: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="calibrator"):
        Calibrator(x, y)
