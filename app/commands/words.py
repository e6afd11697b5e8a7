"""Words: what they may mean."""

import argparse
import json

from app.commands.command import OK, Add
from app.settings import Settings


def register(add: Add) -> None:
    """The commands of this area."""
    motif = add("motif", _motif, "rank the motifs some words may mean")
    motif.add_argument("words")
    motif.add_argument("--json", action="store_true", help="as JSON: [{id, label, score}]")


def _motif(told: argparse.Namespace, _settings: Settings) -> int:
    from triage_core.motifs.search import MotifSearch
    from triage_core.rules.catalog import load_rulebook

    candidates = MotifSearch(load_rulebook()).rank(told.words)
    if told.json:
        told_as = [{"id": c.id, "label": c.label, "score": round(c.score, 4)} for c in candidates]
        print(json.dumps(told_as, ensure_ascii=False))
    else:
        print("\n".join(f"{c.score:.2f}  {c.id}  {c.label}" for c in candidates) or "no motif is near these words")
    return OK
