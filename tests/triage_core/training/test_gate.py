"""A challenger that is worse where it matters is refused, with every reason."""

import pytest

from triage_core.training.gate import GateMargins, judge

GOOD = {"rouge_recall": 0.50, "under_triage_rate": 0.15}


@pytest.mark.parametrize(
    ("challenger", "reasons"),
    [
        ({"rouge_recall": 0.50, "under_triage_rate": 0.15}, []),
        ({"rouge_recall": 0.70, "under_triage_rate": 0.10}, []),
        ({"rouge_recall": 0.475, "under_triage_rate": 0.159}, []),
        ({"rouge_recall": 0.46, "under_triage_rate": 0.10}, ["rappel ROUGE"]),
        ({"rouge_recall": 0.70, "under_triage_rate": 0.165}, ["sous-triage"]),
        ({"rouge_recall": 0.10, "under_triage_rate": 0.40}, ["rappel ROUGE", "sous-triage"]),
    ],
)
def test_a_challenger_passes_only_when_it_is_not_worse(challenger, reasons) -> None:
    verdict = judge(GOOD, challenger, "factory-1", 1959)
    assert verdict.accepted is (not reasons)
    if reasons:
        assert [reason.split(" en ")[0] for reason in verdict.reasons] == reasons


def test_the_margins_are_settings_and_are_kept_with_the_verdict() -> None:
    verdict = judge(GOOD, {"rouge_recall": 0.4, "under_triage_rate": 0.2}, "v1", 10, GateMargins(0.2, 0.2))
    assert verdict.accepted
    assert verdict.as_dict()["margins"] == {"rouge_recall": 0.2, "under_triage": 0.2}


def test_the_reasons_show_both_figures_in_french() -> None:
    verdict = judge(GOOD, GOOD, "v1", 10)
    assert "50,0\u00a0%" in verdict.reasons[0]
    assert "15,0\u00a0%" in verdict.reasons[1]
