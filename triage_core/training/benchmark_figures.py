"""The figures of the KTAS protocol, and their intervals by drawing visits again (bootstrap)."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from triage_core.training.evaluate import calibration_curve, metrics

Values = NDArray[np.float64]
Ranks = NDArray[np.int64]
Figures = dict[str, float]
Interval = tuple[float, float]

CLASSIFIER = (
    "accuracy", "macro_f1", "qwk", "under", "over", "missed", "missed_at_over_26", "log_loss", "auroc_12", "ece",
)  # fmt: skip
READER = ("auroc", "ap", "caught_5", "caught_10", "caught_20")
ALERT_SHARES = (5, 10, 20)  # % of visits
OVER = 0.26
_PERCENTILES = (2.5, 97.5)


def classifier_figures(ranks: Ranks, probabilities: Values, severe_rank: int) -> Figures:
    """The protocol's figures. ``severe_rank``: from this rank on a visit is severe (levels 1-2).

    ``missed``: severe visits predicted below; ``missed_at_over_26``: the same once the severe threshold is lowered
    until 26 % of all visits are over-triaged; ``ece``: of the most probable level, 15 bins of equal mass.
    """
    told = metrics(ranks, probabilities)
    predicted, severe = probabilities.argmax(axis=1), ranks >= severe_rank
    score = probabilities[:, severe_rank:].sum(axis=1)
    return {
        "accuracy": told["accuracy"],
        "macro_f1": told["f1_macro"],
        "qwk": told["qwk"],
        "under": told["under_triage_rate"],
        "over": told["over_triage_rate"],
        "missed": float((predicted[severe] < severe_rank).mean()),
        "missed_at_over_26": missed_at_over(ranks, predicted, score, severe_rank),
        "log_loss": told["log_loss"],
        "auroc_12": float(roc_auc_score(severe, score)),
        "ece": calibration_error(predicted == ranks, probabilities.max(axis=1)),
    }


def missed_at_over(ranks: Ranks, predicted: Ranks, score: Values, severe_rank: int, over: float = OVER) -> float:
    """Severe visits still missed when, the likeliest severe first, visits are raised while ``over`` holds."""
    severe, is_low = ranks >= severe_rank, predicted < severe_rank
    order = np.flatnonzero(is_low)[np.argsort(-score[is_low], kind="stable")]
    newly_over = ~severe[order] & (predicted[order] <= ranks[order])
    now = (predicted > ranks).sum() + np.cumsum(newly_over)
    raised = order[now <= over * len(ranks)]
    return float((severe & is_low).sum() - severe[raised].sum()) / float(severe.sum())


def calibration_error(is_true: NDArray[np.bool_], probability: Values) -> float:
    """Expected calibration error over 15 bins of equal mass."""
    curve = calibration_curve(is_true, probability)
    return float(sum(point["share"] * abs(point["predicted"] - point["observed"]) for point in curve))


def reader_figures(score: Values, is_under: NDArray[np.bool_]) -> Figures:
    """How well a score finds the visits where the nurse was not urgent enough."""
    order = np.argsort(-score, kind="stable")
    found = {
        "auroc": float(roc_auc_score(is_under, score)),
        "ap": float(average_precision_score(is_under, score)),
    }
    for share in ALERT_SHARES:
        alerted = order[: round(len(score) * share / 100)]
        found[f"caught_{share}"] = float(is_under[alerted].sum() / is_under.sum())
    return found


def set_figures(ranks: Ranks, sets: NDArray[np.bool_]) -> Figures:
    """Coverage of each rank (``rank_0`` ...; NaN for one that does not occur) and the mean size of the sets."""
    covered = sets[np.arange(len(ranks)), ranks]
    by_rank = {f"rank_{k}": _share(covered[ranks == k]) for k in range(sets.shape[1])}
    return by_rank | {"mean_set_size": float(sets.sum(axis=1).mean())}


def mean_of(runs: Sequence[Figures]) -> Figures:
    """The mean of each figure over repeats."""
    return {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}


def intervals(
    n: int, measure: Callable[[NDArray[np.int64]], Figures], draws: int, seed: int = 42
) -> dict[str, Interval]:
    """95 % intervals of every figure of ``measure(places)`` when the ``n`` visits are drawn again with replacement.

    Drawing again makes bins noisier and so a calibration error larger: its interval is moved back by that bias.
    """
    random = np.random.default_rng(seed)
    told = [measure(random.integers(0, n, n)) for _ in range(draws)]
    found = spread_of(told)
    if "ece" in found:
        bias = float(np.mean([one["ece"] for one in told])) - measure(np.arange(n))["ece"]
        found["ece"] = max(0.0, found["ece"][0] - bias), found["ece"][1] - bias
    return found


def ece_if_perfect(probabilities: Values, draws: int = 50, seed: int = 42) -> float:
    """The calibration error chance alone would show had every probability been right: what no model can go below."""
    random = np.random.default_rng(seed)
    surest = probabilities.max(axis=1)
    return float(np.mean([calibration_error(random.random(len(surest)) < surest, surest) for _ in range(draws)]))


def spread_of(told: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    """From the 2.5th to the 97.5th of a hundred draws, by figure."""
    found = {name: np.nanpercentile([one[name] for one in told], _PERCENTILES) for name in told[0]}
    return {name: (float(low), float(high)) for name, (low, high) in found.items()}


def _share(covered: NDArray[np.bool_]) -> float:
    return float(covered.mean()) if len(covered) else float("nan")
