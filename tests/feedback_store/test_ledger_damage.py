"""A chained journal never writes over what stands, and goes on after any damage, refused flush or lost key."""

import errno
import os
from pathlib import Path

import pytest

from feedback_store.errors import JournalRefuses, JournalWriteError
from feedback_store.head import APART, SLOT
from feedback_store.journal import FaultReason
from feedback_store.keys import Keyring, key_id
from feedback_store.ledger import Ledger
from feedback_store.proof import Kind
from feedback_store.segments import place, segment_of
from tests.feedback_store.conftest import again, filled, kinds, numbers


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_after_a_cut_end_the_next_record_is_taken_and_the_lost_one_stays_named(
    ledger: Ledger, tmp_path: Path, cut: int
) -> None:
    whole = filled(ledger).path.read_bytes()
    ledger.path.write_bytes(whole[:-cut])
    ledger.append({"n": 9})
    assert numbers(again(tmp_path)) == ([0, 1, 2, 9] if cut == 1 else [0, 1, 9])
    assert kinds(ledger) == ([] if cut == 1 else [Kind.MISSING])


def test_half_a_line_behind_the_head_is_set_aside(ledger: Ledger) -> None:
    filled(ledger)
    with ledger.path.open("ab") as file:
        file.write(b'{"half')
    assert [line.fault for line in ledger.read()][-1] is FaultReason.TORN
    ledger.append({"n": 3})
    assert (numbers(ledger), kinds(ledger)) == ([0, 1, 2, 3], [])
    assert ledger.torn_path(1).read_bytes() == b'{"half\n'


def test_a_foreign_line_stays_where_it_is_and_the_chain_goes_on_behind(ledger: Ledger) -> None:
    filled(ledger)
    with ledger.path.open("ab") as file:
        file.write(b'{"n": "foreign"}\n')
    ledger.append({"n": 3})
    assert (numbers(ledger), kinds(ledger)) == ([0, 1, 2, "foreign", 3], [Kind.FOREIGN])


def test_an_acknowledged_end_that_was_altered_is_left_and_the_journal_goes_on_in_a_new_file(ledger: Ledger) -> None:
    filled(ledger)
    damaged = ledger.path.read_bytes()[:-1] + b"\x0b"
    ledger.path.write_bytes(damaged)
    at = ledger.append({"n": 3})
    assert (ledger.path.read_bytes(), segment_of(at), at) == (damaged, 2, place(2, 0))
    assert ledger.file(2).name == "j.0002.jsonl" and ledger.read_at(at).record == {"n": 3}  # type: ignore[union-attr]
    assert kinds(ledger) == [Kind.TORN, Kind.MISSING]


def test_a_line_written_before_a_crash_and_never_acknowledged_counts(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger)
    head = ledger.head.path.read_bytes()
    ledger.append({"n": 3})
    ledger.head.path.write_bytes(head)
    assert kinds(again(tmp_path)) == []
    again(tmp_path).append({"n": 4})
    assert (numbers(ledger), kinds(ledger)) == ([0, 1, 2, 3, 4], [])


def test_a_head_that_was_lost_is_found_anew_and_it_is_told(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger)
    ledger.head.path.unlink()
    ledger.append({"n": 3})
    assert (numbers(ledger), kinds(ledger)) == ([0, 1, 2, 3], [])
    assert again(tmp_path).current().note == "head lost, found anew at seq 3"  # type: ignore[union-attr]


def test_a_head_found_anew_behind_a_damaged_line_goes_on_at_the_end(ledger: Ledger) -> None:
    filled(ledger)
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b'"n":1 ', b'"n":7 '))
    ledger.head.path.unlink()
    ledger.append({"n": 3})
    assert kinds(ledger) == [Kind.ALTERED]


def test_a_first_record_that_could_not_be_written_is_taken_at_the_second_try(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:10]) if len(data) > 70 else write(fd, data))
    with pytest.raises(JournalWriteError, match="short write"):
        ledger.append({"n": 0, "filling": "x" * 100})
    monkeypatch.undo()
    assert (numbers(filled(ledger)), kinds(ledger)) == ([0, 1, 2], [])


def test_a_torn_head_leaves_the_one_before_and_verification_tells(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger)
    key, whole = ledger.keys.need(), ledger.head.path.read_bytes()
    assert ledger.head.is_sound(key)
    ledger.head.path.write_bytes(whole[: APART + 10] + b"x" + whole[APART + 11 :])
    assert not ledger.head.is_sound(key)
    again(tmp_path).mend()
    assert ledger.current().note == "head damaged, mended at seq 3"  # type: ignore[union-attr]
    again(tmp_path).append({"n": 3})
    assert (numbers(ledger), kinds(ledger), ledger.head.is_sound(key)) == ([0, 1, 2, 3], [], True)
    ledger.head.path.write_bytes(b"\n" * (APART + SLOT))
    assert ledger.head.read(key) is None
    ledger.head.path.unlink()
    assert not ledger.head.is_sound(key)


def test_a_record_that_a_power_cut_took_before_it_was_acknowledged_leaves_no_gap(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = filled(ledger).path.read_bytes()
    ledger.append({"n": "unacknowledged"})
    ledger.path.write_bytes(before + b'{"half')
    assert kinds(ledger) == [Kind.TORN, Kind.MISSING]
    monkeypatch.setattr("feedback_store.ledger.boot_id", lambda: "another start")
    restarted = again(tmp_path)
    restarted.mend()
    restarted.append({"n": 3})
    assert (numbers(ledger), kinds(ledger)) == ([0, 1, 2, 3], [])
    assert ledger.current().note == "power cut while seq 4 was written"  # type: ignore[union-attr]


def test_a_short_write_is_taken_back_and_the_next_record_is_accepted(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, write = filled(ledger).path.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[: len(data) // 2]))
    with pytest.raises(JournalWriteError, match="short write"):
        ledger.append({"n": 3})
    monkeypatch.undo()
    assert ledger.path.read_bytes() == before
    ledger.append({"n": 3})
    assert (numbers(ledger), kinds(ledger)) == ([0, 1, 2, 3], [])


@pytest.mark.parametrize("which", ["line", "head"])
def test_after_a_failed_flush_nothing_more_is_accepted_until_a_new_start(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    filled(ledger)
    failing = (ledger.path if which == "line" else ledger.head.path).stat().st_ino
    flush = os.fdatasync

    def fdatasync(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == failing:
            raise OSError(errno.EIO, "Input/output error")
        flush(descriptor)

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    with pytest.raises(JournalWriteError, match="Input/output error"):
        ledger.append({"n": 3})
    monkeypatch.undo()
    with pytest.raises(JournalRefuses, match="accepts no more"):
        ledger.append({"n": 3})
    assert ledger.refusal is not None and numbers(ledger) == [0, 1, 2]
    again(tmp_path).append({"n": 4})
    assert (numbers(ledger), kinds(ledger)) == ([0, 1, 2, 4], [])


def test_a_flush_that_fails_while_a_tail_is_set_aside_stops_the_journal_too(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(ledger).path.write_bytes(ledger.path.read_bytes() + b'{"half')

    def fdatasync(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    with pytest.raises(JournalWriteError):
        ledger.append({"n": 3})
    with pytest.raises(JournalRefuses):
        ledger.mend()


def test_a_disk_without_room_for_the_head_takes_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: write(fd, data[:100], at))
    with pytest.raises(JournalWriteError, match="no space"):
        ledger.append({"n": 0})
    monkeypatch.undo()
    filled(ledger)
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: write(fd, data[:100], at))
    with pytest.raises(JournalWriteError, match="head written short"):
        ledger.append({"n": 3})


def test_with_another_key_the_journal_goes_on_in_a_new_file_and_starting_alone_changes_nothing(
    ledger: Ledger, tmp_path: Path
) -> None:
    filled(ledger)
    other = Ledger(ledger.path, Keyring(tmp_path / "none", "a secret of the environment"))
    other.mend()
    assert not ledger.file(2).exists()
    other.append({"n": 3})
    assert numbers(other) == [0, 1, 2, 3] and ledger.file(2).exists()
    assert other.current().key_id == key_id(other.keys.need())  # type: ignore[union-attr]


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_file_taken_away_under_us_does_not_take_the_next_record_with_it(ledger: Ledger, how: str) -> None:
    filled(ledger)
    if how == "removed":
        ledger.path.unlink()
    else:
        ledger.path.rename(ledger.path.with_name("old.jsonl"))
        ledger.path.write_bytes(b"")
    ledger.append({"n": 3})
    assert (numbers(ledger), kinds(ledger)) == ([3], [Kind.MISSING])
