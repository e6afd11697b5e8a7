"""The options of a training run, the same for the command line and for the worker that a page starts."""

import argparse
from pathlib import Path

from triage_core.training.run import TrainingOptions
from triage_core.training.tune import TuneBudget

MOST_MINUTES = 24 * 60


def training_options(options: argparse.Namespace, base_table: Path) -> TrainingOptions:
    """What was typed, as the training takes it; ``base_table`` stands when no table is named."""
    return TrainingOptions(
        data=options.data or base_table,
        include_feedback=not options.no_feedback,
        min_feedback=options.min_feedback,
        n_estimators=options.n_estimators,
        max_depth=options.max_depth,
        run_name=options.run_name,
        seed=options.seed,
        tune=TuneBudget(options.tune_trials, options.tune_minutes) if options.tune else None,
        is_protected=not options.without_protection,
        is_judged=not options.without_gate,
    )


def training_parser() -> argparse.ArgumentParser:
    """The parser of ``medtriage retrain`` and of the worker."""
    parser = argparse.ArgumentParser(prog="medtriage retrain", description="train and judge a challenger")
    add_training_arguments(parser)
    parser.add_argument("--job-dir", type=Path, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--trigger", default=None, help=argparse.SUPPRESS)
    return parser


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a training run, shared by the command line and the worker."""
    parser.add_argument(
        "--data",
        type=Path,
        default=None,
        help="base table (CSV or Parquet, as import-data leaves it); default: the synthetic one",
    )
    parser.add_argument("--no-feedback", action="store_true", help="train on the base table alone")
    parser.add_argument("--min-feedback", type=_positive, default=50, help="refuse below this many corrections")
    parser.add_argument("--n-estimators", type=_positive, default=None, help="number of trees")
    parser.add_argument("--max-depth", type=_positive, default=None, help="depth of the trees")
    parser.add_argument("--run-name", default=None, help="name of the run in MLflow")
    parser.add_argument("--seed", type=_natural, default=None, help="seed of all that is drawn at random")
    parser.add_argument("--tune", action="store_true", help="look for better settings first, by cross-validation")
    parser.add_argument("--tune-trials", type=_positive, default=TuneBudget.trials, help="most settings to try")
    parser.add_argument("--tune-minutes", type=_minutes, default=None, help="longest time to search")
    experiment = parser.add_argument_group("for experiments alone; a version made so is told in MLflow")
    experiment.add_argument(
        "--without-protection", action="store_true", help="learn every verdict at full weight: no caps, no reviews"
    )
    experiment.add_argument(
        "--without-gate", action="store_true", help="do not judge: such a version is never accepted, only overridden"
    )


def _minutes(text: str) -> float:
    minutes = float(text.replace(",", "."))
    if not 0 < minutes <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {MOST_MINUTES}")
    return minutes


def _natural(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**31:
        raise argparse.ArgumentTypeError("must be 0 or more, below 2147483648")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
