"""How good a model is for whom: the figures of the frozen rows by sex and age band, each with its interval."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES, SEED = 500, 42
LEAST_ROWS = 20  # fewer rows say nothing of a group
AGE_BANDS = (("moins de 15 ans", 0, 15), ("15 à 64 ans", 15, 65), ("65 à 79 ans", 65, 80), ("80 ans et plus", 80, 200))
SEX_NAMES = (("femmes", "F"), ("hommes", "M"))
ROUGE = 3
KINDS = np.arange(6)  # under, right, over of those who are not ROUGE, then of the ROUGE
Ranks = NDArray[np.int64]
Where = NDArray[np.bool_]
Interval = list[float]  # estimate, lower, upper
_HITS: Mapping[str, Where] = MappingProxyType(
    {
        "accuracy": KINDS % 3 == 1,
        "rouge_recall": KINDS == 4,
        "under_triage_rate": KINDS % 3 == 0,
        "over_triage_rate": KINDS % 3 == 2,
    }
)


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
    """Rows that all figures count alike are one kind: drawing kinds is drawing rows, whatever their number."""
    kind = 3 * (ranks == ROUGE) + np.sign(predicted - ranks) + 1
    found = np.bincount(kind, minlength=len(KINDS))
    drawn = np.random.default_rng(SEED).multinomial(len(ranks), found / len(ranks), RESAMPLES)
    of = {"rouge_recall": KINDS >= 3}
    return {name: _interval(hits, of.get(name, KINDS >= 0), found, drawn) for name, hits in _HITS.items()}


def _interval(hits: Where, among: Where, found: Ranks, drawn: Ranks) -> Interval | None:
    if not found[among].sum():
        return None
    of = drawn[:, among].sum(axis=1)
    shares = drawn[:, hits].sum(axis=1)[of > 0] / of[of > 0]
    low, high = np.quantile(shares, (0.025, 0.975))
    return [round(float(value), 4) for value in (found[hits].sum() / found[among].sum(), low, high)]
