"""A challenger passes only when it is shown not to be worse; every refusal has its reason in French."""

from dataclasses import replace

import numpy as np
import pytest

from triage_core.training.gate import bypassed, judge, verdict
from triage_core.training.losses import Answers, SentinelAnswers
from triage_core.training.margins import GateMargins

DICE = np.random.default_rng(4)
RANKS = DICE.permutation(np.repeat([0, 1, 2, 3], (150, 800, 850, 200)))
QUICK = GateMargins(resamples=400)
FAMILIES = tuple(["sepsis"] * 20 + ["enfant"] * 20)


def sees(ranks: np.ndarray, sure: float = 0.9) -> np.ndarray:
    """Cumulative probabilities of a calibrated model that is right with this chance."""
    said = np.where(np.random.default_rng(1).random(len(ranks)) < sure, ranks, np.roll(ranks, 1))
    told = np.full((len(ranks), 4), (1 - sure) / 3)
    told[np.arange(len(ranks)), said] = sure
    return told[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]


CHAMPION = sees(RANKS)
ALERT = np.tile([0.99, 0.9, 0.6], (40, 1))


def outcome(challenger: np.ndarray, sentinels: np.ndarray = ALERT, margins: GateMargins = QUICK) -> dict[str, bool]:
    told = judge(Answers(RANKS, CHAMPION, challenger), SentinelAnswers(ALERT, sentinels, FAMILIES), margins)
    return {criterion.name: criterion.passed for criterion in told}


def test_the_same_model_passes_every_criterion() -> None:
    assert set(outcome(CHAMPION).values()) == {True}


def test_a_better_model_passes() -> None:
    assert set(outcome(sees(RANKS, 0.95)).values()) == {True}


@pytest.mark.parametrize(
    ("challenger", "refused"),
    [
        (np.where((RANKS == 3)[:, None], [0.9, 0.9, 0.1], CHAMPION), {"rouge_recall", "rouge_probability"}),
        (np.where((RANKS == 2)[:, None], [0.9, 0.1, 0.0], CHAMPION), {"under_triage"}),
        (np.clip(CHAMPION * 1.3, 0, 0.999), {"calibration"}),
    ],
    ids=["blind to ROUGE", "JAUNE becomes VERT", "too sure"],
)
def test_a_model_that_is_worse_in_one_way_is_refused_for_it(challenger: np.ndarray, refused: set[str]) -> None:
    found = outcome(challenger)
    assert refused <= {name for name, passed in found.items() if not passed}


@pytest.mark.parametrize(
    ("fall", "refused"),
    [
        ([0, 0, 0.1], {"sentinel_rouge"}),
        ([0, 0.06, 0], {"sentinel_jaune"}),
        ([0, 0.3, 0], {"sentinel_family", "sentinel_jaune"}),
    ],
)
def test_critical_cases_that_fade_are_seen(fall: list[float], refused: set[str]) -> None:
    assert {name for name, passed in outcome(CHAMPION, ALERT - fall).items() if not passed} == refused


def test_a_poison_in_one_family_does_not_hide_in_the_mean() -> None:
    small = GateMargins(sentinel_jaune=1, resamples=400)
    one = ALERT - np.where(np.array(FAMILIES) == "enfant", 0.25, 0.0)[:, None] * [0, 1, 0]
    told = judge(Answers(RANKS, CHAMPION, CHAMPION), SentinelAnswers(ALERT, one, FAMILIES), small)
    [refused] = [criterion for criterion in told if not criterion.passed]
    assert refused.reason.startswith("sentinelles, famille la plus touchée (enfant) en baisse : perte 25,0")


def test_what_cannot_be_shown_is_refused_and_says_so() -> None:
    right, wrong = [0.99, 0.9, 0.8], [0.9, 0.8, 0.1]
    few = Answers(np.full(20, 3), np.array([wrong] + [right] * 19), np.array([right, wrong] + [right] * 18))
    told = judge(few, SentinelAnswers(ALERT, ALERT, FAMILIES), QUICK)
    assert any("sans preuve suffisante" in c.reason for c in told if not c.passed)


def test_a_frozen_set_without_rouge_cannot_judge_rouge() -> None:
    calm = RANKS < 3
    told = judge(Answers(RANKS[calm], CHAMPION[calm], CHAMPION[calm]), SentinelAnswers(ALERT, ALERT, FAMILIES), QUICK)
    unknown = {c.name: c for c in told if c.loss is None}
    assert set(unknown) == {"rouge_recall", "rouge_probability"}
    assert not unknown["rouge_recall"].passed
    assert "impossible à juger" in unknown["rouge_recall"].reason


def test_no_sentinel_at_all_accepts_nothing() -> None:
    none = SentinelAnswers(ALERT[:0], ALERT[:0], ())
    told = judge(Answers(RANKS, CHAMPION, CHAMPION), none, QUICK)
    assert [c.name for c in told if not c.passed] == ["sentinel_rouge", "sentinel_jaune", "sentinel_family"]


def test_the_verdict_is_the_same_every_time_and_keeps_intervals_and_margins() -> None:
    answers, sentinels = Answers(RANKS, CHAMPION, sees(RANKS, 0.88)), SentinelAnswers(ALERT, ALERT, FAMILIES)
    one, other = (judge(answers, sentinels, QUICK) for _ in range(2))
    assert one == other
    told = verdict(one, (), "factory-1", len(RANKS), margins=QUICK).as_dict()
    first = told["criteria"][0]  # type: ignore[index]
    assert first["low"] <= first["loss"] <= first["high"]
    assert (told["margins"]["rouge_recall"], told["margins"]["confidence"]) == (0.06, 0.95)  # type: ignore[index]


def test_a_wider_margin_lets_more_pass() -> None:
    challenger = np.where((RANKS == 2)[:, None], [0.9, 0.1, 0.0], CHAMPION)
    assert outcome(challenger, margins=replace(QUICK, under_triage=1.0))["under_triage"]


def test_a_broken_law_refuses_whatever_the_figures() -> None:
    criteria = judge(Answers(RANKS, CHAMPION, CHAMPION), SentinelAnswers(ALERT, ALERT, FAMILIES), QUICK)
    told = verdict(criteria, ("loi de monotonie rompue : Température",), "factory-1", len(RANKS))
    assert (told.accepted, told.reasons) == (False, ("loi de monotonie rompue : Température",))


def test_the_reasons_of_an_accepted_version_show_loss_interval_and_margin_in_french() -> None:
    criteria = judge(Answers(RANKS, CHAMPION, CHAMPION), SentinelAnswers(ALERT, ALERT, FAMILIES), QUICK)
    told = verdict(criteria, (), "factory-1", len(RANKS))
    assert told.accepted
    assert told.reasons[0] == "rappel ROUGE : perte 0,0 [0,0 ; 0,0], marge 6,0 points"


def test_a_run_that_was_not_judged_is_not_accepted() -> None:
    told = bypassed("factory-1", 2000)
    assert (told.accepted, told.bypassed) == (False, True)
    assert "comparaison désactivée" in told.reasons[0]
