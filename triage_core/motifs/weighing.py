"""What the table of words found and what the whole text resembles, weighed into one order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage_core.motifs.learned import Floats

FAR_OFF = -4.0  # log chance; what is still further off counts as this
_WEIGHT = 0.1  # of a unit of log chance beside the table's scores; set by hand on queries written apart
_WORDS_THAT_TELL = 4  # a shorter text resembles too much: the table counts for more
_UNTOLD = 0.3  # what the table gives a motif of which it found no word
_ALONE = -1.2  # log chance without which nothing is proposed when the table found no word at all
_UNNAMED = 0.5  # the most that likeness alone is worth: no recognition
LEAST = 0.01


@dataclass(frozen=True)
class Hit:
    """A phrase found: the motif (by number), the score, the places it covers."""

    motif: int
    score: float
    places: frozenset[int]


def weighed(hits: Sequence[Hit], chances: Floats, length: int) -> list[Hit]:
    """One hit a motif, by table and likeness together; the first keeps the score of the table's surest.

    ``chances``: natural logarithms, shape (motifs,), minus infinity for a motif that cannot be; ``length``: words.
    Likeness orders and proposes: whether anything is recognised stays the table's to say.
    """
    best: dict[int, Hit] = {}
    for hit in sorted(hits, key=lambda hit: -hit.score):
        best.setdefault(hit.motif, hit)
    told = chances.tolist()
    if not best and max(told) < _ALONE:
        return []
    for motif, chance in enumerate(told):
        if motif not in best and chance > FAR_OFF:
            best[motif] = Hit(motif, 0.0, frozenset())
    weight = _WEIGHT * min(1.0, length / _WORDS_THAT_TELL)
    total = {motif: max(hit.score, _UNTOLD) + weight * max(FAR_OFF, told[motif]) for motif, hit in best.items()}
    surest = max((hit.score for hit in hits), default=_UNNAMED)
    top = max(total.values())
    return [replace(hit, score=max(LEAST, surest + total[motif] - top)) for motif, hit in best.items()]
