"""Which motifs the single words of a text lean to: the last candidates of a list that would else be short.

A word counts for a motif by its share of the phrases in which it stands, and the more the rarer it is. « main » alone
leans to the injuries of a hand; that is no recognition.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence


class Leaning:
    """Built once from the phrases: for each stem, what part of it belongs to each motif (by number)."""

    def __init__(
        self, by_stem: Mapping[str, Sequence[int]], motif_of: Sequence[int], rarity: Mapping[str, float]
    ) -> None:
        self._shares: dict[str, dict[int, float]] = {}
        for name, phrases in by_stem.items():
            counted: dict[int, float] = defaultdict(float)
            for at in phrases:
                counted[motif_of[at]] += rarity[name] / len(phrases)
            self._shares[name] = dict(counted)

    def scores(self, found: Iterable[tuple[str, float]]) -> dict[int, float]:
        """A weight in 0..1 for each motif that some word leans to; the strongest has 1."""
        total: dict[int, float] = defaultdict(float)
        for name, quality in found:
            for motif, share in self._shares[name].items():
                total[motif] += share * quality
        most = max(total.values(), default=1.0)
        return {motif: weight / most for motif, weight in total.items()}
