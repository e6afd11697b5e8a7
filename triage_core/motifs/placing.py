"""Where the words of a phrase stand in a text, and how well they stand together."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage_core.motifs.learned import Told

_IN_ORDER, _ANY_ORDER, _ACROSS_COMMA, _FAR = 0.95, 0.93, 0.85, 0.65
_NEAR_GAP, _FAR_GAP = 3, 8  # words between


@dataclass(frozen=True)
class ReadText:
    """A query, read: where each stem stands, in which clause each place is, how many words there are to explain."""

    found: Mapping[str, Sequence[tuple[int, float]]]
    clause_of: Mapping[int, int]
    length: int
    told: Sequence[Sequence[Told]] = ()  # the words of each clause, for the likeness to examples


def placed(stems: Sequence[str], query: ReadText) -> tuple[float, frozenset[int]]:
    """The best way the stems stand in the text: its quality (0 when too far apart) and the places."""
    best: tuple[float, frozenset[int]] = (0.0, frozenset())
    anchor = min(stems, key=lambda name: len(query.found[name]))
    for start, _ in query.found[anchor]:
        chosen = [min(query.found[name], key=lambda at: (abs(at[0] - start), -at[1])) for name in stems]
        places = [place for place, _ in chosen]
        quality = _arrangement(places, query.clause_of) * math.prod(quality for _, quality in chosen)
        if quality > best[0]:
            best = quality, frozenset(places)
    return best


def _arrangement(places: Sequence[int], clause_of: Mapping[int, int]) -> float:
    distinct = set(places)
    if len(distinct) < len(places):
        return 0.0
    gap = max(places) - min(places) + 1 - len(places)
    ordered = list(places) == sorted(places)
    if len({clause_of[place] for place in places}) > 1:
        return _ACROSS_COMMA if gap == 0 else 0.0
    if gap == 0 and ordered:
        return 1.0
    if gap <= _NEAR_GAP:
        return _IN_ORDER if ordered else _ANY_ORDER
    return _FAR if gap <= _FAR_GAP else 0.0
