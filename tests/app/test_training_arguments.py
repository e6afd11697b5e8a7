"""What can be typed for a training run, and what is refused as wrong usage."""

from pathlib import Path

import pytest

from app.training_arguments import training_options, training_parser
from triage_core.training.run import TrainingOptions
from triage_core.training.tune import TuneBudget

BASE = Path("base.csv")


def typed(*words: str) -> TrainingOptions:
    return training_options(training_parser().parse_args(list(words)), BASE)


def test_nothing_typed_is_a_protected_and_judged_run_on_the_base_table() -> None:
    told = typed()
    assert (told.data, told.tune, told.seed) == (BASE, None, None)
    assert (told.is_protected, told.is_judged, told.include_feedback, told.min_feedback) == (True, True, True, 50)


def test_a_search_has_a_budget_of_trials_and_of_minutes() -> None:
    assert typed("--tune").tune == TuneBudget(20, None)
    assert typed("--tune", "--tune-trials", "7", "--tune-minutes", "2,5").tune == TuneBudget(7, 2.5)
    assert typed("--tune-minutes", "3").tune is None


def test_caps_and_gate_are_switched_off_only_by_name() -> None:
    told = typed("--without-protection", "--without-gate", "--seed", "0")
    assert (told.is_protected, told.is_judged, told.seed) == (False, False, 0)


@pytest.mark.parametrize(
    "words",
    [("--tune-minutes", "0"), ("--tune-minutes", "1441"), ("--tune-minutes", "nan"), ("--tune-trials", "0"),
     ("--seed", "-1"), ("--seed", "2147483648"), ("--min-feedback", "0")],
)  # fmt: skip
def test_what_makes_no_sense_is_wrong_usage(words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        typed(*words)
    assert ended.value.code == 2
    assert "must be" in capsys.readouterr().err
