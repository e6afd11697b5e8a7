"""Words: what they may mean."""

import argparse
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from app.commands.command import OK, REFUSED, WRONG_USAGE, Add
from app.settings import Settings

if TYPE_CHECKING:
    from triage_core.motifs.search import MotifSearch


DAMAGED_TABLE = "the table of words is damaged, no motif is recognised; triage goes on with those of the list"


def register(add: Add) -> None:
    """The commands of this area."""
    motif = add("motif", _motif, "rank the motifs some words may mean")
    motif.add_argument("words")
    motif.add_argument("--json", action="store_true", help="as JSON: [{id, label, score}]")
    note = add("extract", _extract, "read the values of a note, each with the words it came from")
    note.add_argument("text")
    note.add_argument("--json", action="store_true", help="as JSON: {values: {feature: {value, source}}, unparsed}")


def _motif(told: argparse.Namespace, _settings: Settings) -> int:
    search, fault = _search()
    if fault is not None:
        print(f"medtriage motif: {DAMAGED_TABLE} ({fault})", file=sys.stderr)
        return REFUSED
    candidates = search.rank(told.words)
    if told.json:
        told_as = [{"id": c.id, "label": c.label, "score": round(c.score, 4)} for c in candidates]
        print(json.dumps(told_as, ensure_ascii=False))
    else:
        print("\n".join(f"{c.score:.2f}  {c.id}  {c.label}" for c in candidates) or "no motif is near these words")
    return OK


def _search() -> "tuple[MotifSearch, str | None]":
    from triage_core.motifs.silent import search_or_silence
    from triage_core.rules.catalog import load_rulebook

    return search_or_silence(load_rulebook())


def _extract(told: argparse.Namespace, _settings: Settings) -> int:
    from triage_core.extraction.extract import extract
    from triage_core.features import MAX_TEXT

    if len(told.text) > MAX_TEXT:
        print(f"medtriage extract: the text is longer than {MAX_TEXT} characters", file=sys.stderr)
        return WRONG_USAGE
    search, fault = _search()
    if fault is not None:  # vitals and ages are read without it, as on the page
        print(f"medtriage extract: {DAMAGED_TABLE} ({fault})", file=sys.stderr)
    extraction = extract(told.text, search, datetime.now().astimezone().date())
    if told.json:
        print(json.dumps(extraction.told(), ensure_ascii=False))
        return OK
    for name, extracted in extraction.values.items():
        converted = f" (from {extracted.converted_from})" if extracted.converted_from else ""
        print(f"{name} = {extracted.value}{converted}  <-  {extracted.source!r}")
    for left in extraction.unparsed:
        print(f"unparsed ({left.reason}): {left.text!r}")
    return OK
