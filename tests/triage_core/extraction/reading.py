"""Reads notes with the real grid, built once."""

from datetime import date
from functools import lru_cache

from triage_core.extraction.extract import extract
from triage_core.extraction.result import Extraction
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import load_rulebook

TODAY = date(2026, 11, 25)


@lru_cache(maxsize=1)
def search() -> MotifSearch:
    """The search every test shares."""
    return MotifSearch(load_rulebook())


def read(text: str) -> Extraction:
    """The extraction of a note on the day of these tests."""
    return extract(text, search(), TODAY)
