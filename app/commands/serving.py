"""The server and what it keeps: serve, verify."""

import argparse
import sys

from app.commands.command import OK, REFUSED, WRONG_USAGE, Add
from app.settings import Settings


def register(add: Add) -> None:
    """The commands of this area."""
    add("serve", _serve, "serve the pages and the routes on MEDTRIAGE_HOST:MEDTRIAGE_PORT")
    verify = add("verify", _verify, "read every journal line and check the digests of the served model")
    verify.add_argument("--sheet", metavar="DIGEST", help="the journal's digest of a printed sheet: 1234-AB12-…")


def _serve(_told: argparse.Namespace, _settings: Settings) -> int:
    from app.server import main as serve

    return serve()


def _verify(told: argparse.Namespace, settings: Settings) -> int:
    from app.verification import verify
    from feedback_store.daily import read_sheet

    sheet = read_sheet(told.sheet) if told.sheet else None
    if told.sheet and sheet is None:
        print(
            "medtriage: a sheet bears a number and four groups: 1234-AB12-CD34-EF56-7890",
            file=sys.stderr,
        )
        return WRONG_USAGE
    report = verify(settings, sheet)
    print("\n".join(report.lines))
    return OK if report.is_sound else REFUSED
