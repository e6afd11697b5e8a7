"""How good a model is for whom: the figures of the frozen rows by sex and age band, each with its interval."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES, SEED = 500, 42
LEAST_ROWS = 20  # fewer rows say nothing of a group
AGE_BANDS = (("moins de 15 ans", 0, 15), ("15 à 64 ans", 15, 65), ("65 à 79 ans", 65, 80), ("80 ans et plus", 80, 200))
SEX_NAMES = (("femmes", "F"), ("hommes", "M"))
FIGURES = ("accuracy", "rouge_recall", "under_triage_rate", "over_triage_rate")
Ranks = NDArray[np.int64]
Interval = list[float]  # estimate, lower, upper


def subgroup_figures(frame: "pd.DataFrame", ranks: Ranks, predicted: NDArray[np.integer]) -> list[dict[str, Any]]:
    """By ``group``: ``n`` and each figure as ``[estimate, lower, upper]``, or ``None`` where no row can tell.

    95 % percentile bootstrap over rows, seeded; ``ranks`` are true levels, ``predicted`` the most probable ones.
    """
    return [
        {"group": name, "n": int(chosen.sum())} | _figures(ranks[chosen], predicted[chosen])
        for name, chosen in _groups(frame)
        if chosen.sum() >= LEAST_ROWS
    ]


def _groups(frame: "pd.DataFrame") -> Iterator[tuple[str, NDArray[np.bool_]]]:
    age, sex = frame["age"].to_numpy(dtype=float), frame["sexe"].to_numpy()
    yield "tous", np.ones(len(frame), dtype=bool)
    for name, code in SEX_NAMES:
        yield name, sex == code
    for name, low, high in AGE_BANDS:
        yield name, (age >= low) & (age < high)


def _figures(ranks: Ranks, predicted: NDArray[np.integer]) -> dict[str, Interval | None]:
    everyone = np.ones(len(ranks), dtype=bool)
    is_rouge = ranks == 3
    told = {
        "accuracy": (predicted == ranks, everyone),
        "rouge_recall": (is_rouge & (predicted == 3), is_rouge),
        "under_triage_rate": (predicted < ranks, everyone),
        "over_triage_rate": (predicted > ranks, everyone),
    }
    drawn = np.random.default_rng(SEED).multinomial(len(ranks), np.full(len(ranks), 1 / len(ranks)), RESAMPLES)
    return {name: _interval(hits, among, drawn) for name, (hits, among) in told.items()}


def _interval(hits: NDArray[np.bool_], among: NDArray[np.bool_], drawn: NDArray[np.int64]) -> Interval | None:
    if not among.any():
        return None
    of = drawn @ among
    shares = (drawn @ hits)[of > 0] / of[of > 0]
    low, high = np.quantile(shares, (0.025, 0.975))
    return [round(float(value), 4) for value in (hits.sum() / among.sum(), low, high)]
