"""The search when its table is damaged: it knows no word; the motif is the one chosen from the list, or none."""

import logging
from dataclasses import replace

from triage_core.motifs.learned import UNLEARNED, load_learned
from triage_core.motifs.search import MotifSearch
from triage_core.motifs.synonyms import Synonyms
from triage_core.rules.catalog import RuleBook

logger = logging.getLogger(__name__)
DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError)


def silent_search(book: RuleBook) -> MotifSearch:
    """A search that finds nothing. With the motifs' titles alone, and no table of negations, it would guess badly."""
    return MotifSearch(replace(book, motifs=()), Synonyms({}, (), frozenset(), {}), UNLEARNED)


def search_or_silence(book: RuleBook) -> tuple[MotifSearch, str | None]:
    """The search, and why it is silent: what kind of fault the table has; ``None`` when it is sound.

    Without readable weights the table ranks alone.
    """
    try:
        learned = load_learned()
    except DAMAGED as damaged:
        logger.warning(
            "the weights of the reason search are unreadable, the table ranks alone: %s", type(damaged).__name__
        )
        learned = UNLEARNED
    try:
        return MotifSearch(book, learned=learned), None
    except DAMAGED as damaged:
        return silent_search(book), type(damaged).__name__
