"""Figures by sex and age band, each with its interval; a group too small to tell is left out."""

import numpy as np
import pandas as pd

from triage_core.training.subgroups import subgroup_figures


def a_table(n: int = 400) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(1)
    frame = pd.DataFrame({"age": chance.uniform(20, 60, n), "sexe": np.where(np.arange(n) % 2, "F", "M")})
    ranks = chance.integers(0, 3, n)
    predicted = np.where(frame["sexe"] == "F", ranks, np.maximum(ranks - 1, 0))
    return frame, ranks, predicted


def test_a_group_that_is_served_worse_shows_it_and_its_interval_holds_the_figure() -> None:
    groups = {told["group"]: told for told in subgroup_figures(*a_table())}
    assert groups["femmes"]["accuracy"] == [1.0, 1.0, 1.0]
    estimate, low, high = groups["hommes"]["under_triage_rate"]
    assert low < estimate < high
    assert 0.5 < estimate < 0.8


def test_a_group_without_rows_is_left_out_and_a_recall_without_rouge_is_unknown() -> None:
    groups = {told["group"]: told for told in subgroup_figures(*a_table())}
    assert set(groups) == {"tous", "femmes", "hommes", "15 à 64 ans"}
    assert groups["tous"]["rouge_recall"] is None


def test_the_same_rows_give_the_same_figures() -> None:
    assert subgroup_figures(*a_table()) == subgroup_figures(*a_table())
