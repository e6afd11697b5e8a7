"""A table read in parts gives what the same table read whole would: the same faults, the same frozen rows, a model."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from triage_core.errors import DatasetError
from triage_core.model.bundle import SHIPPED_FACTORY, load_bundle
from triage_core.model.columns import GROUPS, MOTIF_COLUMN, matrix
from triage_core.training import large
from triage_core.training.correction import Intake
from triage_core.training.dataset import corrections_to_frame, is_frozen, read_table, split
from triage_core.training.digests import digests
from triage_core.training.fit import FitSettings
from triage_core.training.fit_large import MotifPrior, prepare, train_large_bundle
from triage_core.training.large import FitRows, is_large, read_large
from triage_core.training.motif_prior import mean_ranks
from triage_core.training.protection import take_in
from triage_core.training.quarantine import MOST_NAMED, Quarantine, set_aside

SYNTHETIC = Path(__file__).parents[3] / "data" / "raw" / "patients_synthetic.csv"
QUICK = FitSettings(n_estimators=10)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, rows in (("BATCH_ROWS", 1500), ("PAGE_ROWS", 2000), ("MOST_FROZEN", 1000), ("MOST_HELD_OUT", 1000)):
        monkeypatch.setattr(large, name, rows)


def a_table(folder: Path, n: int = 10_000, **changes: object) -> Path:
    """The synthetic table as an import leaves it, with one faulty row and one case told twice far apart."""
    frame = pd.read_csv(SYNTHETIC, dtype={"niveau_french": "str"}).head(n).assign(**changes)
    frame.loc[3, "temperature"] = 99.0
    frame.loc[n - 1, "case_id"] = frame.loc[0, "case_id"]
    frame.to_parquet(folder / "long.parquet", index=False)
    return folder / "long.parquet"


def test_the_digests_are_those_of_hashlib_whatever_the_length() -> None:
    texts = pd.Series(["é" * length + str(length) for length in range(130)], dtype="str")
    found = digests("salt:", texts)
    for told, text in zip(found, texts, strict=True):
        assert told.astype(">u4").tobytes() == hashlib.sha256(f"salt:{text}".encode()).digest()
    assert digests("salt:", texts[:0]).shape == (0, 8)


def test_only_the_first_faulty_rows_are_named_and_all_are_counted() -> None:
    cases = pd.Series(["c"] * 2000, dtype="str")
    _, once = set_aside(cases, {"bad": np.ones(2000, dtype=bool), "never": np.zeros(2000, dtype=bool)})
    both = once.joined(Quarantine((), 5, {"worse": 5}))
    assert (len(both.named), both.count, dict(both.by_reason)) == (MOST_NAMED, 2005, {"bad": 2000, "worse": 5})


def test_a_table_is_large_by_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_large(SYNTHETIC)
    monkeypatch.setattr(large, "LARGE_FROM", 10_000)
    assert is_large(SYNTHETIC) and is_large(a_table(tmp_path))
    with pytest.raises(DatasetError, match="cannot be read"):
        is_large(tmp_path / "absent.parquet")


def test_read_in_parts_the_same_rows_are_faulty_and_no_frozen_row_is_fitted(tmp_path: Path) -> None:
    path = a_table(tmp_path)
    whole, parts = read_table(path), read_large(path)
    assert parts.quarantine == whole.quarantine
    assert parts.quarantine.by_reason["case_id: stands twice"] == 1
    train, frozen = split(whole.frame)
    assert len(parts) == len(train)
    assert set(parts.frozen["case_id"]) <= set(frozen["case_id"])
    assert not any(map(is_frozen, parts.held_out["case_id"]))
    assert 850 < len(parts.frozen) < 1150 and 850 < len(parts.held_out) < 1150


def test_the_rows_of_the_fit_are_those_of_the_matrix_in_order(tmp_path: Path) -> None:
    path = a_table(tmp_path)
    parts = read_large(path)
    train, _ = split(read_table(path).frame)
    kept = train[~train["case_id"].isin(parts.held_out["case_id"])]
    pages = list(parts.fit.pages())
    np.testing.assert_array_equal(np.concatenate([page.rows for page in pages]), matrix(kept))
    assert [page.first for page in pages] == list(range(0, len(kept), 2000))


def test_a_table_with_too_few_rows_for_its_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="too few usable rows"):
        read_large(a_table(tmp_path, 6))


def test_no_row_sees_its_own_level_through_its_motif_and_the_whole_prior_is_that_of_a_small_table(
    tmp_path: Path,
) -> None:
    path = a_table(tmp_path)
    rows = read_large(path).fit
    prior = MotifPrior(rows, 5)
    motifs = [prior._motifs.get(code) for page in rows.pages() for code in page.rows[:, MOTIF_COLUMN].tolist()]
    assert prior.by_motif == pytest.approx(mean_ranks(motifs, rows.ranks.astype(np.int64)), abs=2e-6)
    before = [page.rows.copy() for page in rows.pages()]
    prepare(rows, prior, QUICK)
    after = np.concatenate([page.rows for page in rows.pages()])
    assert set(np.unique(after[~np.isnan(after[:, MOTIF_COLUMN]), MOTIF_COLUMN])) > set()
    assert np.isnan(after).sum() > np.isnan(np.concatenate(before)).sum()
    vital = np.isnan(after[:, list(GROUPS["temperature"])])
    assert (vital[:, 0] == vital[:, 1]).all()


@pytest.mark.slow
def test_a_large_table_trains_the_same_bytes_each_time_and_tells_how(tmp_path: Path) -> None:
    told: list[float] = []
    bundles = [
        train_large_bundle(
            read_large(a_table(tmp_path)), tmp_path / name, QUICK, "v1", lambda share, _: told.append(share)
        )
        for name in ("a", "b")
    ]
    assert (tmp_path / "a" / "model.json").read_bytes() == (tmp_path / "b" / "model.json").read_bytes()
    manifest = bundles[0].manifest
    assert manifest["fit"]["thresholds_from"] == "nurse"
    assert manifest["metrics"]["frozen"]["accuracy"] > 0.55
    assert manifest["metrics"]["cv"]["n"] == manifest["fit"]["n_held_out"]
    assert told == [0.0, 0.0]


@pytest.mark.slow
def test_without_nurses_or_french_levels_a_large_table_still_trains_and_bears_its_date(tmp_path: Path) -> None:
    path = a_table(tmp_path)
    pd.read_parquet(path).drop(columns=["niveau_french", "gravite_ioa"]).to_parquet(path, index=False)
    bundle = train_large_bundle(read_large(path), tmp_path / "b", QUICK, "v1", created="2026-11-25T00:00:00+00:00")
    assert bundle.manifest["fit"]["thresholds_from"] == "rules"
    assert bundle.manifest["created"] == "2026-11-25T00:00:00+00:00"


def test_corrections_are_added_with_their_own_weight(tmp_path: Path) -> None:
    rows = FitRows()
    added = corrections_to_frame([{"case_id": "P", "age": 70, "sexe": "F", "gravite": "ROUGE"}] * 1).frame
    rows.add(added, np.array([3.0]))
    rows.add(added[:0], None)
    (page,) = rows.pages()
    assert (page.weights.tolist(), page.ranks.tolist(), page.rows.shape[0]) == ([3.0], [3], 1)


def test_a_long_history_is_fitted_when_no_nurse_has_said_anything(tmp_path: Path) -> None:
    parts = read_large(a_table(tmp_path))
    before, lesson = len(parts.fit), take_in(Intake(), parts.frozen, load_bundle(SHIPPED_FACTORY))
    parts.fit.add(lesson.dataset.frame, lesson.weights)
    assert len(parts.fit) == before
