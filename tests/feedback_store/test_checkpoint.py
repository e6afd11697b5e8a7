"""What was counted once is not read again; what does not fit any more is counted anew."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from feedback_store.journal import Line
from feedback_store.segments import Segments
from feedback_store.store import FeedbackStore

Make = Callable[..., object]


@pytest.fixture
def lines_read(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """Every line that any reader takes from any journal."""
    seen: list[Line] = []
    read = Segments.read

    def counting(self: Segments, from_place: int = 0) -> Iterator[Line]:
        for line in read(self, from_place):
            seen.append(line)
            yield line

    monkeypatch.setattr(Segments, "read", counting)
    return seen


def _spoil_index(folder: Path) -> None:
    for left in (folder / "index").glob("journals.sqlite-*"):
        left.unlink()
    (folder / "index" / "journals.sqlite").write_bytes(b"not a database, but long enough to be taken for one" * 100)


def _spoil_last_line(folder: Path) -> None:
    path = folder / "feedback" / "nurse_feedback.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"confirmed":null', b'"confirmed":true'))


def _spoil_inode(folder: Path) -> None:
    path = folder / "feedback" / "nurse_feedback.jsonl"
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)


def _spoil_counts_and_mark(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "index" / "journals.sqlite")) as index, index:
        index.execute("DELETE FROM buckets")
        index.execute("UPDATE marks SET at = at + 1 WHERE journal = 'nurse_feedback.jsonl'")


def _spoil_version(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "index" / "journals.sqlite")) as index:
        index.execute("PRAGMA user_version = 99")


def test_no_line_is_read_twice_by_the_statistics(
    store: FeedbackStore, judged: Callable[..., None], lines_read: list[Line]
) -> None:
    judged("correct", "correct")
    store.stats()
    lines_read.clear()
    store.stats()
    assert lines_read == []
    judged("upgrade")
    lines_read.clear()
    assert (store.stats().total_feedback, len(lines_read)) == (3, 2)  # one decision, one verdict


def test_another_process_continues_from_the_checkpoint(
    store: FeedbackStore, judged: Callable[..., None], lines_read: list[Line], tmp_path: Path, clock: object
) -> None:
    judged("correct", "upgrade", "downgrade")
    before = store.stats()
    lines_read.clear()
    restarted = FeedbackStore(tmp_path, clock=clock)  # type: ignore[arg-type]
    assert restarted.stats() == before
    assert lines_read == []


def test_a_verdict_replaced_after_a_restart_leaves_the_counters(
    store: FeedbackStore, judged: Callable[..., None], a_verdict: Make, tmp_path: Path
) -> None:
    judged("correct")
    store.stats()
    restarted = FeedbackStore(tmp_path)
    restarted.submit(a_verdict("p0", "upgrade"))
    assert (restarted.stats().total_feedback, restarted.stats().accuracy_rate) == (1, 0)


@pytest.mark.parametrize(
    ("spoil", "read_again"),
    [(_spoil_index, 4), (_spoil_version, 4), (_spoil_last_line, 2), (_spoil_inode, 2), (_spoil_counts_and_mark, 2)],
)
def test_a_checkpoint_that_does_not_fit_the_files_is_dropped_and_rebuilt(
    store: FeedbackStore,
    judged: Callable[..., None],
    lines_read: list[Line],
    tmp_path: Path,
    spoil: Callable[[Path], None],
    read_again: int,
) -> None:
    judged("correct", "upgrade")
    assert store.stats().total_feedback == 2
    store._derived.close()
    spoil(tmp_path)
    lines_read.clear()
    assert FeedbackStore(tmp_path).stats().total_feedback == 2
    assert len(lines_read) == read_again


def test_a_file_replaced_while_we_run_is_counted_afresh(
    store: FeedbackStore, judged: Callable[..., None], tmp_path: Path
) -> None:
    judged("correct", "upgrade")
    assert store.count() == 2
    path = tmp_path / "feedback" / "nurse_feedback.jsonl"
    first = path.read_bytes().splitlines(keepends=True)[0]
    path.unlink()
    path.write_bytes(first)
    assert (store.count(), store.stats().total_predictions) == (1, 2)


def test_statistics_of_decisions_alone_are_kept_before_the_first_verdict_made_its_folder(
    store: FeedbackStore, a_decision: Make, tmp_path: Path, lines_read: list[Line]
) -> None:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    assert store.stats().total_predictions == 1
    del lines_read[:]
    assert FeedbackStore(tmp_path).stats().total_predictions == 1
    assert lines_read == []


def test_statistics_work_where_the_checkpoint_cannot_be_saved(
    store: FeedbackStore, judged: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "journals.sqlite").mkdir()
    judged("correct")
    assert store.stats().total_feedback == 1
