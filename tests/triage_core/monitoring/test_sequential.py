"""The stopping rule: rarely wrong however often anyone looks, quick when the challenger is worse."""

import random

import pytest

from triage_core.monitoring.sequential import FALSE_STOPS, ArmErrors, evidence, must_stop


def errors_until_stop(ratio: float, share: float, chance: random.Random, most: int) -> int | None:
    """Errors seen when the experiment stops, looking after each; ``None`` when it never does."""
    there, counts = share * ratio / (share * ratio + 1 - share), [0, 0]
    for seen in range(1, most + 1):
        counts[chance.random() < there] += 1
        if must_stop({"under_triage": ArmErrors(*counts), "error": ArmErrors(*counts)}, share):
            return seen
    return None


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_an_equal_challenger_is_stopped_less_often_than_promised(share: float) -> None:
    chance = random.Random(11)
    stopped = [errors_until_stop(1.0, share, chance, 400) is not None for _ in range(400)]
    assert sum(stopped) / 400 <= FALSE_STOPS


def test_a_challenger_twice_as_bad_is_stopped_and_one_five_times_as_bad_soon() -> None:
    chance = random.Random(12)
    doubled = [errors_until_stop(2.0, 0.3, chance, 600) for _ in range(100)]
    assert sum(seen is not None for seen in doubled) >= 98
    fivefold = sorted(seen or 600 for seen in (errors_until_stop(5.0, 0.3, chance, 600) for _ in range(100)))
    assert fivefold[50] <= 25


def test_a_better_challenger_gives_no_evidence() -> None:
    assert evidence(ArmErrors(0, 0), 0.2) == pytest.approx(1.0)
    assert evidence(ArmErrors(100, 5), 0.2) < 0.1
    assert must_stop({"error": ArmErrors(100, 5)}, 0.2) is None


def test_the_reason_names_the_kind_the_evidence_and_the_counts() -> None:
    stop = must_stop({"under_triage": ArmErrors(0, 12), "error": ArmErrors(30, 14)}, 0.2)
    assert stop is not None
    assert (stop.kind, stop.errors) == ("under_triage", ArmErrors(0, 12))
    assert stop.evidence >= 40


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_that_leaves_one_arm_empty_proves_nothing(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        evidence(ArmErrors(1, 1), share)


def test_overwhelming_evidence_stays_a_number() -> None:
    assert evidence(ArmErrors(0, 100_000), 0.01) > 1e100
