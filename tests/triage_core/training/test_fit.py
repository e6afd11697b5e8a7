"""The fit is deterministic, obeys its constraints on any ordinal scale, and learns nothing from the frozen part."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from triage_core.errors import DatasetError
from triage_core.features import VITALS
from triage_core.levels import FrenchLevel, Gravity
from triage_core.model.columns import COLUMNS, MOTIF_COLUMN, motif_code
from triage_core.training.dataset import read_table
from triage_core.training.fit import FitSettings, fit_model, fold_numbers, train_bundle, with_dropout
from triage_core.training.motif_prior import crossfitted, mean_ranks

SYNTHETIC = Path(__file__).parents[3] / "data" / "raw" / "patients_synthetic.csv"
QUICK = FitSettings(n_estimators=15, n_folds=3)
LEVELS = {"motif_grave": FrenchLevel.L2, "motif_leger": FrenchLevel.L5}


def a_problem(n_levels: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """One column that tells the rank with noise, one that is noise."""
    dice = np.random.default_rng(1)
    ranks = dice.integers(0, n_levels, n)
    rows = np.column_stack([ranks + dice.normal(0, 0.5, n), dice.normal(0, 1, n)]).astype(np.float32)
    return rows, ranks


def a_table(n: int = 300, seed: int = 3) -> pd.DataFrame:
    dice = np.random.default_rng(seed)
    ranks = dice.integers(0, 4, n)
    nurse = np.clip(ranks - (dice.random(n) < 0.2), 0, 3)
    vitals = {v.name: np.full(n, np.nan) for v in VITALS}
    vitals["saturation_oxygene"] = 99.0 - 3 * ranks - dice.integers(0, 3, n)
    motifs = np.where(dice.random(n) < 0.2 + 0.2 * ranks, "motif_grave", "motif_leger")
    gravities = [g.value for g in Gravity]
    frame = pd.DataFrame({"age": dice.integers(1, 90, n), "sexe": "F", "motif_id": motifs, **vitals})
    return frame.assign(gravite=[gravities[r] for r in ranks], gravite_ioa=[gravities[r] for r in nurse])


@pytest.mark.parametrize("n_levels", [2, 4, 5])
def test_any_ordinal_scale_is_learned_and_gives_one_probability_a_level(n_levels: int) -> None:
    rows, ranks = a_problem(n_levels)
    fitted = fit_model(rows, ranks, n_levels, QUICK, monotone=(1, 0))
    for probabilities in (fitted.oof_probabilities, fitted.probabilities(rows)):
        assert probabilities.shape == (len(rows), n_levels)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        assert (probabilities.argmax(axis=1) == ranks).mean() > 0.5


def test_a_monotone_column_never_lowers_any_probability_of_at_least() -> None:
    rows, ranks = a_problem(5)
    fitted = fit_model(rows, ranks, 5, QUICK, monotone=(1, 0))
    ladder = np.column_stack([np.linspace(-3, 8, 300), np.zeros(300)]).astype(np.float32)
    assert (np.diff(fitted.at_least(ladder), axis=0) >= 0).all()


def test_the_same_rows_and_seed_give_the_same_bytes_and_progress_is_told() -> None:
    rows, ranks = a_problem(4)
    told: list[float] = []
    first = fit_model(rows, ranks, 4, QUICK, lambda share, step: told.append(share), dropout_groups=((0,), (1,)))
    again = fit_model(rows, ranks, 4, QUICK, dropout_groups=((0,), (1,)))
    assert first.booster.save_raw("json") == again.booster.save_raw("json")
    assert first.calibrators == again.calibrators
    assert told == sorted(told)
    assert len(told) == QUICK.n_folds + 1


def test_a_row_that_weighs_more_pulls_the_model_its_way() -> None:
    rows, ranks = np.zeros((400, 1), dtype=np.float32), np.arange(400) % 2
    heavy = np.where(ranks == 1, 9.0, 1.0)
    assert fit_model(rows, ranks, 2, QUICK).at_least(rows)[0, 0] == pytest.approx(0.5, abs=0.05)
    assert fit_model(rows, ranks, 2, QUICK, weights=heavy).at_least(rows)[0, 0] == pytest.approx(0.9, abs=0.05)


def test_drop_out_keeps_the_rows_and_adds_copies_with_whole_groups_missing() -> None:
    rows = np.ones((200, 4), dtype=np.float32)
    holed = with_dropout(rows, ((0, 1), (2,)), replace(QUICK, dropout_rate=0.5), copies=1)
    assert not np.isnan(holed[:200]).any()
    copies = np.isnan(holed[200:])
    assert (copies[:, 0] == copies[:, 1]).all()
    assert 60 < copies[:, 0].sum() < 140
    assert not copies[:, 3].any()


def test_every_level_is_spread_evenly_over_the_folds() -> None:
    ranks = np.array([0] * 90 + [1] * 9)
    folds = fold_numbers(ranks, QUICK)
    assert [int(((folds == fold) & (ranks == 1)).sum()) for fold in range(3)] == [3, 3, 3]


def test_no_row_sees_its_own_level_through_its_motif() -> None:
    built = np.full((4, len(COLUMNS)), np.nan, dtype=np.float32)
    built[:, MOTIF_COLUMN] = motif_code("m")
    encoded = crossfitted(built, ["m"] * 4, np.array([3, 3, 0, 0]), np.array([0, 0, 1, 1]))
    assert encoded[:, MOTIF_COLUMN].tolist() == [0, 0, 3, 3]


def test_a_rare_motif_is_drawn_towards_the_mean_of_all() -> None:
    priors = mean_ranks(["rare", *["usual"] * 99], np.array([3, *[0] * 99]))
    assert 0 < priors["usual"] < priors["rare"] < 1


def test_a_bundle_is_trained_from_the_table_and_never_from_the_frozen_rows(tmp_path: Path) -> None:
    train, frozen = a_table(), a_table(80, seed=9)
    bundle = train_bundle(train, tmp_path / "a", QUICK, "t-1", frozen=frozen, default_levels=LEVELS)
    worse = frozen.assign(gravite="GRIS", saturation_oxygene=60.0)
    other = train_bundle(train, tmp_path / "b", QUICK, "t-1", frozen=worse, default_levels=LEVELS)
    assert digest(tmp_path / "a" / "model.json") == digest(tmp_path / "b" / "model.json")
    assert bundle.thresholds == other.thresholds
    figures = bundle.manifest["metrics"]
    assert figures["cv"]["n"] == 300
    assert figures["frozen"]["n"] == 80
    assert 0.4 < figures["cv"]["cv_accuracy_mean"] <= 1
    assert 0 < figures["cv"]["raised_rate"] <= 0.05


def test_the_date_of_a_training_is_in_the_manifest_when_given_and_never_in_the_model(tmp_path: Path) -> None:
    told, day = a_table(), "2026-11-23T12:00:00+00:00"
    dated = train_bundle(told, tmp_path / "a", QUICK, "t-1", frozen=told, default_levels=LEVELS, created=day)
    plain = train_bundle(told, tmp_path / "b", QUICK, "t-1", frozen=told, default_levels=LEVELS)
    assert dated.manifest["created"] == day
    assert "created" not in plain.manifest
    assert digest(tmp_path / "a" / "model.json") == digest(tmp_path / "b" / "model.json")


def test_the_truth_is_learned_and_not_the_nurse(tmp_path: Path) -> None:
    table = a_table()
    train_bundle(table, tmp_path / "a", QUICK, "t-1", default_levels=LEVELS)
    train_bundle(table.assign(gravite_ioa="GRIS"), tmp_path / "b", QUICK, "t-1", default_levels=LEVELS)
    assert digest(tmp_path / "a" / "model.json") == digest(tmp_path / "b" / "model.json")


def test_corrections_without_a_nurse_level_count_in_the_fit_and_not_in_the_thresholds(tmp_path: Path) -> None:
    joined = pd.concat([a_table(), a_table(50, seed=5).assign(gravite_ioa=None)], ignore_index=True)
    weights = np.where(joined["gravite_ioa"].isna(), 3.0, 1.0)
    bundle = train_bundle(joined, tmp_path / "b", QUICK, "t-2", weights=weights, default_levels=LEVELS)
    assert bundle.manifest["fit"]["n_train"] == 350


def test_a_table_without_any_nurse_level_chooses_its_thresholds_against_the_rules(tmp_path: Path) -> None:
    bare = read_table(SYNTHETIC).frame.drop(columns=["gravite_ioa", "niveau_french"])
    train, frozen = bare[:2000], bare[2000:4000]
    bundle = train_bundle(train, tmp_path / "b", QUICK, "t-1", frozen=frozen)
    assert bundle.manifest["fit"]["thresholds_from"] == "rules"
    assert 0 < bundle.manifest["metrics"]["cv"]["raised_rate"] <= 0.05
    assert 0 < bundle.manifest["metrics"]["frozen"]["raised_rate"] <= 0.1


@pytest.mark.parametrize(("ranks", "n_levels"), [([0, 4], 4), ([-1, 0], 4), ([0], 4), ([0, 0], 1)])
def test_ranks_off_the_scale_are_refused(ranks: list[int], n_levels: int) -> None:
    with pytest.raises(DatasetError):
        fit_model(np.zeros((len(ranks), 1), dtype=np.float32), np.array(ranks), n_levels, QUICK)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
