"""The index kept between starts: never believed when it does not fit, shared by threads, forks and processes."""

import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_store import decisions, derived
from feedback_store.decisions import DecisionIndex
from feedback_store.flusher import Flusher
from feedback_store.journals import DECISIONS
from feedback_store.keeping import _is_before
from feedback_store.store import FeedbackStore
from tests.feedback_store.conftest import NOON

Make = Callable[..., object]


def test_a_first_reading_goes_in_steps_and_ends_with_everything(
    store: FeedbackStore, a_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "BATCH", 2)
    for number in range(5):
        store.record_decision(a_decision(f"p{number}"))  # type: ignore[arg-type]
    assert store.stats().total_predictions == 5


def test_a_reading_that_fails_leaves_the_index_as_it_was(
    store: FeedbackStore, a_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record_decision(a_decision("p1"))  # type: ignore[arg-type]

    def failing(*_told: object) -> None:
        raise RuntimeError("stopped")

    monkeypatch.setattr("feedback_store.keeper.key_of", failing)
    with pytest.raises(RuntimeError, match="stopped"):
        store.stats()
    monkeypatch.undo()
    assert store.stats().total_predictions == 1


def test_a_decision_is_found_whether_or_not_it_is_among_the_last_ones(
    store: FeedbackStore, a_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "RECENT", 1)
    for number in range(3):
        store.record_decision(a_decision(f"p{number}"))  # type: ignore[arg-type]
    assert list(store._index._recent) == ["p2"]
    assert [store.decision(f"p{number}") for number in range(3)] == [a_decision(f"p{number}") for number in range(3)]


def test_two_ids_with_the_same_key_are_told_apart(
    store: FeedbackStore, a_decision: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("feedback_store.keeper.key_of", lambda *_names: 7)
    monkeypatch.setattr("feedback_store.decisions.key_of", lambda *_names: 7)
    for name in ("p1", "p2"):
        store.record_decision(a_decision(name))  # type: ignore[arg-type]
    assert FeedbackStore(tmp_path).decision("p2") == a_decision("p2")


def test_a_decision_that_cannot_be_read_is_not_there(store: FeedbackStore, tmp_path: Path) -> None:
    for told in ({"schema_version": 99}, {"schema_version": 2, "timestamp": "2026-11-23T12:00:00Z"}):
        store._index.remember("p1", store.keeping.ledgers.decisions.append(told | {"prediction_id": "p1"}))
        assert store.decision("p1") is None
    assert isinstance(store._index, DecisionIndex)


def test_a_fork_opens_its_own_connection(store: FeedbackStore, a_decision: Make) -> None:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    assert store.stats().total_predictions == 1
    child = os.fork()
    if child == 0:
        found = store.stats().total_predictions == 1 and store._derived._pid == os.getpid()
        os._exit(0 if found else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_nothing_of_a_patient_is_in_the_index(store: FeedbackStore, a_decision: Make, tmp_path: Path) -> None:
    store.record_decision(a_decision("prediction-1"))  # type: ignore[arg-type]
    store.labels.set_label("prediction-1", "Madame Unetelle")
    assert (store.labels.label("prediction-1"), store.stats().total_predictions) == ("Madame Unetelle", 1)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "index").iterdir())
    assert b"Unetelle" not in kept and b"prediction-1" not in kept and b"37.2" not in kept


def test_an_index_damaged_while_the_server_runs_is_made_anew(
    store: FeedbackStore, a_decision: Make, a_verdict: Make, caplog: pytest.LogCaptureFixture
) -> None:
    store.record_decision(a_decision("p1"))  # type: ignore[arg-type]
    store.submit(a_verdict("p1"))
    store.labels.set_label("p1", "Box 1")
    assert (store.stats().total_predictions, store.labels.label("p1")) == (1, "Box 1")
    for table in ("buckets", "standing", "cases"):
        with store._derived.reading() as connection:
            connection.execute(f"DROP TABLE {table}")
        store._keeper._version = (-1, -1)
        store._index._recent.clear()
        assert (store.stats().total_feedback, len(store.corrections())) == (1, 1)
        assert (store.decision("p1"), store.labels.label("p1")) == (a_decision("p1"), "Box 1")
    assert caplog.text.count("making it anew") >= 3


def test_an_index_that_breaks_while_it_is_prepared_is_closed_and_made_anew(tmp_path: Path, a_decision: Make) -> None:
    FeedbackStore(tmp_path).stats()
    with sqlite3.connect(tmp_path / "index" / "journals.sqlite") as index:
        index.execute("PRAGMA user_version = 99")
    index.close()
    store = FeedbackStore(tmp_path)
    store.record_decision(a_decision())  # type: ignore[arg-type]
    assert store.stats().total_predictions == 1


def test_a_flusher_without_a_thread_closes_and_a_fault_of_either_file_is_raised(tmp_path: Path) -> None:
    flusher = Flusher()
    flusher.close()
    with (tmp_path / "a").open("wb") as file:
        with pytest.raises(OSError, match="Bad file"):
            flusher.flush(file.fileno(), 9_999)
        with pytest.raises(OSError, match="Bad file"):
            flusher.flush(9_999, file.fileno())
        flusher.flush(file.fileno(), file.fileno())
    flusher.close()


@pytest.mark.parametrize(
    ("record", "is_old"),
    [
        ({"timestamp": "2026-11-01T12:00:00Z"}, True),
        ({"timestamp": "2026-11-01T12:00:00"}, True),
        ({"timestamp": "2026-11-23T12:00:00Z"}, False),
        ({"timestamp": "soon"}, False),
        ({"timestamp": 3}, False),
        ({}, False),
    ],
)
def test_a_record_without_a_readable_time_is_never_old(record: dict[str, object], is_old: bool) -> None:
    assert _is_before(record, NOON - timedelta(days=1)) is is_old


def test_records_without_a_time_do_not_end_the_search_for_a_moment(store: FeedbackStore) -> None:
    ledger = store.keeping.ledgers.decisions
    for number in range(12):
        ledger.append({"n": number, "filling": "x" * 200_000})
    assert ledger.place_near("2026-11-29T11:00:00") == 0


def test_records_without_an_id_are_passed_over_by_age(store: FeedbackStore, a_decision: Make, tmp_path: Path) -> None:
    store.keeping.ledgers.decisions.append({"n": 1, "timestamp": "2020-01-01T00:00:00Z", "filling": "x" * 50})
    store.record_decision(a_decision("p1"))  # type: ignore[arg-type]
    assert store.keeping.purge_older_than(30, NOON).decisions == 1
    assert store.decision("p1") is not None
    assert b"2020-01-01" not in (tmp_path / DECISIONS).read_bytes()


def test_a_purge_before_the_index_was_ever_made_leaves_the_making_to_the_next_reading(
    store: FeedbackStore, a_decision: Make, tmp_path: Path
) -> None:
    for name in ("p1", "p2"):
        store.record_decision(a_decision(name))  # type: ignore[arg-type]
    store.stats()
    content = (tmp_path / DECISIONS).read_bytes()
    (tmp_path / DECISIONS).unlink()
    (tmp_path / DECISIONS).write_bytes(content)
    assert store.keeping.purge_case("p1", NOON).decisions == 1
    assert store.stats().total_predictions == 1


def test_the_whole_digest_counts_the_lines_of_all_journals(store: FeedbackStore, a_decision: Make) -> None:
    assert store.keeping.current_digest().lines == 0
    store.record_decision(a_decision("p1"))  # type: ignore[arg-type]
    store.labels.set_label("p1", "Box 1")
    assert store.keeping.current_digest().lines == 2
