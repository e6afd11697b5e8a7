"""The second reader: who would have been more urgent, how many are marked, and fits that do not peek."""

import numpy as np
import pytest

from triage_core.training.second_reader import choose_mark, crossfitted_scores, fit_reader, more_urgent

LADDER = np.array([[0.9, 0.6, 0.2], [0.5, 0.1, 0.05], [0.99, 0.9, 0.8]])


def test_it_is_the_probability_of_more_than_the_nurse_said() -> None:
    assert more_urgent(LADDER, np.array([0, 1, 2])).tolist() == [0.9, 0.1, 0.8]
    assert more_urgent(LADDER, np.array([3, 3, 3])).tolist() == [0, 0, 0]


def a_department(n: int = 1000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    truth = random.integers(0, 4, n)
    nurse = np.clip(truth - (random.random(n) < 0.2), 0, 3)
    told = 1 / (1 + np.exp(-4 * (truth[:, None] + random.normal(0, 0.4, (n, 1)) - np.array([0.5, 1.5, 2.5]))))
    return told, nurse, truth


def test_about_one_visit_in_ten_is_marked_and_they_are_the_right_ones() -> None:
    told, nurse, truth = a_department()
    mark = choose_mark(told, nurse, truth)
    assert 0.08 < mark.marked_share <= 0.10
    assert mark.caught_share > 0.4
    assert (more_urgent(told, nurse) >= mark.threshold).mean() == mark.marked_share


def test_visits_that_look_alike_are_marked_together_or_not_at_all() -> None:
    told, nurse = np.full((100, 3), 0.5), np.zeros(100, dtype=int)
    mark = choose_mark(told, nurse, nurse)
    assert (mark.marked_share, mark.caught_share) == (0, 0)
    assert choose_mark(told, nurse, nurse, share=1.0).marked_share == 1


def test_a_reader_of_members_finds_the_under_triages_of_rows_it_has_not_seen() -> None:
    told, nurse, truth = a_department()
    folds = np.arange(len(truth)) % 5
    score = crossfitted_scores(("one",), {"one": told}, nurse, truth, 4, folds)
    is_under = nurse < truth
    assert score[is_under].mean() > 3 * score[~is_under].mean()


def test_a_reader_answers_for_new_visits_and_never_above_the_last_level() -> None:
    told, nurse, truth = a_department()
    reader = fit_reader(("one",), {"one": told}, nurse, truth, 4)
    score = reader.score({"one": told}, nurse)
    assert score[nurse == 3].max() < 0.1
    assert score.mean() == pytest.approx((nurse < truth).mean(), abs=0.02)
