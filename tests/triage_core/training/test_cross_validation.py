"""Members, choice and figures: nothing of a test fold reaches what was fitted; members take any scale."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from triage_core.model.words import Document
from triage_core.rules.catalog import load_rulebook
from triage_core.training import cross_validation, members
from triage_core.training.benchmark_figures import (
    calibration_error,
    ece_if_perfect,
    intervals,
    missed_at_over,
    set_figures,
)
from triage_core.training.cases import Cases, cases_of, prepare
from triage_core.training.cross_validation import QUICK, fit_fold, pooled
from triage_core.training.dataset import read_table
from triage_core.training.evaluate import gravity_ranks, true_ranks
from triage_core.training.fit import fold_numbers

DATA = Path("data/raw/patients_synthetic.csv")
N = 240


@lru_cache(maxsize=1)
def visits() -> tuple[Cases, np.ndarray]:
    frame = read_table(DATA).frame.head(N)
    return cases_of(frame, load_rulebook(), gravity_ranks(frame["gravite_ioa"])), true_ranks(frame)


def halves() -> tuple[np.ndarray, np.ndarray]:
    return np.arange(N)[::2], np.arange(N)[1::2]


@pytest.mark.slow
@pytest.mark.parametrize("name", list(members.MEMBERS))
def test_every_member_gives_ordered_probabilities_in_and_out_of_fold(name: str) -> None:
    cases, ranks = visits()
    train, test = halves()
    told = prepare(cases.take(train), ranks[train], 4, fold_numbers(ranks[train], members.SMALL))
    fitted = members.MEMBERS[name](told)
    for answers in (fitted.oof, fitted.answer(cases.take(test))):
        assert answers.shape == (N // 2, 3)
        assert answers.min() >= 0
        assert answers.max() <= 1 + 1e-6
        assert (np.diff(answers, axis=1) <= 1e-6).all()


@pytest.mark.slow
def test_what_is_fitted_in_a_fold_does_not_change_with_the_visits_that_are_left_out() -> None:
    cases, ranks = visits()
    train, test = halves()
    other = cases.take(np.arange(N))
    changed = tuple(
        Document("mots jamais lus") if n in set(test.tolist()) else d for n, d in enumerate(cases.documents)
    )
    other = Cases(cases.base, cases.motifs, changed, cases.context, cases.rules, cases.plain, cases.nurse)
    swapped = ranks.copy()
    swapped[test] = 3 - swapped[test]
    one, two = (fit_fold(c.take(train), r[train], 4, QUICK) for c, r in ((cases, ranks), (other, swapped)))
    probe = cases.take(train[:30])
    for name, answers in one.answer(probe).items():
        np.testing.assert_array_equal(answers, two.answer(probe)[name])


@pytest.mark.slow
def test_every_visit_is_answered_once_by_models_that_had_not_seen_it() -> None:
    cases, ranks = visits()
    train, test = halves()
    told = pooled(cases, ranks, 4, [(train, test), (test, train)], QUICK)
    np.testing.assert_allclose(told.chosen.sum(axis=1), 1)
    assert told.sets.any(axis=1).all()
    assert set(told.choices) <= set(QUICK.candidates)
    assert set(told.readers) == {"the classifier", "nurse's level as a column", "logistic over members"}
    assert ((told.reader >= 0) & (told.reader <= 1)).all()


@pytest.mark.slow
def test_the_full_plan_answers_for_every_candidate_and_reads_again_with_the_forms_that_can_be_served() -> None:
    cases, ranks = visits()
    train, test = halves()
    told = pooled(cases, ranks, 4, [(train, test), (test, train)], cross_validation.FULL)
    assert set(told.fixed) == set(cross_validation.CANDIDATES) | set(cross_validation.BESIDE)
    assert set(cross_validation.SERVED) < set(told.readers)
    assert set(told.choices) <= set(cross_validation.CANDIDATES)
    assert set(told.reader_choices).isdisjoint(cross_validation.SERVED)


def test_a_word_of_the_test_fold_is_not_in_the_vocabulary() -> None:
    cases, ranks = visits()
    train, _ = halves()
    told = prepare(cases.take(train), ranks[train], 4, fold_numbers(ranks[train], members.SMALL))
    known = {word for document in told.cases.documents for word in document.words}
    assert {term for term in told.vocabulary.places[0] if " " not in term} <= known


def test_the_nurse_level_is_a_column_of_her_reader_alone() -> None:
    cases, ranks = visits()
    silent = Cases(*[getattr(cases, f) for f in ("base", "motifs", "documents", "context", "rules", "plain")], -ranks)
    folds = fold_numbers(ranks, members.SMALL)
    one, two = (prepare(c, ranks, 4, folds).columns for c in (cases, silent))
    np.testing.assert_array_equal(one, two)


def test_the_full_plan_fits_each_member_once_and_shows_the_served_forms() -> None:
    assert len(set(cross_validation.FULL.members)) == len(cross_validation.FULL.members)
    assert {"served today (no words)", "served with words"} <= set(cross_validation.FULL.shown)
    assert not set(cross_validation.BESIDE) & set(cross_validation.FULL.candidates)


def test_raising_the_likeliest_severe_visits_stops_at_the_allowed_over_triage() -> None:
    ranks = np.array([3, 3, 0, 0, 0, 0, 0, 0, 0, 0])
    predicted = np.zeros(10, dtype=int)
    score = np.array([0.9, 0.5, 0.8, 0.7, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1])
    assert missed_at_over(ranks, predicted, score, 3, over=0.0) == 0.5
    assert missed_at_over(ranks, predicted, score, 3, over=0.3) == 0.0


def test_a_level_that_does_not_occur_has_no_coverage() -> None:
    told = set_figures(np.array([0, 0, 1]), np.ones((3, 3), dtype=bool))
    assert (told["rank_0"], told["mean_set_size"]) == (1, 3)
    assert np.isnan(told["rank_2"])


def test_a_perfect_model_still_shows_a_calibration_error_and_less_with_more_visits() -> None:
    probabilities = np.tile([[0.7, 0.3], [0.45, 0.55]], (1000, 1))
    few, many = ece_if_perfect(probabilities[:100]), ece_if_perfect(probabilities)
    assert 0 < many < few < 0.3


def test_the_interval_of_a_calibration_error_holds_the_error() -> None:
    probabilities = np.random.default_rng(2).random(500)
    is_true = np.random.default_rng(3).random(500) < probabilities
    measure = lambda places: {"ece": calibration_error(is_true[places], probabilities[places])}  # noqa: E731 - a table row
    low, high = intervals(500, measure, draws=100)["ece"]
    assert low <= measure(np.arange(500))["ece"] <= high


def test_an_interval_holds_the_figure_and_narrows_with_visits() -> None:
    values = np.random.default_rng(1).random(900)
    wide, narrow = (
        intervals(n, lambda places: {"mean": float(values[places].mean())}, draws=200)["mean"] for n in (30, 900)
    )
    assert narrow[0] < values.mean() < narrow[1]
    assert narrow[1] - narrow[0] < (wide[1] - wide[0]) / 3
