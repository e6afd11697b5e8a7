"""The console script ``medtriage``: 0 on success, 1 on a refusal it explains, 2 on wrong usage.

Every command imports what it needs when it runs: ``medtriage motif`` must not wait for MLflow.
"""

import argparse
import sys
from collections.abc import Sequence

from app.commands import accounts, imports, keeping, models, serving, switch, words
from app.commands.command import REFUSED, WRONG_USAGE, Command
from app.settings import SettingsError, load_settings
from triage_core.errors import MedTriageError

AREAS = (serving, models, imports, words, accounts, keeping, switch)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    told = list(sys.argv[1:] if arguments is None else arguments)
    command, own, passed_on = _parse(told)
    try:
        settings = load_settings()
    except SettingsError as wrong:
        return _explain(wrong, WRONG_USAGE)
    own.passed_on = passed_on
    try:
        return command(own, settings)
    except MedTriageError as refusal:
        return _explain(refusal, REFUSED)
    except OSError as fault:
        return _explain(fault, REFUSED)
    except KeyboardInterrupt:
        return REFUSED


def _parse(told: list[str]) -> tuple[Command, argparse.Namespace, list[str]]:
    """The command, its arguments, and those it hands on to a program of its own."""
    parser = _parser()
    own, passed_on = parser.parse_known_args(told)
    if passed_on and not own.hands_on:
        parser.error(f"unrecognized arguments: {' '.join(passed_on)}")
    command: Command = own.command
    return command, own, passed_on


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="medtriage", description="Aide au tri infirmier, échelle FRENCH")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Command, text: str, hands_on: bool = False) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, add_help=not hands_on)
        sub.set_defaults(command=command, hands_on=hands_on)
        return sub

    for area in AREAS:
        area.register(add)
    return parser


def _explain(reason: BaseException, code: int) -> int:
    print(f"medtriage: {reason}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
