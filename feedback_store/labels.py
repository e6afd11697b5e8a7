"""The label by which staff recognise a case on the screen. A file of its own: decisions hold no identity."""

import sqlite3
import threading
from datetime import UTC, datetime

from feedback_store.decisions import places_of
from feedback_store.derived import Derived, key_of
from feedback_store.follow import Follower
from feedback_store.journal import Line
from feedback_store.ledger import Ledger
from triage_core.features import MAX_TEXT

SCHEMA_VERSION = 1  # of the lines of this file
LABEL = "label"


class CaseLabels:
    """``data/triage/case_labels.jsonl``; the last label of a case counts. The index holds places, never a label."""

    def __init__(self, journal: Ledger, derived: Derived) -> None:
        self._journal, self._derived = journal, derived
        self._follower = Follower(journal)
        self._lock = threading.Lock()

    def set_label(self, prediction_id: str, label: str) -> None:
        """Name a case; raises ``ValueError`` beyond 2,000 characters and ``JournalWriteError`` when not kept."""
        if len(label) > MAX_TEXT:
            raise ValueError(f"label must have at most {MAX_TEXT} characters, got {len(label)}")
        stamp = datetime.now(UTC).isoformat()
        line = {"schema_version": SCHEMA_VERSION, "prediction_id": prediction_id, "label": label, "timestamp": stamp}
        self._journal.append(line)

    def label(self, prediction_id: str) -> str | None:
        """The last label given to a case; ``None`` when it has none."""
        places = self._derived.retried(lambda: self._places(prediction_id))
        labels = (self._told(self._journal.read_at(at), prediction_id) for at in reversed(places))
        return next((label for label in labels if label is not None), None)

    def _places(self, prediction_id: str) -> list[int]:
        self._catch_up()
        with self._derived.reading() as connection:
            return places_of(connection, LABEL, prediction_id)

    def _catch_up(self) -> None:
        with self._lock:
            if not self._follower.is_up_to_date():
                self._derived.catch_up(self._follower, _take, _reset)

    def _told(self, line: Line | None, prediction_id: str) -> str | None:
        record = (line.record if line is not None else None) or {}
        label = record.get("label")
        is_sound = record.get("schema_version") == SCHEMA_VERSION and record.get("prediction_id") == prediction_id
        return label if is_sound and isinstance(label, str) else None


def _take(connection: sqlite3.Connection, line: Line) -> None:
    prediction_id = (line.record or {}).get("prediction_id")
    if isinstance(prediction_id, str):
        connection.execute("INSERT OR IGNORE INTO cases VALUES (?, ?, ?)", (LABEL, key_of(prediction_id), line.offset))


def _reset(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM cases WHERE kind = ?", (LABEL,))
