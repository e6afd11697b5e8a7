"""The stream of verdicts: a rise is seen, a steady rate and a fall are not."""

import random

from triage_core.monitoring.change import risen_recently


def verdicts(*parts: tuple[float, int]) -> list[bool]:
    chance = random.Random(5)
    return [chance.random() < rate for rate, n in parts for _ in range(n)]


def test_a_rise_of_the_error_rate_is_seen_for_a_while() -> None:
    ago = risen_recently(verdicts((0.08, 400), (0.45, 120)))
    assert ago is not None
    assert ago < 120
    assert risen_recently(verdicts((0.08, 400), (0.45, 900))) is None


def test_a_steady_rate_and_a_fall_are_no_news() -> None:
    assert risen_recently(verdicts((0.12, 1500))) is None
    assert risen_recently(verdicts((0.45, 400), (0.08, 120))) is None
    assert risen_recently([]) is None
