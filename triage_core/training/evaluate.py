"""How good a model is, in the same figures for any ordinal scale. The predicted level is the most probable one."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from triage_core.levels import FrenchLevel, Gravity
from triage_core.model.bundle import Bundle
from triage_core.model.columns import matrix
from triage_core.model.ordinal import class_probabilities
from triage_core.model.predict import Predictor
from triage_core.model.words import MARGIN_COLUMNS
from triage_core.training.words import documents_of

if TYPE_CHECKING:
    import pandas as pd

Ranks = NDArray[np.integer]
Probabilities = NDArray[np.float64]
Metrics = dict[str, Any]  # numbers by name, beside "confusion_matrix" and "calibration_curve"
N_BINS = 15


def metrics(ranks: Ranks, probabilities: Probabilities) -> Metrics:
    """Every figure of one data set.

    ``ranks`` are true levels from 0 (least urgent), ``probabilities`` has shape ``(n, K)``. Rates are shares of all
    rows; ``rouge_recall`` is the recall of the most urgent level; ``ece`` the calibration error of "the most urgent
    level" over 15 bins of equal mass. A level that never occurs counts 0 in the macro means.
    """
    predicted = probabilities.argmax(axis=1)
    confusion = _confusion(ranks, predicted, probabilities.shape[1])
    precision, recall, f1 = _by_level(confusion)
    curve = calibration_curve(ranks == probabilities.shape[1] - 1, probabilities[:, -1])
    return {
        "n": len(ranks),
        "accuracy": float((ranks == predicted).mean()),
        "f1_macro": float(f1.mean()),
        "precision_macro": float(precision.mean()),
        "recall_macro": float(recall.mean()),
        "qwk": quadratic_kappa(confusion),
        "under_triage_rate": float((predicted < ranks).mean()),
        "over_triage_rate": float((predicted > ranks).mean()),
        "rouge_recall": float(recall[-1]),
        "ece": float(sum(point["share"] * abs(point["predicted"] - point["observed"]) for point in curve)),
        "log_loss": float(-np.log(np.clip(probabilities[np.arange(len(ranks)), ranks], 1e-15, 1)).mean()),
        "confusion_matrix": confusion.tolist(),
        "calibration_curve": curve,
    }


def calibration_curve(is_true: NDArray[np.bool_], probability: Probabilities) -> list[dict[str, float]]:
    """Mean predicted and observed share over up to 15 bins of equal mass, least probable first."""
    order = np.argsort(probability, kind="stable")
    return [
        {
            "predicted": float(probability[part].mean()),
            "observed": float(is_true[part].mean()),
            "share": len(part) / len(order),
        }
        for part in np.array_split(order, N_BINS)
        if len(part)
    ]


def quadratic_kappa(confusion: NDArray[np.integer]) -> float:
    """Cohen's kappa with quadratic weights; 1 when both sides always say one same level."""
    levels = np.arange(len(confusion))
    distance = (levels[:, None] - levels[None, :]) ** 2
    expected = np.outer(confusion.sum(axis=1), confusion.sum(axis=0)) / confusion.sum()
    by_chance = float((distance * expected).sum())
    return 1.0 - float((distance * confusion).sum()) / by_chance if by_chance else 1.0


def true_ranks(frame: "pd.DataFrame") -> NDArray[np.int64]:
    """The rank of the true gravity of each row of a flat table."""
    return gravity_ranks(frame["gravite"])


def gravity_ranks(column: "pd.Series") -> NDArray[np.int64]:
    """Ranks from 0 to 3 of a column of gravities; ``ValueError`` for anything else."""
    ranks = column.map({gravity.value: gravity.rank for gravity in Gravity})
    if ranks.isna().any():
        raise ValueError(f"{int(ranks.isna().sum())} of {len(column)} are no gravity")
    return np.asarray(ranks, dtype=np.int64)


def score_bundle(bundle: Bundle, frame: "pd.DataFrame") -> Metrics:
    """The metrics of a bundle on a flat table with its column ``gravite``."""
    cumulative = Predictor(bundle).cumulative(bundle_rows(bundle, frame))
    return metrics(true_ranks(frame), class_probabilities(cumulative))


def bundle_rows(
    bundle: Bundle, frame: "pd.DataFrame", default_levels: Mapping[str, FrenchLevel] | None = None
) -> NDArray[np.float32]:
    """The columns of a flat table for this bundle: ``columns.matrix``, then the margins of the words it knows."""
    built = matrix(frame, default_levels)
    if bundle.words is None:
        return built
    margins = [bundle.words.margins(document) for document in documents_of(frame)]
    return np.hstack([built, np.array(margins, dtype=np.float32).reshape(len(built), len(MARGIN_COLUMNS))])


def latency_per_sample_ms(bundle: Bundle, rows: NDArray[np.float32], repeats: int = 200) -> float:
    """Median milliseconds of one single-row prediction. Kept apart: it belongs to a machine, not to a model."""
    predictor, spent = Predictor(bundle), []
    for place in range(repeats):
        started = time.perf_counter()
        predictor.predict(rows[place % len(rows)])
        spent.append(time.perf_counter() - started)
    return float(1000 * np.median(spent))


def _confusion(ranks: Ranks, predicted: Ranks, n_levels: int) -> NDArray[np.int64]:
    confusion = np.zeros((n_levels, n_levels), dtype=np.int64)
    np.add.at(confusion, (ranks, predicted), 1)
    return confusion


def _by_level(confusion: NDArray[np.int64]) -> tuple[Probabilities, Probabilities, Probabilities]:
    hits = np.diag(confusion).astype(np.float64)
    said, true = confusion.sum(axis=0), confusion.sum(axis=1)
    precision = np.divide(hits, said, out=np.zeros_like(hits), where=said > 0)
    recall = np.divide(hits, true, out=np.zeros_like(hits), where=true > 0)
    both = precision + recall
    return precision, recall, np.divide(2 * precision * recall, both, out=np.zeros_like(hits), where=both > 0)
