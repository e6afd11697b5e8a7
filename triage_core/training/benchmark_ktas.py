"""``medtriage benchmark ktas``: the product's own training on five levels of real visits, beside every baseline.

Protocol of the project's reference: repeated stratified 5-fold cross-validation (5 repeats, seed 42); all that is
fitted or chosen (vocabulary, motif means, calibration, candidate) is fitted or chosen inside the training fold;
figures on the pooled out-of-fold answers of each repeat, averaged over repeats; intervals over visits.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import RepeatedStratifiedKFold

from triage_core.errors import DatasetError
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import load_rulebook
from triage_core.training import benchmark_report as report
from triage_core.training.benchmark_elsewhere import Transfer, between_hospitals, subgroups, synthetic_only
from triage_core.training.benchmark_figures import (
    CLASSIFIER,
    READER,
    Figures,
    Interval,
    classifier_figures,
    ece_if_perfect,
    intervals,
    mean_of,
    reader_figures,
    set_figures,
)
from triage_core.training.cases import Cases, cases_of
from triage_core.training.cross_validation import FULL, QUICK, Plan, Pooled, pooled
from triage_core.training.ktas import KtasVisits, read_visits

N_LEVELS, N_FOLDS = 5, 5
SEVERE_RANK = 3  # KTAS 1 and 2 are ranks 4 and 3
DRAWS, QUICK_DRAWS = 400, 60
OURS = "MedTriage (chosen inside each fold)"

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Measured:
    """Everything one run of the benchmark found."""

    classifier: Figures
    reader: Figures
    sets: Figures
    intervals: Mapping[str, Mapping[str, Interval]]
    classifiers: Mapping[str, Figures]
    readers: Mapping[str, Figures]
    subgroups: Mapping[str, Figures]
    choices: Mapping[str, Mapping[str, int]]
    hospitals: Mapping[str, Transfer]
    synthetic: Transfer
    ece_if_perfect: float


def splits_of(ranks: Places, repeats: int) -> list[list[tuple[Places, Places]]]:
    """The protocol's folds, by repeat."""
    drawn = RepeatedStratifiedKFold(n_splits=N_FOLDS, n_repeats=repeats, random_state=42).split(ranks, ranks)
    every = list(drawn)
    return [every[start : start + N_FOLDS] for start in range(0, len(every), N_FOLDS)]


def measure(visits: KtasVisits, repeats: int, plan: Plan, draws: int, say: Callable[[str], None]) -> Measured:
    """Run the protocol and the two tables beside it."""
    cases = cases_of(visits.frame, load_rulebook(), visits.nurse_ranks)
    runs = []
    for number, splits in enumerate(splits_of(visits.ranks, repeats), start=1):
        say(f"repeat {number} of {repeats}")
        runs.append(pooled(cases, visits.ranks, N_LEVELS, splits, plan))
    say("between hospitals and synthetic alone")
    return _measured(visits, cases, runs, plan, draws)


def _measured(visits: KtasVisits, cases: Cases, runs: list[Pooled], plan: Plan, draws: int) -> Measured:
    ranks, is_under = visits.ranks, visits.nurse_ranks < visits.ranks
    everyone = np.arange(len(ranks))

    def classifier(places: Places) -> Figures:
        return mean_of([classifier_figures(ranks[places], run.chosen[places], SEVERE_RANK) for run in runs])

    def reader(places: Places) -> Figures:
        return mean_of([reader_figures(run.reader[places], is_under[places]) for run in runs])

    def covered(places: Places) -> Figures:
        return mean_of([set_figures(ranks[places], run.sets[places]) for run in runs])

    three = {"classifier": classifier, "second_reader": reader, "conformal": covered}
    n = len(ranks)
    return Measured(
        classifier=classifier(everyone),
        reader=reader(everyone),
        sets=covered(everyone),
        intervals={name: intervals(n, one, draws) for name, one in three.items()},
        classifiers={
            name: mean_of([classifier_figures(ranks, run.fixed[name], SEVERE_RANK) for run in runs])
            for name in plan.shown
        },
        readers={
            name: mean_of([reader_figures(run.readers[name], is_under) for run in runs]) for name in runs[0].readers
        },
        subgroups=subgroups(visits.frame, lambda inside: classifier(np.flatnonzero(inside))),
        choices={
            "classifier": Counter(name for run in runs for name in run.choices),
            "second_reader": Counter(name for run in runs for name in run.reader_choices),
        },
        hospitals=between_hospitals(cases, ranks, visits.frame, visits.hospital, plan, draws),
        synthetic=synthetic_only(ranks, visits.frame, draws),
        ece_if_perfect=float(np.mean([ece_if_perfect(run.chosen) for run in runs])),
    )


def as_json(told: Measured) -> dict[str, object]:
    """The three keys of the contract and no other. Levels are KTAS levels, ``"1"`` the most urgent."""
    coverage = {str(N_LEVELS - rank): told.sets[f"rank_{rank}"] for rank in reversed(range(N_LEVELS))}
    return {
        "classifier": {name: told.classifier[name] for name in CLASSIFIER},
        "second_reader": {name: told.reader[name] for name in READER},
        "conformal": {"coverage_by_class": coverage, "mean_set_size": told.sets["mean_set_size"]},
    }


def details(told: Measured, n: int) -> dict[str, object]:
    """What stands beside them: intervals, every candidate, subgroups, other hospitals, synthetic visits alone."""
    return {
        "n": n,
        "intervals": told.intervals,
        "ece_if_perfect": told.ece_if_perfect,
        "candidates": told.classifiers,
        "second_readers": told.readers,
        "choices": told.choices,
        "subgroups": told.subgroups,
        "hospitals": {name: vars(one) for name, one in told.hospitals.items()},
        "synthetic_only": vars(told.synthetic),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 with an explanation when the visits are not there."""
    told = _parser().parse_args(arguments)
    if not told.data.is_file():
        print("the KTAS visits are not here: name the file with --data", file=sys.stderr)
        return 1
    try:
        visits = read_visits(told.data, MotifSearch(load_rulebook()))
    except (DatasetError, UnicodeDecodeError, ValueError) as fault:
        print(f"not a KTAS file: {fault}", file=sys.stderr)
        return 1
    repeats = told.repeats or (1 if told.quick else 5)
    plan, draws = (QUICK, QUICK_DRAWS) if told.quick else (FULL, DRAWS)
    found = measure(visits, repeats, plan, draws, lambda step: print(step, file=sys.stderr, flush=True))
    print(_text(visits, found))
    told.json.write_text(json.dumps(as_json(found), indent=1), encoding="utf-8")
    told.details.write_text(json.dumps(details(found, len(visits.ranks)), indent=1), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="medtriage benchmark ktas")
    parser.add_argument("--data", type=Path, default=_default_file())
    parser.add_argument("--json", type=Path, default=Path(os.devnull), help="the figures, for a program")
    parser.add_argument("--details", type=Path, default=Path(os.devnull), help="intervals, candidates, subgroups")
    parser.add_argument("--repeats", type=int, default=None, help="repeats of the five folds (5; with --quick 1)")
    parser.add_argument("--quick", action="store_true", help="fewer candidates, one repeat: about half a minute")
    return parser


def _text(visits: KtasVisits, told: Measured) -> str:
    recognised = 100 * visits.frame["motif_id"].notna().mean()
    parts = [
        f"{visits.n_read} visits read, {len(visits.ranks)} kept; motif recognised in {recognised:.1f} %",
        "Adults of two Korean hospitals: nothing here speaks of children or of France. AVPU as Glasgow is assumed.",
        "\nClassifier", report.classifier_table({**told.classifiers, OURS: told.classifier}),
        f"chosen: {dict(told.choices['classifier'])}",
        "\nSecond reader: P(the truth is more urgent than the nurse's level)",
        report.reader_table({**told.readers, OURS: told.reader}),
        f"chosen: {dict(told.choices['second_reader'])}",
        f"\nCalibration error of a perfect model on as many visits: {told.ece_if_perfect:.3f}",
        "Conformal sets, a promise for each level (rank 4 is KTAS 1)",
    ]  # fmt: skip
    figures = {"classifier": told.classifier, "second_reader": told.reader, "conformal": told.sets}
    for name, one in figures.items():
        parts += [f"\n{name}: figure and 95 % interval over visits", report.interval_lines(one, told.intervals[name])]
    elsewhere = {**told.hospitals, "synthetic visits alone (4 levels)": told.synthetic}
    parts += ["\nSubgroups", report.subgroup_table(told.subgroups), "\nElsewhere", report.transfer_table(elsewhere)]
    return "\n".join([*parts, "", report.GOALS])


def _default_file() -> Path:
    """Beside the repository, where the project keeps the visits; never inside it."""
    named = os.environ.get("MEDTRIAGE_KTAS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data" / "ktas" / "data.csv"


if __name__ == "__main__":
    sys.exit(main())
