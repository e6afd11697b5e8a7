"""The label by which staff recognise a case on the screen. A file of its own: decisions hold no identity."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from feedback_store.follow import Follower
from feedback_store.journal import Journal, Line
from triage_core.features import MAX_TEXT

SCHEMA_VERSION = 1  # of the lines of this file


class CaseLabels:
    """``data/triage/case_labels.jsonl``; the last label of a case counts."""

    def __init__(self, path: Path) -> None:
        self._journal = Journal(path)
        self._follower = Follower(self._journal)
        self._labels: dict[str, str] = {}
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
        with self._lock:
            if not self._follower.is_same_file():
                self._follower.restart()
                self._labels.clear()
            for line in self._follower.new_lines():
                self._take(line)
            return self._labels.get(prediction_id)

    def _take(self, line: Line) -> None:
        record = line.record or {}
        prediction_id, label = record.get("prediction_id"), record.get("label")
        if record.get("schema_version") == SCHEMA_VERSION and isinstance(prediction_id, str) and isinstance(label, str):
            self._labels[prediction_id] = label
