"""``medtriage benchmark ktas``: the product's own fit on five levels of real visits, beside published baselines.

Protocol of the project's reference: repeated stratified 5-fold cross-validation (5 repeats, seed 42); all that is
fitted, motif means and calibration included, is fitted inside the training fold; metrics on the pooled out-of-fold
predictions of each repeat, averaged over repeats.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold

from triage_core.errors import DatasetError
from triage_core.model.columns import GROUPS, MONOTONE, VITAL_GROUPS, matrix, motif_code, with_motif_prior
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import load_rulebook
from triage_core.training.evaluate import metrics
from triage_core.training.fit import FitSettings, fit_model, fold_numbers
from triage_core.training.ktas import KtasVisits, read_visits
from triage_core.training.motif_prior import crossfitted, mean_ranks

N_LEVELS = 5
N_FOLDS = 5
SEVERE_RANK = 3  # KTAS 1 and 2 are ranks 4 and 3
SMALL = FitSettings(n_estimators=150, min_child_weight=3.0)  # a thousand visits, not eight thousand
FIGURES = ("accuracy", "macro_f1", "qwk", "under", "over", "missed", "log_loss", "auroc_12")
# The reference protocol's own measurements on the same folds.
BASELINES = (
    ("nurses themselves (1,267)", (0.853, 0.807, 0.875, 0.103, 0.043, 0.138, None, None)),
    ("majority class", (0.384, 0.111, 0.0, 0.194, 0.422, 1.0, 1.285, 0.50)),
    ("NEWS2, logistic regression", (0.426, 0.241, 0.259, 0.414, 0.160, 0.793, 1.215, 0.684)),
    ("logistic regression, canonical", (0.464, 0.407, 0.365, 0.288, 0.248, 0.629, 1.164, 0.786)),
    ("XGBoost defaults, canonical", (0.481, 0.416, 0.353, 0.263, 0.255, 0.610, 1.483, 0.760)),
    ("XGBoost small, canonical", (0.527, 0.424, 0.380, 0.234, 0.239, 0.624, 1.062, 0.798)),
    ("XGBoost small, canonical + text", (0.682, 0.575, 0.649, 0.162, 0.156, 0.411, 0.826, 0.909)),
)

Split = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
Probabilities = npt.NDArray[np.float64]
Classifier = dict[str, float]


def out_of_fold(visits: KtasVisits, splits: Sequence[Split]) -> Probabilities:
    """Class probabilities of every visit by a model that saw neither it nor its level, shape (n, 5)."""
    rows = matrix(visits.frame)
    motifs = [motif if isinstance(motif, str) else None for motif in visits.frame["motif_id"]]
    pooled = np.empty((len(rows), N_LEVELS))
    for train, test in splits:
        known = [motifs[place] for place in train]
        ranks = visits.ranks[train]
        encoded = crossfitted(rows[train], known, ranks, fold_numbers(ranks, SMALL))
        fitted = fit_model(encoded, ranks, N_LEVELS, SMALL, None, MONOTONE, None, (*VITAL_GROUPS, GROUPS["motif"]))
        priors = {motif_code(motif): mean for motif, mean in mean_ranks(known, ranks).items()}
        pooled[test] = fitted.probabilities(with_motif_prior(rows[test], priors))
    return pooled


def classifier_figures(ranks: npt.NDArray[np.int64], probabilities: Probabilities) -> Classifier:
    """The protocol's figures; ``missed``: true levels 1-2 predicted 3-5; AUROC from P(1) + P(2)."""
    told = metrics(ranks, probabilities)
    predicted, severe = probabilities.argmax(axis=1), ranks >= SEVERE_RANK
    return {
        "accuracy": told["accuracy"],
        "macro_f1": told["f1_macro"],
        "qwk": told["qwk"],
        "under": told["under_triage_rate"],
        "over": told["over_triage_rate"],
        "missed": float((predicted[severe] < SEVERE_RANK).mean()),
        "log_loss": told["log_loss"],
        "auroc_12": float(roc_auc_score(severe, probabilities[:, SEVERE_RANK:].sum(axis=1))),
        "ece": told["ece"],
    }


def measure(visits: KtasVisits, repeats: int = 5) -> tuple[Classifier, Classifier]:
    """Mean and spread (standard deviation over repeats) of every figure."""
    cross_validation = RepeatedStratifiedKFold(n_splits=N_FOLDS, n_repeats=repeats, random_state=42)
    splits = list(cross_validation.split(visits.ranks, visits.ranks))
    by_repeat = [splits[start : start + N_FOLDS] for start in range(0, len(splits), N_FOLDS)]
    runs = [classifier_figures(visits.ranks, out_of_fold(visits, repeat)) for repeat in by_repeat]
    mean = {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}
    return mean, {name: float(np.std([run[name] for run in runs])) for name in runs[0]}


def table(mean: Classifier, spread: Classifier) -> str:
    """The figures beside the baselines, as printed."""
    head = f"{'':<36}" + "".join(f"{name:>10}" for name in FIGURES)
    lines = [head]
    for name, figures in BASELINES:
        lines.append(f"{name:<36}" + "".join(f"{'' if x is None else format(x, '.3f'):>10}" for x in figures))
    lines.append(f"{'MedTriage, five levels':<36}" + "".join(f"{mean[name]:>10.3f}" for name in FIGURES))
    lines.append(f"{'  spread over repeats':<36}" + "".join(f"{spread[name]:>10.3f}" for name in FIGURES))
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 with an explanation when the visits are not there."""
    parser = argparse.ArgumentParser(prog="medtriage benchmark ktas")
    parser.add_argument("--data", type=Path, default=_default_file())
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--repeats", type=int, default=5)
    told = parser.parse_args(arguments)
    if not told.data.is_file():
        print("the KTAS visits are not here: name the file with --data", file=sys.stderr)
        return 1
    try:
        visits = read_visits(told.data, MotifSearch(load_rulebook()))
    except (DatasetError, UnicodeDecodeError, ValueError) as fault:
        print(f"not a KTAS file: {fault}", file=sys.stderr)
        return 1
    mean, spread = measure(visits, told.repeats)
    _report(visits, mean, spread)
    if told.json is not None:
        told.json.write_text(json.dumps({"classifier": mean, "spread": spread, "n": len(visits.ranks)}, indent=1))
    return 0


def _report(visits: KtasVisits, mean: Classifier, spread: Classifier) -> None:
    recognised = visits.frame["motif_id"].notna().mean()
    print(f"{visits.n_read} visits read, {len(visits.ranks)} kept; motif recognised in {100 * recognised:.1f} %")
    print("Adults of two Korean hospitals: nothing here speaks of children or of France. AVPU as Glasgow is assumed.\n")
    print(table(mean, spread))


def _default_file() -> Path:
    """Beside the repository, where the project keeps the visits; never inside it."""
    named = os.environ.get("MEDTRIAGE_KTAS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data" / "ktas" / "data.csv"


if __name__ == "__main__":
    sys.exit(main())
