"""Finds one recorded decision by its id without keeping the decisions in memory."""

import threading

from pydantic import ValidationError

from feedback_store.errors import UnknownSchema
from feedback_store.follow import Follower
from feedback_store.journal import Journal, Line
from feedback_store.record import DecisionRecord
from feedback_store.upgrade import upgrade


class DecisionIndex:
    """``prediction_id`` to byte offset. On a miss it reads on, so that other processes' lines are found."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._follower = Follower(journal)
        self._offsets: dict[str, int] = {}
        self._lock = threading.Lock()

    def find(self, prediction_id: str) -> DecisionRecord | None:
        """The decision as recorded, in today's shape; ``None`` when there is no readable one."""
        offset = self._offset_of(prediction_id)
        line = self._journal.read_at(offset) if offset is not None else None
        record = _decision(line) if line is not None else None
        return record if record is not None and record.prediction_id == prediction_id else None

    def _offset_of(self, prediction_id: str) -> int | None:
        with self._lock:
            if not self._follower.is_same_file():
                self._follower.restart()
                self._offsets.clear()
            if prediction_id not in self._offsets:
                self._catch_up()
            return self._offsets.get(prediction_id)

    def _catch_up(self) -> None:
        for line in self._follower.new_lines():
            prediction_id = line.record.get("prediction_id") if line.record else None
            if isinstance(prediction_id, str):
                self._offsets.setdefault(prediction_id, line.offset)


def _decision(line: Line) -> DecisionRecord | None:
    """Damage is told by the statistics' reading; here a damaged decision is simply not there."""
    if line.record is None:
        return None
    try:
        return DecisionRecord.model_validate(upgrade(line.record))
    except (UnknownSchema, ValidationError):
        return None
