"""The search for settings is small, the same every time, never worse than the usual settings, and can be stopped."""

import numpy as np
import pandas as pd
import pytest

from tests.triage_core.training.test_fit import a_table
from triage_core.training.fit import FitSettings
from triage_core.training.tune import TuneBudget, tune

QUICK = FitSettings(n_estimators=80, n_folds=3)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return a_table()


@pytest.fixture(scope="module")
def twice(table: pd.DataFrame) -> list[object]:
    return [tune(table, np.ones(len(table)), QUICK, TuneBudget(trials=7)) for _ in range(2)]


def test_a_budget_of_trials_gives_the_same_study_every_time(twice) -> None:
    assert twice[0] == twice[1]


def test_the_usual_settings_are_tried_first_and_the_best_is_never_worse(twice) -> None:
    study = twice[0].study
    assert study["trials"][0]["params"]["n_estimators"] == QUICK.n_estimators
    assert study["best"]["loss"] <= study["trials"][0]["loss"]
    assert twice[0].settings.n_estimators == study["best"]["params"]["n_estimators"]
    assert (twice[0].settings.seed, twice[0].settings.n_folds) == (QUICK.seed, QUICK.n_folds)


def test_a_trial_that_is_clearly_behind_ends_early(twice) -> None:
    states = {trial["state"] for trial in twice[0].study["trials"]}
    assert states == {"COMPLETE", "PRUNED"}
    assert all(len(t["by_fold"]) < QUICK.n_folds for t in twice[0].study["trials"] if t["state"] == "PRUNED")


def test_what_was_asked_for_is_not_searched(table) -> None:
    found = tune(table, np.ones(len(table)), QUICK, TuneBudget(trials=2), fixed=("n_estimators", "max_depth"))
    assert (found.settings.n_estimators, found.settings.max_depth) == (80, 3)
    assert "max_depth" not in found.study["searched"]


def test_the_search_ends_when_its_time_is_over_and_tells_how_far_it_is(table) -> None:
    told: list[tuple[float, str]] = []
    budget = TuneBudget(trials=500, minutes=0.01)
    found = tune(table, np.ones(len(table)), QUICK, budget, progress=lambda share, step: told.append((share, step)))
    assert 1 <= len(found.study["trials"]) < 500
    assert told[-1][0] == 1.0
    assert "essai 1/500, meilleure perte 0," in told[0][1]


def test_a_run_that_is_told_to_stop_stops_in_the_middle_of_the_search(table) -> None:
    class Stopped(BaseException):
        pass

    def stop(share: float, step: str) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        tune(table, np.ones(len(table)), QUICK, TuneBudget(trials=50), progress=stop)
