"""Looks for better settings of the fit, by cross-validation on the training rows alone; Optuna lives here.

The frozen set is never asked. The usual settings are the first trial, so that a search can only keep or improve them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from triage_core.levels import Gravity
from triage_core.model.columns import GROUPS, MONOTONE, VITAL_GROUPS, Floats, matrix
from triage_core.training.evaluate import true_ranks
from triage_core.training.fit import FitSettings, Progress, Ranks, Weights, fold_losses, fold_numbers
from triage_core.training.motif_prior import crossfitted

if TYPE_CHECKING:
    import optuna
    import pandas as pd

MOST_ROWS = 20_000  # of a larger table, this many taken evenly: settings need no more
PRUNED_FROM_FOLD = 1  # a trial is compared with the others after this many folds
LEARNT_FIRST = 4  # trials that are never pruned
TUNED = ("n_estimators", "max_depth", "learning_rate", "min_child_weight", "reg_lambda", "dropout_rate")


@dataclass(frozen=True)
class TuneBudget:
    """When the search ends, whichever comes first. A budget of trials alone gives the same settings every time."""

    trials: int = 20
    minutes: float | None = None


@dataclass(frozen=True)
class Tuned:
    """The settings to fit with, and every trial as a JSON document."""

    settings: FitSettings
    study: dict[str, object]


def tune(
    frame: "pd.DataFrame",
    weights: Weights,
    start: FitSettings,
    budget: TuneBudget,
    fixed: Sequence[str] = (),
    progress: Progress | None = None,
) -> Tuned:
    """The settings with the least held-out loss. ``fixed`` names those of ``start`` that are not to be searched.

    What stops the training (``RunCancelled``) stops the search at once and goes up.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    every = slice(None, None, max(1, len(frame) // MOST_ROWS))
    problem = _Problem.of(frame.iloc[every], np.asarray(weights)[every], start)
    study = optuna.create_study(
        direction="minimize",
        sampler=optuna.samplers.TPESampler(seed=start.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=LEARNT_FIRST, n_warmup_steps=PRUNED_FROM_FOLD),
    )
    searched = [name for name in TUNED if name not in fixed]
    study.enqueue_trial({name: getattr(start, name) for name in searched})
    seconds = None if budget.minutes is None else 60 * budget.minutes
    study.optimize(
        lambda trial: _loss(trial, problem, _suggested(trial, start, searched)),
        n_trials=budget.trials,
        timeout=seconds,
        callbacks=[] if progress is None else [_teller(progress, budget)],
    )
    return Tuned(_with(start, study.best_params), _told(study, searched))


@dataclass(frozen=True)
class _Problem:
    rows: Floats
    ranks: Ranks
    weights: Weights

    @classmethod
    def of(cls, frame: "pd.DataFrame", weights: Weights, start: FitSettings) -> "_Problem":
        ranks = true_ranks(frame)
        motifs = tuple(motif if isinstance(motif, str) else None for motif in frame["motif_id"])
        return cls(crossfitted(matrix(frame), motifs, ranks, fold_numbers(ranks, start)), ranks, weights)


def _suggested(trial: "optuna.Trial", start: FitSettings, searched: Sequence[str]) -> FitSettings:
    """Ranges around what is known to work on a thousand to a hundred thousand visits."""
    ranges: dict[str, Callable[[], float]] = {
        "n_estimators": lambda: trial.suggest_int("n_estimators", 80, 400, step=20),
        "max_depth": lambda: trial.suggest_int("max_depth", 2, 5),
        "learning_rate": lambda: trial.suggest_float("learning_rate", 0.02, 0.15, log=True),
        "min_child_weight": lambda: trial.suggest_float("min_child_weight", 1.0, 20.0, log=True),
        "reg_lambda": lambda: trial.suggest_float("reg_lambda", 0.5, 20.0, log=True),
        "dropout_rate": lambda: trial.suggest_float("dropout_rate", 0.1, 0.4),
    }
    return _with(start, {name: ranges[name]() for name in searched})


def _with(start: FitSettings, changes: Mapping[str, float]) -> FitSettings:
    return FitSettings(**(asdict(start) | dict(changes)))


def _loss(trial: "optuna.Trial", problem: _Problem, settings: FitSettings) -> float:
    """Mean held-out loss over the folds; a trial that is clearly behind ends early."""
    import optuna

    losses: list[float] = []
    groups = (*VITAL_GROUPS, GROUPS["motif"])
    folds = fold_losses(problem.rows, problem.ranks, len(Gravity), settings, MONOTONE, problem.weights, groups)
    for fold, loss in enumerate(folds):
        losses.append(loss)
        trial.report(float(np.mean(losses)), fold)
        if trial.should_prune():
            raise optuna.TrialPruned
    return float(np.mean(losses))


def _teller(progress: Progress, budget: TuneBudget) -> "Callable[[optuna.Study, optuna.trial.FrozenTrial], None]":
    """Tells after each trial how far the search is, by trials or by time, and the best loss."""
    started = time.monotonic()

    def tell(study: "optuna.Study", trial: "optuna.trial.FrozenTrial") -> None:
        done = (trial.number + 1) / budget.trials
        spent = 0.0 if budget.minutes is None else (time.monotonic() - started) / (60 * budget.minutes)
        best = f"{study.best_value:.4f}".replace(".", ",")
        step = f"recherche de réglages : essai {trial.number + 1}/{budget.trials}, meilleure perte {best}"
        progress(min(1.0, max(done, spent)), step)

    return tell


def _told(study: "optuna.Study", searched: Sequence[str]) -> dict[str, object]:
    trials = [
        {
            "number": trial.number,
            "state": trial.state.name,
            "loss": trial.value,
            "params": dict(trial.params),
            "by_fold": [trial.intermediate_values[fold] for fold in sorted(trial.intermediate_values)],
        }
        for trial in study.trials
    ]
    best = {"number": study.best_trial.number, "loss": study.best_value, "params": dict(study.best_params)}
    usual = asdict(FitSettings())
    return {"searched": list(searched), "usual": usual, "best": best, "trials": trials}
