"""The bytes of a journal: whole lines or none; damage is told by its place and stops nothing."""

import multiprocessing
import os
import resource
import threading
from pathlib import Path

import pytest

from feedback_store.errors import JournalWriteError
from feedback_store.journal import FaultReason
from feedback_store.keys import Keyring
from feedback_store.ledger import Ledger


def a_journal(folder: Path) -> Ledger:
    return Ledger(folder / "new" / "j.jsonl", Keyring(folder / "secrets" / "key"))


@pytest.fixture
def journal(tmp_path: Path) -> Ledger:
    found = a_journal(tmp_path)
    found.path.parent.mkdir()
    return found


def records_of(journal: Ledger) -> list[dict[str, object] | None]:
    return [line.record for line in journal.read()]


def test_what_was_appended_is_read_back_in_order_with_its_place(journal: Ledger) -> None:
    journal.append({"n": 1, "texte": "douleur\nthoracique é", "absent": None})
    journal.append({"n": 2})
    first, second = journal.read()
    assert first.record == {"n": 1, "texte": "douleur\nthoracique é", "absent": None}
    assert (second.offset, second.end) == (first.end, journal.path.stat().st_size)
    assert [line.record for line in journal.read(first.end)] == [{"n": 2}]


@pytest.mark.parametrize("length", [1, 3830, 3831, 3832, 3833, 3834, 4096, 70_000])
def test_one_line_is_read_whole_at_its_place_whatever_its_length(journal: Ledger, length: int) -> None:
    for filling in ("a", "b" * length, "c"):
        journal.append({"t": filling})
    lines = list(journal.read())
    assert [journal.read_at(line.offset) for line in lines] == lines
    assert journal.read_at(lines[-1].end) is None


@pytest.mark.parametrize("kept", range(1, 13))
def test_a_line_cut_at_any_byte_never_swallows_the_next_record(journal: Ledger, kept: int) -> None:
    whole, torn = b'{"first":1}\n', b'{"second":22}'
    journal.path.write_bytes(whole + torn[:kept])
    journal.append({"third": 3})
    assert records_of(journal) == [{"first": 1}, {"third": 3}]
    assert journal.torn_path(1).read_bytes() == torn[:kept] + b"\n"


def test_a_whole_record_that_only_lacks_its_newline_is_kept(journal: Ledger) -> None:
    journal.path.write_bytes(b'{"first":1}')
    journal.append({"second": 2})
    assert records_of(journal) == [{"first": 1}, {"second": 2}]
    assert not journal.torn_path(1).exists()


def test_a_line_torn_by_another_process_while_we_hold_the_file_open_is_set_aside(journal: Ledger) -> None:
    journal.append({"n": 1})
    with journal.path.open("ab") as other:
        other.write(b'{"half":')
    assert [line.fault for line in journal.read()] == [None, FaultReason.TORN]
    journal.append({"n": 2})
    assert records_of(journal) == [{"n": 1}, {"n": 2}]


def test_a_torn_tail_longer_than_one_reading_is_set_aside_whole(journal: Ledger) -> None:
    journal.path.write_bytes(b'{"n":1}\n' + b"x" * 200_000)
    journal.mend()
    assert journal.path.read_bytes() == b'{"n":1}\n'
    assert journal.torn_path(1).stat().st_size == 200_001


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
    journal: Ledger, damage: bytes, reason: FaultReason
) -> None:
    journal.path.write_bytes(b'{"n":1}\n' + damage + b'{"n":2}\n')
    lines = list(journal.read())
    assert [line.record for line in lines] == [{"n": 1}, None, {"n": 2}]
    assert (lines[1].fault, lines[1].offset, lines[1].end) == (reason, 8, 8 + len(damage))


def _append_beyond_the_limit(folder: Path, answers: "multiprocessing.Queue[str]") -> None:
    journal = a_journal(folder)
    journal.append({"n": 1})
    limit = journal.head.path.stat().st_size  # the head has its room already
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        journal.append({"texte": "x" * 9000})
    except JournalWriteError as fault:
        answers.put(str(fault))


def test_when_the_system_itself_cuts_the_write_nothing_of_it_stays(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_append_beyond_the_limit, args=(tmp_path, answers))
    process.start()
    assert "short write, " in answers.get(timeout=30)
    process.join(30)
    assert records_of(a_journal(tmp_path)) == [{"n": 1}]
    assert a_journal(tmp_path).path.read_bytes().count(b"\n") == 1


def test_a_tail_that_cannot_be_set_aside_is_an_error_and_stays_as_it_is(journal: Ledger) -> None:
    journal.path.write_bytes(b'{"n":1}\n{"half')
    journal.torn_path(1).mkdir()
    for attempt in (journal.mend, lambda: journal.append({"n": 2})):
        with pytest.raises(JournalWriteError):
            attempt()
    assert journal.path.read_bytes() == b'{"n":1}\n{"half'


def test_a_forked_child_waits_for_a_lock_that_its_parent_holds(journal: Ledger) -> None:
    reading, writing = os.pipe()
    journal.append({"by": "parent"})
    with journal.held():
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
    assert records_of(journal) == [{"by": "parent"}, {"by": "child"}]
