"""Keeps the tally between processes, so that starting again does not mean reading everything again.

Derived data only: a checkpoint that is absent, altered or of another file is dropped and the journals are read.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from feedback_store.follow import Mark
from feedback_store.tally import Fault, Standing, Tally

logger = logging.getLogger(__name__)


class Checkpoint(BaseModel):
    """The tally and where each journal was left."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    marks: dict[str, Mark]
    decisions_by_day: dict[str, int]
    standing: tuple[tuple[str, str, Standing], ...]
    faults: tuple[Fault, ...]

    @classmethod
    def of(cls, tally: Tally, marks: Mapping[str, Mark]) -> "Checkpoint":
        standing = tuple((prediction, nurse, v) for (prediction, nurse), v in tally.standing.items())
        return cls(
            marks=dict(marks),
            decisions_by_day=dict(tally.decisions_by_day),
            standing=standing,
            faults=tuple(tally.faults),
        )

    def tally(self) -> Tally:
        """The counters again; those of the verdicts follow from the verdicts that stand."""
        tally = Tally(faults=list(self.faults))
        tally.decisions_by_day.update(self.decisions_by_day)
        for prediction, nurse, verdict in self.standing:
            tally.let_stand((prediction, nurse), verdict)
        return tally


def load_checkpoint(path: Path) -> Checkpoint | None:
    """The kept checkpoint, or ``None`` when there is none that can be read."""
    try:
        return Checkpoint.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        logger.warning("statistics checkpoint unreadable, rebuilding")
        return None


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint atomically. A failure costs a later rescan and nothing else, so it is only logged."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(checkpoint.model_dump_json(), encoding="utf-8")
        fresh.replace(path)
    except OSError as fault:
        fresh.unlink(missing_ok=True)
        logger.warning("statistics checkpoint not saved: %s", fault.strerror)
