"""Purges leave nothing of a case and a chain that verifies."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_store.chain import is_tombstone
from feedback_store.errors import PurgeRefused
from feedback_store.journals import DECISIONS, FEEDBACK, LABELS
from feedback_store.keeping import FullReport
from feedback_store.proof import Kind
from feedback_store.store import FeedbackStore, keeping_of
from tests.feedback_store.conftest import NOON, Clock, findings

Make = Callable[..., object]
SAMPLES = Path(__file__).with_name("samples")


def report_of(folder: Path, name: str) -> FullReport:
    return next(report for report in keeping_of(folder).verify() if report.name == name)


def test_a_purged_case_is_nowhere_any_more_and_everything_verifies(three: FeedbackStore, tmp_path: Path) -> None:
    three.waiting.record("p2", "taken_over")
    done = three.keeping.purge_case("p2", NOON)
    assert (done.decisions, done.verdicts, done.labels, done.events, done.total) == (1, 1, 1, 1, 4)
    assert findings(tmp_path) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"p2" in path.read_bytes()]
    assert (three.decision("p2"), three.labels.label("p2")) == (None, None)
    assert three.decision("p1") is not None and three.labels.label("p1") == "Box 1"


def test_the_line_stays_as_a_tombstone_of_the_same_length(three: FeedbackStore, tmp_path: Path) -> None:
    before = (tmp_path / DECISIONS).read_bytes().splitlines(keepends=True)
    three.keeping.purge_case("p1", NOON)
    after = (tmp_path / DECISIONS).read_bytes().splitlines(keepends=True)
    assert [len(line) for line in after] == [len(line) for line in before]
    assert [is_tombstone(line) for line in after] == [False, True, False]
    assert list(json.loads(after[1])) == ["seq", "prev", "mac", "purged", "seal"]
    assert report_of(tmp_path, DECISIONS.name).purged == 1


def test_a_tombstone_that_was_altered_is_found(three: FeedbackStore, tmp_path: Path) -> None:
    three.keeping.purge_case("p1", NOON)
    path = tmp_path / DECISIONS
    path.write_bytes(path.read_bytes().replace(b'"purged":"2026-11-23"', b'"purged":"2026-11-22"'))
    assert findings(tmp_path)[0] == (DECISIONS.name, Kind.ALTERED)


def test_counters_of_every_process_follow_a_purge_without_reading_anew(three: FeedbackStore, tmp_path: Path) -> None:
    other = FeedbackStore(tmp_path)
    assert other.stats().total_predictions == 3
    three.keeping.purge_case("p1", NOON)
    counts = [(s.stats().total_predictions, s.count(), len(s.corrections())) for s in (three, other)]
    three._derived.close()
    (tmp_path / "index" / "journals.sqlite").unlink()
    fresh = FeedbackStore(tmp_path)
    assert [*counts, (fresh.stats().total_predictions, fresh.count(), len(fresh.corrections()))] == [(2, 2, 2)] * 3


def test_cases_older_than_so_many_days_go_with_their_verdicts_and_labels(
    three: FeedbackStore, a_verdict: Make, clock: Clock, tmp_path: Path
) -> None:
    clock.now = NOON
    three.submit(a_verdict("p0", "upgrade", nurse_id="late"))  # a fresh verdict on an old case holds its features
    done = three.keeping.purge_older_than(30, NOON)
    assert (done.decisions, done.verdicts, done.labels) == (1, 2, 1)
    assert (three.stats().total_predictions, three.count(), findings(tmp_path)) == (2, 2, [])


def test_labels_have_a_retention_of_their_own(three: FeedbackStore, tmp_path: Path) -> None:
    later = NOON + timedelta(days=10_000)  # labels bear the time of the machine
    assert three.labels.label("p1") == "Box 1"
    assert three.keeping.purge_labels_older_than(20_000, later).labels == 0
    assert three.keeping.purge_labels_older_than(10, later).labels == 3
    assert three.labels.label("p1") is None and three.decision("p1") is not None
    assert b"Box" not in (tmp_path / LABELS).read_bytes() and findings(tmp_path) == []


def test_a_verdict_that_was_replaced_is_erased_without_touching_the_one_that_stands(
    three: FeedbackStore, a_verdict: Make, clock: Clock
) -> None:
    clock.now = NOON
    three.submit(a_verdict("p1", "upgrade"))
    clock.now = NOON + timedelta(days=2)
    before = three.count()
    feedback = three.keeping.ledgers.feedback
    assert three.keeping._erase(feedback, lambda told: told["feedback_type"] == "correct", NOON) == 3
    assert (before, three.count()) == (3, 1)
    assert [record.feedback_type for record in three.corrections()] == ["upgrade"]


def test_a_purge_takes_lines_the_index_has_not_seen_and_lines_it_cannot_read(
    three: FeedbackStore, a_decision: Make, tmp_path: Path
) -> None:
    three.record_decision(a_decision("p9"))  # type: ignore[arg-type]
    for path in (DECISIONS, FEEDBACK):
        ledger = three.keeping.ledgers[0 if path is DECISIONS else 1]
        ledger.append({"schema_version": 99, "prediction_id": "p9", "timestamp": "never"})
    three.stats()
    three.record_decision(a_decision("p9"))  # type: ignore[arg-type]
    assert three.keeping.purge_case("p9", NOON).total == 4
    assert (three.decision("p9"), three.stats().total_predictions, findings(tmp_path)) == (None, 3, [])


def test_half_lines_set_aside_go_with_any_purge_and_whole_ones_only_when_chosen(
    three: FeedbackStore, tmp_path: Path
) -> None:
    torn = tmp_path / f"{DECISIONS}.torn"
    torn.write_bytes(b'{"prediction_id":"p8"}\n')
    three.keeping.purge_case("p1", NOON)
    assert torn.read_bytes() == b'{"prediction_id":"p8"}\n'
    torn.write_bytes(b'{"prediction_id":"p8"}\n{"predic\n{"prediction_id":"p2"}\n')
    three.keeping.purge_case("p2", NOON)
    assert torn.read_bytes() == b'{"prediction_id":"p8"}\n'
    three.keeping.purge_case("p8", NOON)
    assert not torn.exists()


def test_a_line_too_short_to_be_emptied_in_its_place_is_refused_and_nothing_changes(
    store: FeedbackStore, tmp_path: Path
) -> None:
    path = tmp_path / DECISIONS
    path.parent.mkdir()
    path.write_bytes(b'{"prediction_id":"p1"}\n')
    with pytest.raises(PurgeRefused, match="too short"):
        store.keeping.purge_case("p1", NOON)
    assert path.read_bytes() == b'{"prediction_id":"p1"}\n'
    assert not list(tmp_path.rglob("*.purging"))


def test_records_written_while_a_purge_copies_are_in_the_copy(
    three: FeedbackStore, a_decision: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, flush = FeedbackStore(tmp_path), os.fsync
    late = [a_decision("late")]

    def during_the_copy(descriptor: int) -> None:
        flush(descriptor)
        if late and Path(f"/proc/self/fd/{descriptor}").readlink().suffix == ".purging":
            other.record_decision(late.pop())  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", during_the_copy)
    three.keeping.purge_case("p1", NOON)
    assert three.decision("late") is not None and findings(tmp_path) == []


def test_what_an_interrupted_purge_left_is_removed_at_the_next_start_unless_one_is_at_work(
    three: FeedbackStore, tmp_path: Path
) -> None:
    left = tmp_path / f"{DECISIONS}.purging"
    left.write_bytes(b"records")
    with three.keeping._purging():
        FeedbackStore(tmp_path)
    assert left.exists()
    FeedbackStore(tmp_path)
    assert not left.exists()


def test_a_purge_reaches_every_segment(three: FeedbackStore, a_decision: Make, tmp_path: Path) -> None:
    three.keeping.ledgers.decisions.begin_segment("test")
    three.record_decision(a_decision("p5"))  # type: ignore[arg-type]
    three.record_decision(a_decision("p6"))  # type: ignore[arg-type]
    assert three.stats().total_predictions == 5
    assert three.keeping.purge_case("p5", NOON).decisions == 1
    assert three.keeping.purge_case("p1", NOON).decisions == 1
    assert (three.stats().total_predictions, findings(tmp_path)) == (3, [])
    assert three.decision("p6") is not None
