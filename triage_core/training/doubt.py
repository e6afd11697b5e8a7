"""Which corrections a person must look at before the model learns from them, and why, in French.

Against the rules: a verdict below what the rules alone say. Against the model and the neighbours: the champion and the
nearest base visits both find it improbable. A lowering is set aside one by one; a raising, the safe side, only when one
nurse gives a whole batch of them and no other nurse says the same nearby.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage_core.training.correction import BELOW_RULES, Correction

IMPROBABLE_LOWERING = "baisse improbable d'après le modèle et les cas voisins"
IMPROBABLE_BATCH = "série de hausses improbables du même infirmier"
MAY_BE_MORE_URGENT = 0.2
CHUNK = 256  # corrections whose distances to all base visits are held at once

Values = NDArray[np.float64]
Ranks = NDArray[np.integer]


@dataclass(frozen=True)
class DoubtLimits:
    """From when on a verdict is improbable (probabilities by the champion, shares among the nearest visits)."""

    surely_lowering: float = 0.05  # below this the champion alone is enough
    lowering: float = 0.15  # below this for both the champion and the neighbours
    raising: float = 0.02
    raising_batch: int = 20  # improbable raisings of one nurse that make a batch
    neighbours: int = 25


@dataclass(frozen=True)
class Evidence:
    """What the corrections are held against: columns (scaled, no NaN) and ranks of base visits and of corrections.

    ``at_least`` is what the champion says of each correction, shape ``(n, 3)``.
    """

    base: Values
    base_ranks: Ranks
    rows: Values
    ranks: Ranks
    at_least: Values


def lowers(at_least: Values, ranks: Ranks) -> NDArray[np.bool_]:
    """Which verdicts call a visit calmer than it may be: the champion gives a fifth or more to "more urgent"."""
    lowering: NDArray[np.bool_] = 1 - _tails(at_least, ranks)[0] >= MAY_BE_MORE_URGENT
    return lowering


def doubts(
    corrections: Sequence[Correction], evidence: Evidence, limits: DoubtLimits | None = None
) -> tuple[tuple[str, ...], ...]:
    """The reasons to set each correction aside; empty where there is none. Reviews are not looked at here."""
    limits = limits or DoubtLimits()
    below, above = _tails(evidence.at_least, evidence.ranks)
    near_below, near_above = _neighbour_shares(corrections, evidence, limits)
    lowering = (below < limits.surely_lowering) | ((below < limits.lowering) & (near_below < limits.lowering))
    batch = _in_batch(corrections, (above < limits.raising) & (near_above < limits.raising), limits)
    told = zip(corrections, lowering, batch, strict=True)
    return tuple(tuple(_reasons(each, bool(is_low), bool(in_batch))) for each, is_low, in_batch in told)


def _reasons(correction: Correction, is_improbable: bool, in_batch: bool) -> list[str]:
    reasons = [BELOW_RULES] if correction.is_below_rules else []
    reasons += [IMPROBABLE_LOWERING] if is_improbable else []
    return reasons + ([IMPROBABLE_BATCH] if in_batch else [])


def _tails(at_least: Values, ranks: Ranks) -> tuple[Values, Values]:
    """P(as calm as this or calmer) and P(as urgent as this or more) of each verdict."""
    edges = np.hstack([np.ones((len(ranks), 1)), at_least, np.zeros((len(ranks), 1))])
    each = np.arange(len(ranks))
    return 1 - edges[each, ranks + 1], edges[each, ranks]


def _in_batch(
    corrections: Sequence[Correction], improbable: NDArray[np.bool_], limits: DoubtLimits
) -> NDArray[np.bool_]:
    counts = Counter(nurse for told, odd in zip(corrections, improbable, strict=True) if odd for nurse in told.nurses)
    many = [any(counts[nurse] >= limits.raising_batch for nurse in told.nurses) for told in corrections]
    batch: NDArray[np.bool_] = improbable & np.array(many, dtype=bool)
    return batch


def _neighbour_shares(
    corrections: Sequence[Correction], evidence: Evidence, limits: DoubtLimits
) -> tuple[Values, Values]:
    """Of the nearest visits, the share as calm or calmer (base alone: two accomplices are no evidence), and the share
    as urgent or more (base and other nurses' verdicts)."""
    calmer, urgent = np.empty(len(corrections)), np.empty(len(corrections))
    apart = _apart(corrections)
    for start in range(0, len(corrections), CHUNK):
        part = slice(start, start + CHUNK)
        ranks = evidence.ranks[part, None]
        to_base = _distances(evidence.rows[part], evidence.base)
        calmer[part] = (_nearest(to_base, evidence.base_ranks, limits.neighbours) <= ranks).mean(axis=1)
        to_others = np.where(apart[part], _distances(evidence.rows[part], evidence.rows), np.inf)
        both = np.hstack([to_base, to_others])
        known = np.concatenate([evidence.base_ranks, evidence.ranks])
        urgent[part] = (_nearest(both, known, limits.neighbours) >= ranks).mean(axis=1)
    return calmer, urgent


def _apart(corrections: Sequence[Correction]) -> NDArray[np.bool_]:
    """Which pairs of corrections share no nurse."""
    names = sorted({nurse for told in corrections for nurse in told.nurses})
    gave = np.array([[name in told.nurses for name in names] for told in corrections], dtype=np.float32)
    return np.asarray(gave @ gave.T == 0, dtype=np.bool_)


def _distances(rows: Values, others: Values) -> Values:
    squared: Values = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None, :] - 2 * rows @ others.T
    return squared


def _nearest(distances: Values, ranks: Ranks, k: int) -> Ranks:
    """The ranks of the ``k`` nearest of each row."""
    k = min(k, distances.shape[1])
    return ranks[np.argpartition(distances, k - 1, axis=1)[:, :k]]
