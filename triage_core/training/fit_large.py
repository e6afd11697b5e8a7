"""Fitting on a table that does not fit in memory: one pass of growing trees, calibrated on rows held out for it.

What differs from ``fit``: random holes are made in half of the rows instead of in a copy of all of them, and the
calibrators learn from rows the served booster itself never saw instead of from five boosters' folds (DECISIONS.md).
"""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray

from triage_core.levels import Gravity
from triage_core.model.bundle import Bundle, load_bundle, write_bundle
from triage_core.model.columns import GROUPS, MONOTONE, MOTIF_COLUMN, VITAL_GROUPS, Floats, matrix, motif_code
from triage_core.model.columns import with_motif_prior as with_prior
from triage_core.model.ordinal import at_least, class_probabilities, raw_margins
from triage_core.rules.catalog import load_rulebook
from triage_core.training.calibrate import fit_calibrators
from triage_core.training.described import frozen_subgroups, reference_counts, with_card
from triage_core.training.evaluate import metrics, true_ranks
from triage_core.training.fit import (
    FitSettings,
    Progress,
    frozen_metrics,
    mark_for,
    parameters,
    raise_figures,
    thresholds_for,
)
from triage_core.training.large import Defaults, FitRows, LargeTable, Page, give_back
from triage_core.training.motif_prior import PSEUDO_VISITS

_GROUPS = (*VITAL_GROUPS, GROUPS["motif"])
_LEVELS = np.arange(1, len(Gravity))
FIT_SHARE = 0.95  # of the progress; the rest calibrates and measures


def train_large_bundle(
    table: LargeTable,
    out_dir: Path,
    settings: FitSettings,
    version: str,
    progress: Progress | None = None,
    defaults: Defaults = None,
    created: str | None = None,
    data: Mapping[str, object] | None = None,
) -> Bundle:
    """From a large table to a verified bundle in ``out_dir``; the same promises as ``fit.train_bundle``.

    The figures named ``cv`` are those of the held-out rows, which are also the reference of its drift: chance took
    them from the same table.
    """
    prior = MotifPrior(table.fit, settings.n_folds)
    prepare(table.fit, prior, settings)
    booster = fit_rows(table.fit, settings, progress)
    held_out, ranks = table.held_out, true_ranks(table.held_out)
    margins = raw_margins(booster, with_prior(matrix(held_out, defaults), prior.by_code))
    calibrators = fit_calibrators(margins, ranks)
    cumulative = at_least(margins, calibrators)
    thresholds, source = thresholds_for(cumulative, held_out, ranks)
    figures = metrics(ranks, class_probabilities(cumulative)) | raise_figures(thresholds)
    manifest: dict[str, Any] = {
        "version": version,
        "fit": asdict(settings) | {"n_train": len(table.fit), "n_held_out": len(held_out), "thresholds_from": source},
        "libraries": {"xgboost": xgboost.__version__, "numpy": np.__version__},
        "motif_prior": prior.by_motif,
        "calibrators": [asdict(calibrator) for calibrator in calibrators],
        "thresholds": dict(zip([g.value for g in Gravity][1:], thresholds.values, strict=True)),
        "second_reader": asdict(mark_for(cumulative, held_out, ranks)),
        "metrics": {"cv": figures},
        "data": dict(data or {}),
        "reference": reference_counts(held_out),
    } | ({} if created is None else {"created": created})
    model = bytes(booster.save_raw("json"))
    write_bundle(out_dir, model, manifest)
    judged = load_bundle(out_dir)
    manifest["metrics"]["frozen"] = frozen_metrics(judged, table.frozen, defaults)
    manifest["subgroups"] = frozen_subgroups(judged, table.frozen, defaults)
    write_bundle(out_dir, model, manifest)
    return with_card(out_dir)


class MotifPrior:
    """The smoothed mean rank of each motif, of all rows and of all folds but one; a row's fold is its number's."""

    def __init__(self, rows: FitRows, n_folds: int) -> None:
        self._n_folds = n_folds
        self._motifs = {motif_code(motif.id): motif.id for motif in load_rulebook().motifs}
        self._codes = np.array(sorted(self._motifs))
        count, total = np.zeros((2, n_folds, len(self._codes) + 1))  # the last place: rows without a motif
        for page in rows.pages():
            at = self._folds(page), self._places(page.rows[:, MOTIF_COLUMN])
            np.add.at(count, at, 1)
            np.add.at(total, at, page.ranks)
        others = np.arange(n_folds)[:, None] != np.arange(n_folds)[None, :]
        self._by_fold = _smoothed(others @ count, others @ total)
        whole = _smoothed(count.sum(axis=0)[None, :], total.sum(axis=0)[None, :])[0]
        seen = count.sum(axis=0)[:-1] > 0
        self.by_code = {float(c): float(m) for c, m in zip(self._codes[seen], whole[:-1][seen], strict=True)}
        self.by_motif = {self._motifs[code]: mean for code, mean in self.by_code.items()}

    def encode(self, page: Page) -> None:
        """Replace each motif of a page by what the other folds say of it."""
        places = self._places(page.rows[:, MOTIF_COLUMN])
        page.rows[:, MOTIF_COLUMN] = self._by_fold[self._folds(page), places]

    def _folds(self, page: Page) -> NDArray[np.int64]:
        return np.arange(page.first, page.first + len(page.rows)) % self._n_folds

    def _places(self, codes: Floats) -> NDArray[np.int64]:
        """The place of each motif; the last for none and for a motif that is not of the grid."""
        found = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        places: NDArray[np.int64] = np.where(self._codes[found] == codes, found, len(self._codes))
        return places


def _smoothed(count: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean ranks drawn towards the mean of all, rounded as in the manifest; NaN where nothing was seen."""
    overall = total.sum(axis=1, keepdims=True) / np.maximum(count.sum(axis=1, keepdims=True), 1)
    means: NDArray[np.float64] = np.round((total + PSEUDO_VISITS * overall) / (count + PSEUDO_VISITS), 6)
    means[count == 0] = np.nan
    means[:, -1] = np.nan
    return means


def prepare(rows: FitRows, prior: MotifPrior, settings: FitSettings) -> None:
    """Make the rows what the trees see, once: motif means, and random holes in half of the rows, by the seed."""

    def holed(page: Page) -> None:
        prior.encode(page)
        dice = np.random.default_rng([settings.seed, page.first])
        is_copy = dice.random(len(page.rows)) < settings.dropout_copies / (1 + settings.dropout_copies)
        for group in _GROUPS:
            missing = is_copy & (dice.random(len(page.rows)) < settings.dropout_rate)
            for column in group:
                page.rows[missing, column] = np.nan

    rows.change(holed)


class _Feed(xgboost.DataIter):  # type: ignore[misc]  # the library has no types
    """Hands the rows to XGBoost page by page."""

    def __init__(self, rows: FitRows, cache: str) -> None:
        super().__init__(cache_prefix=f"{cache}/pages", release_data=True)
        self._rows = rows
        self.reset()

    def reset(self) -> None:
        """Begin again with the first page."""
        self._pages = self._rows.pages()

    def next(self, input_data: Any) -> bool:
        """Hand over the next page; ``False`` after the last."""
        page = next(self._pages, None)
        if page is not None:
            input_data(data=page.rows, label=page.ranks[:, None] >= _LEVELS, weight=page.weights)
        return page is not None


def fit_rows(rows: FitRows, settings: FitSettings, progress: Progress | None) -> xgboost.Booster:
    """Grow the trees over quantised pages kept in a folder of their own: no float matrix ever stands in memory."""
    told = [] if progress is None else [_Told(progress, settings.n_estimators)]
    with tempfile.TemporaryDirectory(prefix="medtriage-") as cache:
        data = xgboost.ExtMemQuantileDMatrix(_Feed(rows, cache), nthread=1)
        give_back()
        grown = xgboost.train(parameters(settings, MONOTONE), data, settings.n_estimators, callbacks=told)
        del data  # before its pages
    give_back()
    return grown


@dataclass(eq=False)  # the library keeps callbacks in a dictionary
class _Told(xgboost.callback.TrainingCallback):  # type: ignore[misc]  # the library has no types
    """Tells after each tenth round how far the trees have grown."""

    progress: Progress
    rounds: int

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Never stops the growth."""
        if epoch % 10 == 0:
            self.progress(FIT_SHARE * epoch / self.rounds, f"arbres {epoch}/{self.rounds}")
        return False
