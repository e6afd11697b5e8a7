"""The server and what it keeps: serve, verify."""

import argparse

from app.commands.command import OK, REFUSED, Add
from app.settings import Settings


def register(add: Add) -> None:
    """The commands of this area."""
    add("serve", _serve, "serve the pages and the routes on MEDTRIAGE_HOST:MEDTRIAGE_PORT")
    add("verify", _verify, "read every journal line and check the digests of the served model")


def _serve(_told: argparse.Namespace, _settings: Settings) -> int:
    from app.server import main as serve

    return serve()


def _verify(_told: argparse.Namespace, settings: Settings) -> int:
    from app.verification import verify

    report = verify(settings)
    print("\n".join(report.lines))
    return OK if report.is_sound else REFUSED
