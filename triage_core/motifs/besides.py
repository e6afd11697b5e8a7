"""A second reason among the words of a note that no field took: offered to the nurse when it is the more urgent one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from triage_core.levels import FrenchLevel
from triage_core.motifs.bearing import names_kin
from triage_core.motifs.criteria import suggested
from triage_core.motifs.search import MotifSearch
from triage_core.motifs.text import normalise
from triage_core.rules.catalog import Motif, RuleBook

MOST = 2
LOOKED_AT = 12  # pieces of a note: reading one takes a millisecond or more
_NOT_NOW = re.compile(
    r"\bil y a \d+ (?:ans?|mois)\b|\b(?:en|depuis) (?:19|20)\d\d\b|\b\d+ (?:years?|months?) ago\b"
    r"|\b(?:ancien|ancienne|atcd|antecedents?|connue?s?|craint|peur|crainte|known|history|afraid|fears?)\b"
)


@dataclass(frozen=True)
class Besides:
    """A motif that words besides the reason name, those words, and the level that it would have with its criteria."""

    motif: Motif
    words: str
    level: FrenchLevel


def more_urgent(
    texts: Iterable[str], told: str, chosen: Motif, search: MotifSearch, book: RuleBook, age: float | None = None
) -> tuple[Besides, ...]:
    """The motifs that these words surely name and that stand above the chosen one, most urgent first, two at most.

    ``told``: all that was written, of which criteria are suggested; ``age`` in years, ``None``: not known. A motif
    stands at its own level or at that of its most urgent suggested criterion, before any measure. Words of long ago,
    of a relative or of a fear name none.
    """
    level = _level(chosen, told, age)
    found: dict[str, Besides] = {}
    for words in islice(filter(_is_now_and_hers, texts), LOOKED_AT):
        named = search.recognise(words, age)
        motif = None if named is None or named.id == chosen.id else book.motif(named.id)
        if motif is not None and motif.id not in found:
            found[motif.id] = Besides(motif, words, _level(motif, told, age))
    above = (one for one in found.values() if one.level.rank > level.rank)
    return tuple(sorted(above, key=lambda one: -one.level.rank)[:MOST])


def _level(motif: Motif, told: str, age: float | None) -> FrenchLevel:
    suggestions = {one.rule_id for one in suggested(told, motif, age)}
    levels = [rule.level for rule in motif.modulators if rule.id in suggestions]
    return max((motif.default_level, *levels), key=lambda level: level.rank)


def _is_now_and_hers(words: str) -> bool:
    plain = normalise(words)
    return not _NOT_NOW.search(plain) and not names_kin(plain.split())
