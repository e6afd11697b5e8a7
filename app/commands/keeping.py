"""What is kept: backup, restore, purge, training opt-out."""

import argparse
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from app.commands.command import OK, REFUSED, Add
from app.settings import Settings


def register(add: Add) -> None:
    """The commands of this area."""
    backup = add("backup", _backup, "copy journals, key, small files and served models to a new folder, and verify it")
    backup.add_argument("target", type=Path, metavar="TARGET")
    backup.add_argument("--without-key", action="store_true", help="leave the journals' key out: keep it elsewhere")
    restored = add("restore", _restore, "put a backup in place, verified first; the server must be stopped")
    restored.add_argument("source", type=Path, metavar="SOURCE")
    restored.add_argument("--force", action="store_true", help="move what is there aside and go on")
    purge = add("purge", _purge, "erase records for good; their lines stay as tombstones and the chain still verifies")
    chosen = purge.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--case", metavar="ID", help="everything recorded of one prediction_id")
    chosen.add_argument("--older-than", type=_days, metavar="DAYS", help="cases decided more than DAYS days ago")
    chosen.add_argument(
        "--labels-older-than", type=_days, nargs="?", const=0, metavar="DAYS", help="labels (MEDTRIAGE_LABEL_DAYS)"
    )
    out = add("opt-out", _opt_out, "keep one case out of every training")
    out.add_argument("--case", metavar="ID", required=True)
    out.add_argument("--undo", action="store_true", help="let it train again")


def _days(told: str) -> int:
    days = int(told)
    if not 1 <= days <= 36_500:
        raise ValueError(told)
    return days


def _backup(told: argparse.Namespace, settings: Settings) -> int:
    from app.backup import make_backup

    made = make_backup(settings, told.target.absolute(), not told.without_key)
    print(f"{told.target}: {made.files} files, {made.size} bytes, {made.lines} journal lines, digest {made.code}")
    for finding in made.findings:
        print(f"as in the source: {finding}", file=sys.stderr)
    return REFUSED if made.findings else OK


def _restore(told: argparse.Namespace, settings: Settings) -> int:
    from app.backup import restore

    backup, aside = restore(settings, told.source.absolute(), told.force)
    print(f"{backup.files} files restored, {backup.lines} journal lines, digest {backup.code}")
    if aside is not None:
        print(f"what was there before: {aside}")
    return OK


def _purge(told: argparse.Namespace, settings: Settings) -> int:
    from app.backup import ASIDE
    from feedback_store.store import keeping_of

    keeping, now = keeping_of(settings.data_dir, settings.journal_secret, settings.models_dir), datetime.now(UTC)
    if told.case is not None:
        done = keeping.purge_case(told.case, now)
    elif told.older_than is not None:
        done = keeping.purge_older_than(told.older_than, now)
    else:
        done = keeping.purge_labels_older_than(told.labels_older_than or settings.label_days, now)
    counts = asdict(done)
    print(f"erased: {', '.join(f'{count} {what}' for what, count in counts.items())}")
    for left in sorted(settings.data_dir.glob(f"{ASIDE}*")):
        print(f"not erased in {left}, which a restore moved aside: delete it", file=sys.stderr)
    if told.case is not None and done.total == 0:
        print("medtriage: no record bears this id", file=sys.stderr)
        return REFUSED
    return OK


def _opt_out(told: argparse.Namespace, settings: Settings) -> int:
    from feedback_store.store import FeedbackStore

    store = FeedbackStore(settings.data_dir, key=settings.journal_secret)
    if store.decision(told.case) is None:
        print("medtriage: no recorded decision bears this id", file=sys.stderr)
        return REFUSED
    store.opt_outs.set(told.case, not told.undo)
    print("this case may train again" if told.undo else "this case trains nothing from now on")
    return OK
