"""What every command shares: how it is added, and its three exit codes."""

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Protocol

from app.settings import Settings

OK, REFUSED, WRONG_USAGE = 0, 1, 2
Command = Callable[[argparse.Namespace, Settings], int]


class Add(Protocol):
    """Adds one command; ``hands_on`` leaves its arguments to a program of its own."""

    def __call__(self, name: str, command: Command, text: str, hands_on: bool = False) -> argparse.ArgumentParser: ...


def hand_on(module: str, arguments: list[str]) -> int:
    """Run the ``main`` of a program of ours that reads its own arguments."""
    return int(import_module(module).main(arguments))
