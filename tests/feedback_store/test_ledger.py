"""A chained journal takes every record whole, never writes over what stands, and goes on after any damage."""

import errno
import json
import multiprocessing
import os
import threading
from pathlib import Path

import pandas as pd
import pytest

from feedback_store import head as head_module
from feedback_store.errors import JournalRefuses, JournalWriteError, KeyRefused
from feedback_store.head import APART, SLOT
from feedback_store.journal import FaultReason
from feedback_store.keys import Keyring, key_id
from feedback_store.ledger import Ledger
from feedback_store.proof import Kind, Walk
from feedback_store.segments import place, segment_of


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return again(tmp_path)


def again(folder: Path) -> Ledger:
    """The same journal as another process sees it."""
    return Ledger(folder / "j.jsonl", Keyring(folder / "secrets" / "key"))


def kinds(ledger: Ledger) -> list[Kind]:
    walk = Walk(ledger, ledger.keys.need())
    return [found.kind for found in (*walk.run(ledger.read_raw()), *walk.close(ledger.current()))]


def numbers(ledger: Ledger) -> list[object]:
    return [line.record.get("n") for line in ledger.read() if line.record]


def filled(ledger: Ledger, count: int = 3) -> Ledger:
    for number in range(count):
        ledger.append({"n": number})
    return ledger


def test_a_line_is_plain_json_with_its_chain_fields_in_front_and_readers_do_not_see_them(ledger: Ledger) -> None:
    places = [ledger.append({"n": 1, "texte": "é"}), ledger.append({})]
    told = [json.loads(raw) for raw in ledger.path.read_bytes().splitlines()]
    assert list(told[0]) == ["seq", "prev", "salt", "mac", "n", "texte"]
    assert [line.record for line in ledger.read()] == [{"n": 1, "texte": "é"}, {}]
    assert [ledger.read_at(at).record for at in places] == [{"n": 1, "texte": "é"}, {}]  # type: ignore[union-attr]
    assert pd.read_json(ledger.path, lines=True)["n"].tolist()[0] == 1


def test_reading_where_nothing_is_finds_nothing_and_makes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    ledger.mend()
    assert (list(ledger.read()), ledger.read_at(0), ledger.current()) == ([], None, None)
    assert list(tmp_path.iterdir()) == []


def test_the_files_are_readable_by_their_owner_alone(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger)
    for path in (ledger.path, ledger.head.path, tmp_path / "secrets" / "key", tmp_path / "secrets"):
        assert path.stat().st_mode & 0o077 == 0


def test_line_and_head_are_on_the_disk_before_append_returns(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(ledger, 1)
    flushed: list[int] = []
    flush = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: flushed.append(os.fstat(fd).st_ino) or flush(fd))
    ledger.append({"n": 1})
    assert sorted(flushed) == sorted([ledger.path.stat().st_ino, ledger.head.path.stat().st_ino])


def test_lines_older_than_chains_are_kept_and_sealed_by_the_first_link(ledger: Ledger) -> None:
    old = b'{"n": "old", "reason": "x"}\n'
    ledger.path.write_bytes(old)
    filled(ledger, 2)
    assert ledger.path.read_bytes().startswith(old) and numbers(ledger) == ["old", 0, 1] and kinds(ledger) == []
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"old", b"new"))
    assert kinds(ledger) == [Kind.ALTERED]


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


@pytest.mark.parametrize("content", ["", "not hexadecimal", "abcd"])
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(KeyRefused):
        Keyring(tmp_path / "key").need()
    with pytest.raises(KeyRefused):
        Keyring(tmp_path / "key", "too short")


def test_a_key_that_others_can_read_is_told_and_two_makers_read_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key = Keyring(tmp_path / "key").need()
    (tmp_path / "key").chmod(0o644)
    assert Keyring(tmp_path / "key")._make() == key
    assert "chmod 600" in caplog.text


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


def test_nothing_is_ever_written_over_an_existing_segment(ledger: Ledger) -> None:
    filled(ledger)
    ledger.file(7).write_bytes(b'{"n": "somebody\'s"}\n')
    ledger.begin_segment("test")
    ledger.append({"n": 3})
    assert ledger.file(7).read_bytes() == b'{"n": "somebody\'s"}\n'
    assert ledger.file(8).exists()


def test_threads_of_one_journal_lose_nothing(ledger: Ledger) -> None:
    threads = [threading.Thread(target=filled, args=(ledger, 50)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(numbers(ledger)), kinds(ledger)) == (200, [])


def _write_many(folder: Path, writer: int) -> None:
    ledger = again(folder)
    for number in range(200):
        ledger.append({"n": number, "writer": writer})


@pytest.mark.slow
def test_four_processes_writing_at_once_make_one_chain(ledger: Ledger, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(tmp_path, number)) for number in range(4)]
    for process in writers:
        process.start()
    for process in writers:
        process.join(60)
    assert (len(numbers(ledger)), kinds(ledger)) == (800, [])


def test_a_forked_child_writes_with_files_and_a_flusher_of_its_own(ledger: Ledger) -> None:
    filled(ledger)
    child = os.fork()
    if child == 0:
        ledger.append({"n": "child"})
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    ledger.append({"n": "parent"})
    assert (numbers(ledger), kinds(ledger)) == ([0, 1, 2, "child", "parent"], [])


def test_where_the_machine_does_not_tell_its_start_every_start_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_module, "_BOOT_ID", tmp_path / "absent")
    head_module.boot_id.cache_clear()
    assert head_module.boot_id() == ""
    head_module.boot_id.cache_clear()


def test_the_place_of_a_moment_is_found_by_halving_and_is_never_too_late(ledger: Ledger, tmp_path: Path) -> None:
    for day in range(1, 29):
        ledger.append({"n": day, "timestamp": f"2026-11-{day:02}T12:00:00Z", "filling": "x" * 150_000})
        if day == 14:
            ledger.append({"n": "no time"})
    found = [line.record["n"] for line in ledger.read(ledger.place_near("2026-11-20T00:00:00"))]  # type: ignore[index]
    assert 20 in found and len(found) < 20
    assert ledger.place_near("2026-10-01T00:00:00") == 0
    ledger.begin_segment("test")
    ledger.append({"n": 29, "timestamp": "2026-11-29T12:00:00Z"})
    assert ledger.place_near("2026-11-29T13:00:00") == place(2, 0)
    assert segment_of(ledger.place_near("2026-11-29T11:00:00")) == 1
    assert again(tmp_path / "empty").place_near("2026-11-29T11:00:00") == 0
