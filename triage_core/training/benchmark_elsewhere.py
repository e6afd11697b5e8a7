"""Two harder questions: does a model hold in another hospital, and what is one worth that saw drawn patients only?

Each before and after local recalibration with 100 visits of the place, on the visits that are left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from triage_core.model.bundle import SHIPPED_FACTORY, load_bundle
from triage_core.model.columns import matrix
from triage_core.model.predict import Predictor
from triage_core.training.benchmark_figures import Figures, Interval, classifier_figures, mean_of, spread_of
from triage_core.training.cases import Cases
from triage_core.training.cross_validation import Plan, choose_classifier, cumulative_of, fit_fold
from triage_core.training.recalibrate import LocalCurves, fit_local

Values = NDArray[np.float64]
Ranks = NDArray[np.int64]
LOCAL_CASES = 100
LEAST_SUBGROUP = 30  # visits; fewer say nothing
AGE_BANDS = ((16, 40), (40, 65), (65, 120))
SUBGROUP_FIGURES = ("accuracy", "qwk", "under", "missed", "log_loss", "auroc_12")


@dataclass(frozen=True)
class Transfer:
    """One model in a place it does not know: figures and 95 % intervals before and after, and by subgroup before."""

    before: Figures
    after: Figures
    before_interval: Mapping[str, Interval]
    after_interval: Mapping[str, Interval]
    subgroups: Mapping[str, Figures]
    n: int


def between_hospitals(
    cases: Cases, ranks: Ranks, frame: pd.DataFrame, hospital: Ranks, plan: Plan, draws: int
) -> dict[str, Transfer]:
    """Trained on one hospital, told to the other, both ways."""
    found = {}
    for one in (1, 2):
        train, test = np.flatnonzero(hospital == one), np.flatnonzero(hospital != one)
        fold = fit_fold(cases.take(train), ranks[train], 5, plan)
        _, blend = choose_classifier(fold)
        told = cumulative_of(blend.probabilities(fold.answer(cases.take(test))))
        found[f"trained on {one}, tested on {3 - one}"] = transfer(told, ranks[test], frame.iloc[test], 3, draws)
    return found


def synthetic_only(ranks: Ranks, frame: pd.DataFrame, draws: int) -> Transfer:
    """The factory model, trained on synthetic visits alone, on the four gravities (KTAS 1-2 are ROUGE)."""
    told = Predictor(load_bundle(SHIPPED_FACTORY)).cumulative(matrix(frame))
    return transfer(told, np.minimum(ranks, 3), frame, 3, draws)


def transfer(at_least: Values, ranks: Ranks, frame: pd.DataFrame, severe_rank: int, draws: int) -> Transfer:
    """Draw the local visits ``draws`` times; the rest, itself drawn again, is what both figures are measured on."""
    random, before, after = np.random.default_rng(42), [], []
    same = LocalCurves((1.0,) * at_least.shape[1], (0.0,) * at_least.shape[1])
    for _ in range(draws):
        shuffled = random.permutation(len(ranks))
        local, rest = shuffled[:LOCAL_CASES], random.choice(shuffled[LOCAL_CASES:], len(ranks) - LOCAL_CASES)
        bent = fit_local(at_least[local], ranks[local])
        before.append(classifier_figures(ranks[rest], same.probabilities(at_least[rest]), severe_rank))
        after.append(classifier_figures(ranks[rest], bent.probabilities(at_least[rest]), severe_rank))
    shown = subgroups(
        frame, lambda inside: classifier_figures(ranks[inside], same.probabilities(at_least[inside]), severe_rank)
    )
    return Transfer(mean_of(before), mean_of(after), spread_of(before), spread_of(after), shown, len(ranks))


def subgroups(frame: pd.DataFrame, measure: Callable[[NDArray[np.bool_]], Figures]) -> dict[str, Figures]:
    """A few figures by sex and by age band, each with its number of visits."""
    masks = {name: frame["sexe"].to_numpy() == sex for name, sex in (("women", "F"), ("men", "M"))}
    age = frame["age"].to_numpy()
    masks |= {f"{low}-{high - 1} years": (age >= low) & (age < high) for low, high in AGE_BANDS}
    return {
        name: {"n": float(inside.sum())} | {k: v for k, v in measure(inside).items() if k in SUBGROUP_FIGURES}
        for name, inside in masks.items()
        if inside.sum() >= LEAST_SUBGROUP
    }
