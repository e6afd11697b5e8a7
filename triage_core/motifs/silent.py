"""The search when its table is damaged: it knows no word; the motif is the one chosen from the list, or none."""

from dataclasses import replace

from triage_core.motifs.search import MotifSearch
from triage_core.motifs.synonyms import Synonyms
from triage_core.rules.catalog import RuleBook


def silent_search(book: RuleBook) -> MotifSearch:
    """A search that finds nothing. With the motifs' titles alone, and no table of negations, it would guess badly."""
    return MotifSearch(replace(book, motifs=()), Synonyms({}, (), frozenset(), {}))


def search_or_silence(book: RuleBook) -> tuple[MotifSearch, str | None]:
    """The search, and why it is silent: what kind of fault the table has; ``None`` when it is sound."""
    try:
        return MotifSearch(book), None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as damaged:
        return silent_search(book), type(damaged).__name__
