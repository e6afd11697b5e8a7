"""Appending is whole or not at all; damage is told and stops nothing."""

import errno
import multiprocessing
import os
import resource
import threading
from pathlib import Path

import pytest

from feedback_store.errors import JournalWriteError
from feedback_store.journal import FaultReason, Journal


def records_of(path: Path) -> list[dict[str, object] | None]:
    return [line.record for line in Journal(path).read()]


def test_what_was_appended_is_read_back_in_order_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "j.jsonl"
    journal = Journal(path)
    journal.append({"n": 1, "texte": "douleur\nthoracique é", "absent": None})
    journal.append({"n": 2})
    first, second = journal.read()
    assert first.record == {"n": 1, "texte": "douleur\nthoracique é", "absent": None}
    assert (second.offset, second.end) == (first.end, path.stat().st_size)
    assert [line.record for line in journal.read(first.end)] == [{"n": 2}]


@pytest.mark.parametrize("length", [1, 4085, 4086, 4087, 4096, 70_000])
def test_one_line_is_read_whole_at_its_place_whatever_its_length(tmp_path: Path, length: int) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    for filling in ("a", "b" * length, "c"):
        journal.append({"t": filling})
    lines = list(journal.read())
    assert [journal.read_at(line.offset) for line in lines] == lines
    assert journal.read_at(lines[-1].end) is None


def test_a_file_that_does_not_exist_has_no_lines_and_is_not_created_by_reading(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    assert (list(journal.read()), journal.read_at(0)) == ([], None)
    assert not journal.path.exists()


@pytest.mark.parametrize("kept", range(1, 13))
def test_a_line_cut_at_any_byte_never_swallows_the_next_record(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "j.jsonl"
    whole, torn = b'{"first":1}\n', b'{"second":22}'
    path.write_bytes(whole + torn[:kept])
    Journal(path).append({"third": 3})
    assert records_of(path) == [{"first": 1}, {"third": 3}]
    assert Journal(path).torn_path.read_bytes() == torn[:kept] + b"\n"


def test_a_whole_record_that_only_lacks_its_newline_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(b'{"first":1}')
    Journal(path).append({"second": 2})
    assert records_of(path) == [{"first": 1}, {"second": 2}]
    assert not Journal(path).torn_path.exists()


def test_a_line_torn_by_another_process_while_we_hold_the_file_open_is_set_aside(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append({"n": 1})
    with journal.path.open("ab") as other:
        other.write(b'{"half":')
    assert [line.fault for line in journal.read()] == [None, FaultReason.TORN]
    journal.append({"n": 2})
    assert records_of(journal.path) == [{"n": 1}, {"n": 2}]


def test_a_torn_tail_longer_than_one_reading_is_set_aside_whole(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(b'{"n":1}\n' + b"x" * 200_000)
    Journal(path).mend()
    assert path.read_bytes() == b'{"n":1}\n'
    assert Journal(path).torn_path.stat().st_size == 200_001


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (b'{"half": \n', FaultReason.NOT_JSON),
        (b'{"t":"\xff\xfe"}\n', FaultReason.NOT_JSON),
        (b"\x00\x00\x00\n", FaultReason.NOT_JSON),
        (b"\n", FaultReason.NOT_JSON),
        (b"[1]\n", FaultReason.NOT_AN_OBJECT),
    ],
)
def test_a_damaged_line_is_reported_with_its_place_and_the_rest_is_read(
    tmp_path: Path, damage: bytes, reason: FaultReason
) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(b'{"n":1}\n' + damage + b'{"n":2}\n')
    lines = list(Journal(path).read())
    assert [line.record for line in lines] == [{"n": 1}, None, {"n": 2}]
    assert (lines[1].fault, lines[1].offset, lines[1].end) == (reason, 8, 8 + len(damage))


def test_a_short_write_is_detected_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append({"n": 1})
    before, write = journal.path.read_bytes(), os.write
    monkeypatch.setattr("feedback_store.journal.os.write", lambda fd, data: write(fd, data[: len(data) // 2]))
    with pytest.raises(JournalWriteError, match="short write"):
        journal.append({"n": 2})
    monkeypatch.undo()
    assert journal.path.read_bytes() == before
    journal.append({"n": 3})
    assert records_of(journal.path) == [{"n": 1}, {"n": 3}]


def _append_beyond_the_limit(path: Path, answers: "multiprocessing.Queue[str]") -> None:
    journal = Journal(path)
    journal.append({"n": 1})
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))
    try:
        journal.append({"texte": "x" * 200})
    except JournalWriteError as fault:
        answers.put(str(fault))


def test_when_the_system_itself_cuts_the_write_nothing_of_it_stays(tmp_path: Path) -> None:
    path, context = tmp_path / "j.jsonl", multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_append_beyond_the_limit, args=(path, answers))
    process.start()
    assert "short write, 32 of 213 bytes" in answers.get(timeout=30)
    process.join(30)
    assert path.read_bytes() == b'{"n":1}\n'


def test_a_failed_flush_acknowledges_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append({"n": 1})

    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("feedback_store.journal.os.fdatasync", failing)
    with pytest.raises(JournalWriteError, match="Input/output error"):
        journal.append({"n": 2})
    assert records_of(journal.path) == [{"n": 1}]


def test_the_record_reaches_the_disk_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, calls, write, flush = Journal(tmp_path / "j.jsonl"), [], os.write, os.fdatasync
    journal.append({"n": 1})
    monkeypatch.setattr("feedback_store.journal.os.write", lambda fd, b: calls.append("write") or write(fd, b))
    monkeypatch.setattr("feedback_store.journal.os.fdatasync", lambda fd: calls.append("flush") or flush(fd))
    journal.append({"n": 2})
    assert calls == ["write", "flush"]


def test_a_tail_that_cannot_be_set_aside_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.path.write_bytes(b'{"n":1}\n{"half')
    journal.torn_path.mkdir()
    for attempt in (journal.mend, lambda: journal.append({"n": 2})):
        with pytest.raises(JournalWriteError):
            attempt()
    assert journal.path.read_bytes() == b'{"n":1}\n{"half'


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_file_taken_away_under_us_does_not_take_the_next_record_with_it(tmp_path: Path, how: str) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append({"n": 1})
    if how == "removed":
        journal.path.unlink()
    else:
        journal.path.rename(tmp_path / "old.jsonl")
        journal.path.write_bytes(b"")
    journal.append({"n": 2})
    assert records_of(journal.path) == [{"n": 2}]


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append({"n": 1})
    assert journal.path.stat().st_mode & 0o077 == 0


def _write_many(path: Path, writer: int) -> None:
    journal = Journal(path)
    for n in range(200):
        journal.append({"writer": writer, "n": n, "filling": "é" * (n % 90)})


@pytest.mark.slow
def test_four_processes_writing_at_once_lose_and_mix_nothing(tmp_path: Path) -> None:
    path, context = tmp_path / "j.jsonl", multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(path, w)) for w in range(4)]
    for process in writers:
        process.start()
    for process in writers:
        process.join(60)
    lines = list(Journal(path).read())
    assert [line.fault for line in lines] == [None] * 800
    for writer in range(4):
        assert [r["n"] for line in lines if (r := line.record) and r["writer"] == writer] == list(range(200))


def test_threads_of_one_journal_lose_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    threads = [threading.Thread(target=lambda: [journal.append({"n": n}) for n in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(records_of(journal.path)) == 200


def test_a_forked_child_waits_for_a_lock_that_its_parent_holds(tmp_path: Path) -> None:
    journal, (reading, writing) = Journal(tmp_path / "j.jsonl"), os.pipe()
    journal.append({"by": "parent"})
    with journal._held():
        child = os.fork()
        if child == 0:
            journal.append({"by": "child"})
            os.write(writing, b"x")
            os._exit(0)
        os.set_blocking(reading, False)
        threading.Event().wait(0.2)
        with pytest.raises(BlockingIOError):
            os.read(reading, 1)
    assert os.waitpid(child, 0)[1] == 0
    assert records_of(journal.path) == [{"by": "parent"}, {"by": "child"}]
