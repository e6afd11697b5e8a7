"""Cases whose patients do not want them to train a model: an appended event, which a later one may take back."""

import threading
from datetime import UTC, datetime

from feedback_store.follow import BEGINNING, Follower
from feedback_store.ledger import Ledger

SCHEMA_VERSION = 1  # of the lines of this file


class TrainingOptOuts:
    """``data/triage/training_optouts.jsonl``; the last event of a case counts. They are few: they fit in memory."""

    def __init__(self, journal: Ledger) -> None:
        self._journal = journal
        self._follower = Follower(journal)
        self._out: set[str] = set()
        self._lock = threading.Lock()

    def set(self, prediction_id: str, is_out: bool = True) -> None:
        """Keep a case out of training, or let it in again; raises ``JournalWriteError`` when not kept."""
        stamp = datetime.now(UTC).isoformat()
        line = {"schema_version": SCHEMA_VERSION, "prediction_id": prediction_id, "out": is_out, "timestamp": stamp}
        self._journal.append(line)

    def current(self) -> frozenset[str]:
        """The ids of every case that trains nothing."""
        with self._lock:
            if not self._follower.is_same_file():
                self._follower.resume(BEGINNING)
                self._out.clear()
            for line in self._follower.new_lines():
                record = line.record or {}
                if isinstance(case := record.get("prediction_id"), str):
                    (self._out.add if record.get("out") is True else self._out.discard)(case)
            return frozenset(self._out)
