"""What the model learns of each motif: the mean rank of its visits, drawn towards the mean of all when few."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from triage_core.model.columns import Floats, motif_code, with_motif_prior

PSEUDO_VISITS = 10.0  # a motif needs this many visits to weigh as much as the mean of all

Motifs = Sequence[str | None]


def mean_ranks(motifs: Motifs, ranks: NDArray[np.int64]) -> dict[str, float]:
    """The smoothed mean rank of each motif that occurs, by motif id in order."""
    overall = float(ranks.mean()) if len(ranks) else 0.0
    totals: dict[str, list[int]] = {}
    for motif, rank in zip(motifs, ranks.tolist(), strict=True):
        if motif is not None:
            totals.setdefault(motif, []).append(rank)
    return {
        motif: round((sum(seen) + PSEUDO_VISITS * overall) / (len(seen) + PSEUDO_VISITS), 6)
        for motif, seen in sorted(totals.items())
    }


def crossfitted(built: Floats, motifs: Motifs, ranks: NDArray[np.int64], folds: NDArray[np.int64]) -> Floats:
    """Columns in which each row's motif tells only what the *other* folds say of it: no row sees its own level."""
    encoded = built.copy()
    for fold in np.unique(folds):
        inside = folds == fold
        others = [motif for motif, is_inside in zip(motifs, inside, strict=True) if not is_inside]
        priors = {motif_code(motif): value for motif, value in mean_ranks(others, ranks[~inside]).items()}
        encoded[inside] = with_motif_prior(built[inside], priors)
    return encoded
