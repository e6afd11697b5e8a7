"""No single nurse steers the model: her share is capped, hardest where she calls patients calmer."""

import numpy as np
import pytest

from triage_core.training.correction import Correction
from triage_core.training.influence import InfluenceLimits, capped


def told(nurse: str, n: int, motif: str | None = "fievre") -> list[Correction]:
    row = {"motif_id": motif, "gravite": "GRIS"}
    return [Correction({**row, "case_id": f"{nurse}-{motif}-{i}"}, (nurse,)) for i in range(n)]


def weights(corrections: list[Correction], lowers: bool) -> np.ndarray:
    return capped(corrections, np.full(len(corrections), lowers), 3.0).weights


def test_one_nurse_alone_weighs_a_third_of_a_verdict_when_she_lowers_and_ten_when_she_raises() -> None:
    assert weights(told("a", 200), lowers=True).sum() == pytest.approx(1.0)
    assert weights(told("a", 200), lowers=False).sum() == pytest.approx(30.0)


def test_one_nurse_alone_is_also_capped_over_all_motifs() -> None:
    everywhere = [one for motif in range(40) for one in told("a", 20, f"motif_{motif}")]
    assert weights(everywhere, lowers=True).sum() == pytest.approx(3.0)
    assert weights(everywhere, lowers=False).sum() == pytest.approx(60.0)


def test_nurses_who_agree_keep_their_full_weight() -> None:
    six = [one for nurse in "abcdef" for one in told(nurse, 10)]
    assert weights(six, lowers=True).tolist() == [3.0] * 60


def test_whoever_says_most_holds_a_third_at_most() -> None:
    loud = told("loud", 300) + [one for nurse in "abcd" for one in told(nurse, 10)]
    kept = weights(loud, lowers=True)
    assert kept[:300].sum() == pytest.approx(kept.sum() / 3, rel=1e-3)
    assert kept[300:].tolist() == [3.0] * 40


def test_two_accomplices_are_no_majority() -> None:
    assert weights(told("a", 100) + told("b", 100), lowers=True).sum() == pytest.approx(2.0)


def test_verdicts_without_a_name_are_one_nurses_and_unknown_motifs_one_motif() -> None:
    assert weights(told("", 50, None) + told("", 50, None), lowers=True).sum() == pytest.approx(1.0)


def test_a_case_judged_alike_by_several_weighs_once_and_belongs_to_all() -> None:
    shared = [Correction({"case_id": "p", "motif_id": "fievre"}, ("a", "b", "c"))]
    found = capped(shared, np.array([False]), 3.0)
    assert (found.weights.tolist(), found.capped_nurses) == ([3.0], 0)


def test_what_was_settled_belongs_to_nobody_and_keeps_its_weight() -> None:
    settled = [Correction({"case_id": f"p{i}", "motif_id": "fievre"}, ("a",), is_settled=True) for i in range(20)]
    assert weights(settled, lowers=True).tolist() == [3.0] * 20


def test_nothing_given_is_nothing_kept_and_the_report_counts_who_was_held_back() -> None:
    assert capped([], np.array([], dtype=bool), 3.0).weight_kept == 0
    found = capped(told("a", 20) + told("b", 1, "plaie"), np.array([True] * 20 + [False]), 3.0)
    assert (found.capped_nurses, found.weight_given, found.weight_kept) == (1, 63.0, pytest.approx(4.0))


def test_the_caps_are_settings() -> None:
    free = InfluenceLimits(lowering_in_motif=1e6, lowering_in_all=1e6)
    assert capped(told("a", 20), np.full(20, True), 3.0, free).weight_kept == 60


def test_a_verdict_that_weighs_nothing_stays_nothing() -> None:
    assert capped(told("a", 2), np.full(2, True), 0.0).weights.tolist() == [0.0, 0.0]
