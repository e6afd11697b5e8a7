"""One protocol for every figure of the benchmark: members fitted in the training fold, choices made inside it too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from triage_core.training import conformal
from triage_core.training.cases import Cases, prepare
from triage_core.training.ensemble import Candidate, FittedBlend, choose, fit_blend
from triage_core.training.fit import fold_numbers
from triage_core.training.members import MEMBERS, SMALL
from triage_core.training.second_reader import crossfitted_scores, fit_reader, more_urgent

Values = NDArray[np.float64]
Ranks = NDArray[np.int64]
Split = tuple[Ranks, Ranks]
Answers = dict[str, Values]
Report = Callable[[str], None]

_FOUR = ("monotone trees", "soft-max trees", "trees over words", "linear")
CANDIDATES: Mapping[str, Candidate] = MappingProxyType(
    {name: Candidate((name,)) for name in _FOUR}
    | {"mean of four": Candidate(_FOUR), "stack of four": Candidate(_FOUR, is_stacked=True)}
)
QUICK_CANDIDATES: Mapping[str, Candidate] = MappingProxyType(
    {name: CANDIDATES[name] for name in ("soft-max trees", "linear")}
    | {"mean of two": Candidate(("soft-max trees", "linear"))}
)
SERVED = ("served today (no words)", "served with words")
# Shown beside, never chosen: the two forms that can be served, what the law costs, and the older way.
BESIDE = (*SERVED, "free trees", "ordinal regression")
READER = "nurse reader"


@dataclass(frozen=True)
class Plan:
    """Which candidates compete and which members are shown beside."""

    candidates: Mapping[str, Candidate]
    beside: tuple[str, ...]

    @property
    def members(self) -> tuple[str, ...]:
        """All members to fit, each once."""
        asked = [name for candidate in self.candidates.values() for name in candidate.members]
        return tuple(dict.fromkeys([*asked, READER, *self.beside]))

    @property
    def shown(self) -> Mapping[str, Candidate]:
        """Every fixed candidate of the table."""
        return {name: Candidate((name,)) for name in self.beside} | dict(self.candidates)


FULL, QUICK = Plan(CANDIDATES, BESIDE), Plan(QUICK_CANDIDATES, ())


@dataclass(frozen=True)
class Pooled:
    """One repeat: what was said of every visit by models that had not seen it.

    ``fixed`` by candidate; ``chosen`` after the choice inside each training fold; ``readers`` by name P(more urgent
    than the nurse); ``sets`` conformal, ``(n, K)``.
    """

    fixed: Mapping[str, Values]
    chosen: Values
    choices: tuple[str, ...]
    readers: Mapping[str, Values]
    reader: Values
    reader_choices: tuple[str, ...]
    sets: NDArray[np.bool_]


@dataclass(frozen=True)
class FoldFit:
    """All that was fitted on one training fold."""

    plan: Plan
    oof: Answers
    folds: Ranks
    ranks: Ranks
    n_levels: int
    answer: Callable[[Cases], Answers]


def fit_fold(cases: Cases, ranks: Ranks, n_levels: int, plan: Plan) -> FoldFit:
    """Fit every member of the plan on these cases alone."""
    folds = fold_numbers(ranks, SMALL)
    told = prepare(cases, ranks, n_levels, folds)
    fitted = {name: MEMBERS[name](told) for name in plan.members}
    oof = {name: member.oof for name, member in fitted.items()}
    return FoldFit(
        plan, oof, folds, ranks, n_levels, lambda new: {name: member.answer(new) for name, member in fitted.items()}
    )


def choose_classifier(fold: FoldFit) -> tuple[str, FittedBlend]:
    """The candidate of the lowest log loss on the training fold's own out-of-fold answers."""
    return choose(fold.plan.candidates, fold.oof, fold.ranks, fold.folds)


def pooled(cases: Cases, ranks: Ranks, n_levels: int, splits: Sequence[Split], plan: Plan) -> Pooled:
    """One repeat of the protocol over its splits, which together cover every visit once."""
    n = len(ranks)
    fixed = {name: np.empty((n, n_levels)) for name in plan.shown}
    chosen, marked = np.empty((n, n_levels)), np.zeros((n, n_levels), dtype=bool)
    readers: dict[str, Values] = {}
    reader, choices, reader_choices = np.empty(n), [], []
    for train, test in splits:
        fold = fit_fold(cases.take(train), ranks[train], n_levels, plan)
        answers = fold.answer(cases.take(test))
        for name, candidate in plan.shown.items():
            fixed[name][test] = fit_blend(candidate, fold.oof, fold.ranks, fold.folds).probabilities(answers)
        name, blend = choose_classifier(fold)
        chosen[test] = blend.probabilities(answers)
        choices.append(name)
        marked[test] = conformal.sets(chosen[test], conformal.limits(blend.probabilities(fold.oof), fold.ranks))
        best, scores = _read_again(fold, blend, answers, cases.nurse[train], cases.nurse[test])
        reader[test] = scores[best]
        reader_choices.append(best)
        for each, score in scores.items():
            readers.setdefault(each, np.empty(n))[test] = score
    return Pooled(fixed, chosen, tuple(choices), readers, reader, tuple(reader_choices), marked)


def _read_again(
    fold: FoldFit, blend: FittedBlend, answers: Answers, nurse: Ranks, new_nurse: Ranks
) -> tuple[str, dict[str, Values]]:
    """Three second readers, and which one the training fold prefers (log loss of "more urgent than she said").

    The forms that can be served are answered beside; they do not compete.
    """
    members = tuple(dict.fromkeys([READER, *(name for name in _FOUR if name in fold.oof)]))
    column = fit_blend(Candidate((READER,)), fold.oof, fold.ranks, fold.folds)
    inner = {
        "the classifier": _above(blend.probabilities(fold.oof), nurse),
        "nurse's level as a column": _above(column.probabilities(fold.oof), nurse),
        "logistic over members": crossfitted_scores(members, fold.oof, nurse, fold.ranks, fold.n_levels, fold.folds),
    }
    outer = {
        "the classifier": _above(blend.probabilities(answers), new_nurse),
        "nurse's level as a column": _above(column.probabilities(answers), new_nurse),
        "logistic over members": fit_reader(members, fold.oof, nurse, fold.ranks, fold.n_levels).score(
            answers, new_nurse
        ),
    }
    outer |= {name: more_urgent(answers[name], new_nurse) for name in SERVED if name in answers}
    is_under = nurse < fold.ranks
    return min(inner, key=lambda name: _binary_loss(inner[name], is_under)), outer


def _above(probabilities: Values, nurse: Ranks) -> Values:
    return more_urgent(cumulative_of(probabilities), nurse)


def _binary_loss(score: Values, is_true: NDArray[np.bool_]) -> float:
    told = np.clip(np.where(is_true, score, 1 - score), 1e-3, 1.0)
    return float(-np.log(told).mean())


def cumulative_of(probabilities: Values) -> Values:
    """P(at least rank 1), ... of class probabilities: the inverse of ``ordinal.class_probabilities``."""
    found: Values = probabilities[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    return found
