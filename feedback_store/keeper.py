"""Keeps the counters up to date: continues both journals from where anyone last stopped."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from feedback_store.derived import Derived, Reset, Take, key_of, wide_key
from feedback_store.follow import Follower
from feedback_store.journal import FaultReason, Line
from feedback_store.ledger import Ledger
from feedback_store.record import Withdrawal
from feedback_store.segments import offset_of, segment_of
from feedback_store.tally import Bucket, Fault, Standing, Tally, Wanted, decision_head, nurse_key, read_feedback
from triage_core.levels import Gravity

_AFTER_ALL = "~"  # sorts behind every day


class TallyKeeper:
    """The one owner of the counters; safe for threads and processes."""

    def __init__(self, decisions: Ledger, feedback: Ledger, derived: Derived) -> None:
        self._decisions, self._feedback = Follower(decisions), Follower(feedback)
        self._derived = derived
        self._lock = threading.RLock()
        self._tally: Tally | None = None
        self._version = (-1, -1)

    @contextmanager
    def current(self) -> Iterator[Tally]:
        """The counters with every line there is now, held still while you look."""
        with self._lock:
            yield self._derived.retried(self._caught_up)

    def follow_decisions(self) -> bool:
        """Take in new decisions; whether there were any."""
        return self._follow(self._decisions, self._take_decision, self._reset_decisions)

    def _places_since(self, first_day: str) -> tuple[int, ...]:
        self._caught_up()
        with self._derived.reading() as connection:
            rows = connection.execute("SELECT at FROM standing WHERE day >= ? ORDER BY at", (first_day,))
            return tuple(row[0] for row in rows)

    def _caught_up(self) -> Tally:
        self.follow_decisions()
        self._follow(self._feedback, self._take_feedback, self._reset_feedback)
        return self._known()

    def places_since(self, first_day: str) -> tuple[int, ...]:
        """Where the verdicts that stand are, from a day on, in the order they were given."""
        with self._lock:
            return self._derived.retried(lambda: self._places_since(first_day))

    def newest_places(self, wanted: Wanted, most: int) -> tuple[int, ...]:
        """Where the newest of the wanted verdicts are, newest first; the cost is that of the days they fill."""

        def look() -> tuple[int, ...]:
            self._caught_up()
            with self._derived.reading() as connection:
                where, values = _where(wanted)
                by_day = f"SELECT day, sum(n) FROM buckets WHERE {where} GROUP BY day ORDER BY day DESC"  # noqa: S608 - no value in the text
                since = replace(wanted, first_day=_reached(connection.execute(by_day, values), most))
                where, values = _where(since)
                query = f"SELECT at FROM standing WHERE {where} ORDER BY day DESC, at DESC LIMIT ?"  # noqa: S608 - as above
                return tuple(row[0] for row in connection.execute(query, (*values, most)))

        with self._lock:
            return self._derived.retried(look)

    def place_of(self, prediction_id: str, nurse_id: str | None) -> int | None:
        """Where the verdict of this nurse on this prediction that stands is; ``None`` when none does."""
        key = wide_key(prediction_id, nurse_key(nurse_id))

        def look() -> int | None:
            self._caught_up()
            with self._derived.reading() as connection:
                row = connection.execute("SELECT at FROM standing WHERE key = ?", (key,)).fetchone()
                return None if row is None else int(row[0])

        with self._lock:
            return self._derived.retried(look)

    def torn_tails(self) -> tuple[Fault, ...]:
        """Last lines that are torn at this moment; the next append sets them aside."""
        tails = [(f.journal, f.torn_tail) for f in (self._decisions, self._feedback) if f.torn_tail is not None]
        return tuple(fault_of(journal.file(segment_of(t.offset)).name, t, FaultReason.TORN) for journal, t in tails)

    def _follow(self, follower: Follower, take: Take, reset: Reset) -> bool:
        with self._lock:
            if follower.is_up_to_date():
                return False
            return self._derived.catch_up(follower, take, reset) > 0

    def _known(self) -> Tally:
        version = self._derived.version()
        if self._tally is None or version != self._version:
            with self._derived.reading() as connection:
                self._tally, self._version = _counted(connection), version
        return self._tally

    def _take_decision(self, connection: sqlite3.Connection, line: Line) -> None:
        told = decision_head(line)
        if isinstance(told, FaultReason):
            self._note(connection, self._decisions, line, told)
            return
        day, prediction_id = told
        connection.execute(
            "INSERT OR IGNORE INTO cases VALUES ('decision', ?, ?)", (key_of(prediction_id), line.offset)
        )
        connection.execute("INSERT INTO days VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1", (day,))

    def _take_feedback(self, connection: sqlite3.Connection, line: Line) -> None:
        """Count one verdict line in place of the same nurse's earlier one, take one back, or note a fault."""
        record = read_feedback(line)
        if isinstance(record, FaultReason):
            self._note(connection, self._feedback, line, record)
            return
        if isinstance(record, Withdrawal):
            remove_standing(connection, wide_key(record.prediction_id, nurse_key(record.nurse_id)))
            return
        day = record.timestamp.date().isoformat()
        verdict = Standing(day, record.feedback_type, record.original_gravity, record.direction, line.offset)
        let_stand(connection, wide_key(record.prediction_id, nurse_key(record.nurse_id)), verdict)

    def _reset_decisions(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM cases WHERE kind = 'decision'")
        connection.execute("DELETE FROM days")
        connection.execute("DELETE FROM faults WHERE journal = ?", (self._decisions.journal.path.name,))

    def _reset_feedback(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM standing")
        connection.execute("DELETE FROM buckets")
        connection.execute("DELETE FROM faults WHERE journal = ?", (self._feedback.journal.path.name,))

    def _note(self, connection: sqlite3.Connection, follower: Follower, line: Line, reason: FaultReason) -> None:
        if line.is_purged:
            return
        file = follower.journal.file(segment_of(line.offset)).name
        row = (follower.journal.path.name, file, line.offset, line.end, reason)
        connection.execute("INSERT INTO faults VALUES (?, ?, ?, ?, ?)", row)


def _where(wanted: Wanted) -> tuple[str, tuple[str, ...]]:
    """The condition on day, gravity and type, and its values; no value is in the text."""
    told = [("gravity", wanted.gravities), ("type", wanted.kinds)]
    chosen = [f"AND {column} IN ({', '.join('?' * len(values))})" for column, values in told if values]
    return " ".join(("day >= ?", *chosen)), (wanted.first_day, *wanted.gravities, *wanted.kinds)


def _reached(days: Iterable[tuple[str, int]], most: int) -> str:
    """The day from which on there are as many, given days and their counts, newest first; ``~``: there are none."""
    day, found = _AFTER_ALL, 0
    for day, n in days:  # noqa: B007 - the one that was reached
        found += n
        if found >= most:
            break
    return day


def let_stand(connection: sqlite3.Connection, key: bytes, verdict: Standing) -> None:
    """Make this the verdict that counts; a replaced one leaves every counter."""
    remove_standing(connection, key)
    connection.execute("INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?)", (key, *verdict))
    connection.execute(
        "INSERT INTO buckets VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1", tuple(verdict[:4])
    )


def remove_standing(connection: sqlite3.Connection, key: bytes) -> None:
    """Take the verdict that stands out of every counter, if there is one."""
    replaced = connection.execute(
        "DELETE FROM standing WHERE key = ? RETURNING day, type, gravity, way", (key,)
    ).fetchone()
    if replaced is not None:
        where = "WHERE day = ? AND type = ? AND gravity = ? AND way = ?"
        connection.execute(f"UPDATE buckets SET n = n - 1 {where}", replaced)  # noqa: S608 - no value in the text
        connection.execute(f"DELETE FROM buckets {where} AND n <= 0", replaced)  # noqa: S608 - as above


def fault_of(file: str, line: Line, reason: FaultReason) -> Fault:
    """A damaged line by its file and bytes."""
    return Fault(file, offset_of(line.offset), offset_of(line.end), reason)


def _counted(connection: sqlite3.Connection) -> Tally:
    tally = Tally()
    tally.decisions_by_day.update(dict(connection.execute("SELECT day, n FROM days")))
    for day, kind, gravity, way, n in connection.execute("SELECT * FROM buckets"):
        tally.buckets[Bucket(day, kind, Gravity(gravity), way)] = n
    for file, start, end, reason in connection.execute("SELECT file, at, end, reason FROM faults ORDER BY journal, at"):
        tally.faults.append(Fault(file, offset_of(start), offset_of(end), FaultReason(reason)))
    return tally
