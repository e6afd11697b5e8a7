"""Drift against the training rows: said when patients change, not when there are few of them."""

import random

import pytest

from triage_core.monitoring.drift import MISSING, WATCHED, bin_of, counted, drift_of, edges


def heart_rates(mean: float, n: int, seed: int, missing: float = 0.0) -> list[float | None]:
    chance = random.Random(seed)
    return [None if chance.random() < missing else chance.gauss(mean, 18) for _ in range(n)]


def drift_between(then: list[float | None], now: list[float | None]):
    found = drift_of("frequence_cardiaque", counted("frequence_cardiaque", then), counted("frequence_cardiaque", now))
    assert found is not None
    return found


def test_the_same_patients_do_not_drift_even_when_they_are_few() -> None:
    reference = heart_rates(85, 8000, 1)
    few = [drift_between(reference, heart_rates(85, 60, seed)) for seed in range(2, 202)]
    assert sum(told.has_drifted for told in few) <= 2
    assert sum(told.psi > 0.25 for told in few) >= 1  # the usual limit alone would have cried wolf


def test_other_patients_drift() -> None:
    told = drift_between(heart_rates(85, 8000, 1), heart_rates(105, 300, 2))
    assert told.has_drifted
    assert not told.is_missing_more


def test_a_measure_no_longer_taken_is_told_apart_from_its_values() -> None:
    told = drift_between(heart_rates(85, 8000, 1, 0.1), heart_rates(85, 300, 2, 0.6))
    assert told.is_missing_more
    assert not told.has_drifted
    assert told.missing_reference == pytest.approx(0.1, abs=0.02)


def test_a_measure_never_taken_has_no_values_to_compare() -> None:
    told = drift_between(heart_rates(85, 1000, 1, 0.1), [None] * 300)
    assert (told.psi, told.is_missing_more) == (0.0, True)


def test_nothing_to_compare_is_said() -> None:
    assert drift_of("age", {}, {"1": 3}) is None
    assert drift_of("age", {"1": 3}, {}) is None
    assert drift_of("age", {MISSING: 3}, {"1": 3}) is None


def test_a_feature_with_one_category_cannot_drift() -> None:
    assert drift_of("sexe", {"F": 300}, {"F": 300}).psi == 0.0  # type: ignore[union-attr]


def test_rare_motifs_count_as_one() -> None:
    then = {"toux": 500, "chute": 490} | {f"rare_{place}": 1 for place in range(10)}
    told = drift_of("motif_id", then, {"toux": 250, "chute": 250, "nouveau": 5})
    assert told is not None
    assert not told.has_drifted


def test_a_value_falls_into_the_bin_of_the_feature_table() -> None:
    assert bin_of("temperature", None) == bin_of("temperature", float("nan")) == MISSING
    assert bin_of("temperature", "37") == MISSING
    assert bin_of("sexe", "F") == "F"
    assert bin_of("glasgow", 3) == "0"
    assert bin_of("glasgow", 15) == str(len(edges("glasgow")))
    assert all(list(edges(name)) == sorted(set(edges(name))) for name in WATCHED if name not in ("sexe", "motif_id"))
