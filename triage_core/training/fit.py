"""Fitting: one monotone model of "at least this level", calibrated on what it did not see, written as a bundle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost
from numpy.typing import NDArray

from triage_core.errors import DatasetError
from triage_core.levels import FrenchLevel, Gravity
from triage_core.model.bundle import Bundle, load_bundle, write_bundle
from triage_core.model.columns import GROUPS, MONOTONE, VITAL_GROUPS, Floats, matrix
from triage_core.model.ordinal import Calibrator, Probabilities, at_least, class_probabilities, raw_margins
from triage_core.model.predict import Predictor
from triage_core.model.words import Document
from triage_core.training.calibrate import fit_calibrators
from triage_core.training.described import frozen_subgroups, reference_counts, with_card
from triage_core.training.evaluate import bundle_rows, metrics, true_ranks
from triage_core.training.first_reading import RULES, first_reading
from triage_core.training.motif_prior import crossfitted, mean_ranks
from triage_core.training.second_reader import MarkThreshold, choose_mark
from triage_core.training.thresholds import RaiseThresholds, choose_thresholds, measure_thresholds
from triage_core.training.words import LEAST_SERVED, crossfitted_words, documents_of, fit_words, has_free_text

if TYPE_CHECKING:
    import pandas as pd

Ranks = NDArray[np.int64]
Weights = NDArray[np.float64]
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class FitSettings:
    """All that a fit depends on beside its rows. Shallow and regularised: the default over-fits at 1,000 rows."""

    n_estimators: int = 200  # rounds; each grows one tree for each "at least"
    max_depth: int = 3
    learning_rate: float = 0.05
    seed: int = 42
    dropout_copies: int = 1
    dropout_rate: float = 0.25  # chance of each group of columns to be missing from a copy
    n_folds: int = 5
    min_child_weight: float = 5.0
    reg_lambda: float = 2.0


@dataclass(frozen=True)
class FittedModel:
    """A fitted ordinal model and its out-of-fold answers to its own training rows."""

    booster: xgboost.Booster
    calibrators: tuple[Calibrator, ...]
    oof_at_least: Probabilities
    folds: NDArray[np.int64]

    @property
    def oof_probabilities(self) -> Probabilities:
        """Class probabilities of each training row by a model that had not seen it, shape ``(n, K)``."""
        return class_probabilities(self.oof_at_least)

    def at_least(self, rows: Floats) -> Probabilities:
        """P(rank >= 1), P(rank >= 2), ... of new rows, shape ``(n, K - 1)``."""
        return at_least(raw_margins(self.booster, rows), self.calibrators)

    def probabilities(self, rows: Floats) -> Probabilities:
        """Class probabilities of new rows, shape ``(n, K)``, least urgent level first."""
        return class_probabilities(self.at_least(rows))


def fit_model(
    rows: Floats,
    ranks: Ranks,
    n_levels: int,
    settings: FitSettings | None = None,
    progress: Progress | None = None,
    monotone: Sequence[int] | None = None,
    weights: Weights | None = None,
    dropout_groups: Sequence[Sequence[int]] | None = None,
) -> FittedModel:
    """Fit and calibrate any ordinal scale; ``ranks`` run from 0 (least urgent) to ``n_levels - 1``.

    ``monotone`` gives -1, 0 or +1 by column (default: free); ``dropout_groups`` the columns that go missing
    together in the random copies (default: none). Deterministic for a given machine.
    """
    settings = settings or FitSettings()
    _check(rows, ranks, n_levels)
    targets = ranks[:, None] >= np.arange(1, n_levels)
    chosen = _Problem(rows, targets, settings, tuple(monotone or ()), weights, dropout_groups or ())
    folds = fold_numbers(ranks, settings)
    margins = np.empty(targets.shape, dtype=np.float32)
    for fold in range(settings.n_folds):
        if progress is not None:
            progress(fold / (settings.n_folds + 1), f"validation croisée {fold + 1}/{settings.n_folds}")
        held_out = folds == fold
        if held_out.any():
            margins[held_out] = raw_margins(chosen.fit(~held_out), rows[held_out])
    calibrators = fit_calibrators(margins, ranks, weights)
    if progress is not None:
        progress(settings.n_folds / (settings.n_folds + 1), "ajustement final")
    booster = chosen.fit(np.ones(len(ranks), dtype=bool))
    return FittedModel(booster, calibrators, at_least(margins, calibrators), folds)


def fold_losses(
    rows: Floats,
    ranks: Ranks,
    n_levels: int,
    settings: FitSettings,
    monotone: Sequence[int] | None = None,
    weights: Weights | None = None,
    dropout_groups: Sequence[Sequence[int]] | None = None,
) -> Iterator[float]:
    """The held-out log loss of "at least", uncalibrated, fold by fold: what a search for settings compares."""
    targets = ranks[:, None] >= np.arange(1, n_levels)
    chosen = _Problem(rows, targets, settings, tuple(monotone or ()), weights, dropout_groups or ())
    folds = fold_numbers(ranks, settings)
    for fold in range(settings.n_folds):
        held_out = folds == fold
        margins = raw_margins(chosen.fit(~held_out), rows[held_out])
        yield float(np.logaddexp(0, np.where(targets[held_out], -margins, margins)).mean())


def fold_numbers(ranks: Ranks, settings: FitSettings) -> NDArray[np.int64]:
    """The fold of each row: shuffled by the seed, every level spread evenly."""
    shuffled = np.random.default_rng(settings.seed).permutation(len(ranks))
    by_level = shuffled[np.argsort(ranks[shuffled], kind="stable")]
    folds = np.empty(len(ranks), dtype=np.int64)
    folds[by_level] = np.arange(len(ranks)) % settings.n_folds
    return folds


def train_bundle(
    frame: "pd.DataFrame",
    out_dir: Path,
    settings: FitSettings,
    version: str,
    progress: Progress | None = None,
    weights: Weights | None = None,
    frozen: "pd.DataFrame | None" = None,
    default_levels: Mapping[str, FrenchLevel] | None = None,
    created: str | None = None,
    data: Mapping[str, object] | None = None,
) -> Bundle:
    """From the training part of a flat table to a verified bundle in ``out_dir``, with its card.

    Trained on ``gravite`` (true); ``gravite_ioa`` (the nurse's) only shapes the thresholds, the rules' level where it
    is absent. ``frozen`` rows are
    measured, never trained on. ``default_levels``: see ``columns.matrix``. ``created`` (ISO, UTC) is written into the
    manifest; ``None`` leaves it out, so that the same rows give the same bytes; ``data`` says where the rows come
    from. Raises ``DatasetError``.
    """
    ranks = true_ranks(frame)
    motifs = tuple(motif if isinstance(motif, str) else None for motif in frame["motif_id"])
    learned = _learn_columns(matrix(frame, default_levels), motifs, documents_of(frame), ranks, settings)
    fitted = fit_model(
        learned.rows, ranks, len(Gravity), settings, progress, learned.monotone, weights, learned.dropout_groups
    )
    thresholds, source = thresholds_for(fitted.oof_at_least, frame, ranks)
    mark = mark_for(fitted.oof_at_least, frame, ranks)
    manifest: dict[str, Any] = {
        "version": version,
        "fit": asdict(settings) | {"n_train": len(frame)} | ({"thresholds_from": RULES} if source == RULES else {}),
        "libraries": {"xgboost": xgboost.__version__, "numpy": np.__version__},
        "motif_prior": mean_ranks(motifs, ranks),
        "calibrators": [asdict(calibrator) for calibrator in fitted.calibrators],
        "thresholds": dict(zip([g.value for g in Gravity][1:], thresholds.values, strict=True)),
        "second_reader": asdict(mark),
        "metrics": {"cv": _cv_metrics(fitted, ranks) | raise_figures(thresholds)},
        "data": dict(data or {}),
        "reference": reference_counts(frame),
    }
    if created is not None:
        manifest["created"] = created
    model = bytes(fitted.booster.save_raw("json"))
    write_bundle(out_dir, model, manifest, learned.words)
    if frozen is not None and len(frozen):
        judged = load_bundle(out_dir)
        manifest["metrics"]["frozen"] = frozen_metrics(judged, frozen, default_levels)
        manifest["subgroups"] = frozen_subgroups(judged, frozen, default_levels)
        write_bundle(out_dir, model, manifest, learned.words)
    return with_card(out_dir)


@dataclass(frozen=True)
class _Learned:
    """The columns of a training table, crossfitted, and the words part when the table has free text."""

    rows: Floats
    monotone: tuple[int, ...]
    dropout_groups: tuple[tuple[int, ...], ...]
    words: bytes | None


def _learn_columns(
    built: Floats,
    motifs: Sequence[str | None],
    documents: Sequence[Document],
    ranks: Ranks,
    settings: FitSettings,
) -> _Learned:
    folds, groups = fold_numbers(ranks, settings), (*VITAL_GROUPS, GROUPS["motif"])
    rows = crossfitted(built, motifs, ranks, folds)
    if not has_free_text(documents):
        return _Learned(rows, MONOTONE, groups, None)
    rows = np.hstack([rows, crossfitted_words(documents, ranks, len(Gravity), folds, LEAST_SERVED)])
    words = tuple(range(len(MONOTONE), rows.shape[1]))
    scorer = fit_words(documents, ranks, len(Gravity), LEAST_SERVED).scorer()
    return _Learned(rows, (*MONOTONE, *(0 for _ in words)), (*groups, words), scorer.as_json())


@dataclass(frozen=True)
class _Problem:
    rows: Floats
    targets: NDArray[np.bool_]
    settings: FitSettings
    monotone: tuple[int, ...]
    weights: Weights | None
    dropout_groups: Sequence[Sequence[int]]

    def fit(self, chosen: NDArray[np.bool_]) -> xgboost.Booster:
        """Fit on some of the rows and on their copies with random holes."""
        copies = self.settings.dropout_copies if self.dropout_groups else 0
        holed = with_dropout(self.rows[chosen], self.dropout_groups, self.settings, copies)
        weights = None if self.weights is None else np.tile(self.weights[chosen], copies + 1)
        data = xgboost.DMatrix(holed, np.tile(self.targets[chosen], (copies + 1, 1)), weight=weights, nthread=1)
        return xgboost.train(parameters(self.settings, self.monotone), data, num_boost_round=self.settings.n_estimators)


def parameters(settings: FitSettings, monotone: Sequence[int]) -> dict[str, Any]:
    """What XGBoost is told: one thread, histograms, one binary output for each "at least"."""
    return {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "nthread": 1,
        "max_depth": settings.max_depth,
        "learning_rate": settings.learning_rate,
        "min_child_weight": settings.min_child_weight,
        "reg_lambda": settings.reg_lambda,
        "seed": settings.seed,
    } | ({"monotone_constraints": tuple(monotone)} if monotone else {})


def with_dropout(rows: Floats, groups: Sequence[Sequence[int]], settings: FitSettings, copies: int) -> Floats:
    """The rows, then copies of them in which each group of columns is missing at random (seeded)."""
    random = np.random.default_rng(settings.seed)
    stacked = [rows]
    for _ in range(copies):
        copy = rows.copy()
        for group in groups:
            missing = random.random(len(rows)) < settings.dropout_rate
            for column in group:
                copy[missing, column] = np.nan
        stacked.append(copy)
    return np.vstack(stacked)


def _check(rows: Floats, ranks: Ranks, n_levels: int) -> None:
    if len(rows) != len(ranks) or len(rows) < 2 or n_levels < 2:
        raise DatasetError(f"{len(rows)} rows with {len(ranks)} ranks on {n_levels} levels cannot be fitted")
    if ranks.min() < 0 or ranks.max() >= n_levels:
        raise DatasetError(f"ranks must run from 0 to {n_levels - 1}, got {ranks.min()} to {ranks.max()}")


def thresholds_for(cumulative: Probabilities, frame: "pd.DataFrame", ranks: Ranks) -> tuple[RaiseThresholds, str]:
    """Raise thresholds for rows no booster of theirs has seen, and against whose level: see ``first_reading``."""
    first = first_reading(frame)
    return choose_thresholds(cumulative[first.places], first.ranks, ranks[first.places]), first.source


def mark_for(cumulative: Probabilities, frame: "pd.DataFrame", ranks: Ranks) -> MarkThreshold:
    """The second reader's threshold for rows no booster of theirs has seen, against the same first level."""
    first = first_reading(frame)
    return choose_mark(cumulative[first.places], first.ranks, ranks[first.places])


def raise_figures(thresholds: RaiseThresholds) -> dict[str, float]:
    """What the thresholds do, as named in a manifest."""
    return {"raised_rate": thresholds.raised_share, "caught_under_triage_rate": thresholds.caught_share}


def _cv_metrics(fitted: FittedModel, ranks: Ranks) -> dict[str, Any]:
    found = metrics(ranks, fitted.oof_probabilities)
    right = fitted.oof_probabilities.argmax(axis=1) == ranks
    by_fold = [float(right[fitted.folds == fold].mean()) for fold in np.unique(fitted.folds)]
    return found | {"cv_accuracy_mean": float(np.mean(by_fold)), "cv_accuracy_std": float(np.std(by_fold))}


def frozen_metrics(
    bundle: Bundle, frozen: "pd.DataFrame", default_levels: Mapping[str, FrenchLevel] | None
) -> dict[str, Any]:
    """The figures of a bundle on rows that no training sees."""
    cumulative = Predictor(bundle).cumulative(bundle_rows(bundle, frozen, default_levels))
    ranks, first = true_ranks(frozen), first_reading(frozen)
    found = metrics(ranks, class_probabilities(cumulative))
    values, seen = tuple(bundle.thresholds.values()), first.places
    return found | raise_figures(measure_thresholds(values, cumulative[seen], first.ranks, ranks[seen]))
