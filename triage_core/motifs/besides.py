"""A second reason among the words of a note that no field took: offered to the nurse when it is the more urgent one."""

from collections.abc import Iterable
from dataclasses import dataclass

from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import Motif, RuleBook

MOST = 2


@dataclass(frozen=True)
class Besides:
    """A motif that words besides the reason name, and those words."""

    motif: Motif
    words: str


def more_urgent(
    texts: Iterable[str], chosen: Motif, search: MotifSearch, book: RuleBook, age: float | None = None
) -> tuple[Besides, ...]:
    """The motifs that these words surely name and that begin above the chosen one, most urgent first, two at most.

    ``age`` in years, ``None``: not known. By the level a motif begins with, before any criterion or measure.
    """
    found: dict[str, Besides] = {}
    for words in texts:
        named = search.recognise(words, age)
        motif = None if named is None else book.motif(named.id)
        if motif is not None and motif.default_level.rank > chosen.default_level.rank:
            found.setdefault(motif.id, Besides(motif, words))
    return tuple(sorted(found.values(), key=lambda one: -one.motif.default_level.rank)[:MOST])
