"""The switch over the model from a terminal."""

import argparse
import getpass

from app.commands.command import OK, Add
from app.settings import Settings


def register(add: Add) -> None:
    """The commands of this area."""
    switch = add("model", _model, "turn the model off at once (the rules go on), on again, or say how it stands")
    switch.add_argument("state", choices=["off", "on", "status"])
    switch.add_argument("--reason", default="", help="why; it is kept with who and when")
    switch.add_argument("--by", default=None, help="who decides; the name of this login unless told")


def _model(told: argparse.Namespace, settings: Settings) -> int:
    from feedback_store.journals import ledgers_of
    from feedback_store.model_switch import ModelSwitch
    from feedback_store.store import utc_now

    switch = ModelSwitch(ledgers_of(settings.data_dir, settings.journal_secret).switch, utc_now)
    if told.state != "status":
        switch.turn(told.state, told.by or getpass.getuser(), told.reason)
    off = switch.off()
    print("the model is on" if off is None else f"the model is off: {off.by}, {off.timestamp}, {off.reason}")
    return OK
