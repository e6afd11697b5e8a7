"""Finds one recorded decision by its id without keeping the decisions in memory."""

import sqlite3
from collections import OrderedDict

from feedback_store.derived import Derived, key_of
from feedback_store.keeper import TallyKeeper
from feedback_store.ledger import Ledger
from feedback_store.record import DecisionRecord
from feedback_store.tally import read_decision

DECISION = "decision"
RECENT = 4096  # decisions of this process that are found without asking the index


class DecisionIndex:
    """``prediction_id`` to place. On a miss it reads on, so that other processes' lines are found."""

    def __init__(self, journal: Ledger, derived: Derived, keeper: TallyKeeper) -> None:
        self._journal, self._derived, self._keeper = journal, derived, keeper
        self._recent: OrderedDict[str, int] = OrderedDict()

    def remember(self, prediction_id: str, at: int) -> None:
        """Where a decision was just written."""
        self._recent[prediction_id] = at
        while len(self._recent) > RECENT:
            self._recent.popitem(last=False)

    def find(self, prediction_id: str) -> DecisionRecord | None:
        """The decision as recorded, in today's shape; ``None`` when there is no readable one."""
        at = self._recent.get(prediction_id)
        found = self._read(at, prediction_id) if at is not None else None
        return found or self._derived.retried(lambda: self._looked_up(prediction_id) or self._read_on(prediction_id))

    def _looked_up(self, prediction_id: str) -> DecisionRecord | None:
        with self._derived.reading() as connection:
            places = places_of(connection, DECISION, prediction_id)
        found = (self._read(at, prediction_id) for at in places)
        return next((record for record in found if record is not None), None)

    def _read_on(self, prediction_id: str) -> DecisionRecord | None:
        return self._looked_up(prediction_id) if self._keeper.follow_decisions() else None

    def _read(self, at: int, prediction_id: str) -> DecisionRecord | None:
        line = self._journal.read_at(at)
        record = read_decision(line) if line is not None else None
        return record if record is not None and record.prediction_id == prediction_id else None


def places_of(connection: sqlite3.Connection, kind: str, case: str) -> list[int]:
    """Where lines of a case may be, in the order they were written."""
    rows = connection.execute("SELECT at FROM cases WHERE kind = ? AND key = ? ORDER BY at", (kind, key_of(case)))
    return [row[0] for row in rows]
