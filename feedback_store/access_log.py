"""Who saw what: one line for each case or page that somebody opened, without any value of it. One file a UTC day.

Lines are not flushed one by one: a lost second of it harms nobody, and reading must stay cheap.
"""

import logging
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict

from feedback_store.journal import PRIVATE
from feedback_store.record import UtcTime

logger = logging.getLogger(__name__)

SEEN = Path("seen")  # under the data folder
NEWEST = 200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.jsonl")


class Seen(BaseModel):
    """Somebody (account, or role where nobody signs in) did something with a case, or opened a page."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    timestamp: UtcTime
    who: str
    what: str  # ``page``, ``decision``, ``reevaluation``, ``sheet``, ``export``, ``activity``
    on: str = ""  # the id of the decision, or the name of the page


class AccessLog:
    """The folder ``seen``; days older than ``days`` are removed as a new one begins."""

    def __init__(self, data_dir: Path, clock: Callable[[], datetime], days: int) -> None:
        self._folder, self._clock, self._days = data_dir / SEEN, clock, days

    def note(self, who: str, what: str, on: str = "") -> None:
        """Keep it. A log that cannot be written is told in the technical log and stops nobody's care."""
        now = self._clock().astimezone(UTC)
        line = orjson.dumps({"timestamp": now, "who": who, "what": what, "on": on}) + b"\n"
        path = self._folder / f"{now.date().isoformat()}.jsonl"
        try:
            if not path.exists():
                self._begin_day(now)
            _append(path, line)
        except OSError as fault:
            logger.warning("access not noted: %s", fault.strerror)

    def newest(self, most: int = NEWEST) -> tuple[Seen, ...]:
        """The last ones, newest first; a damaged line is left out."""
        found: list[Seen] = []
        for path in reversed(self._files()):
            found += reversed([told for line in path.read_bytes().splitlines() if (told := _read(line)) is not None])
            if len(found) >= most:
                break
        return tuple(found[:most])

    def purge(self) -> int:
        """Remove the days beyond the retention; how many were removed."""
        first = (self._clock().astimezone(UTC) - timedelta(days=self._days)).date().isoformat()
        old = [path for path in self._files() if path.stem < first]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _begin_day(self, now: datetime) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.purge()

    def _files(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.jsonl") if _DAY.fullmatch(path.name))


def _append(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def _read(line: bytes) -> Seen | None:
    try:
        return Seen.model_validate(orjson.loads(line))
    except ValueError:  # JSON and pydantic both raise it
        return None
