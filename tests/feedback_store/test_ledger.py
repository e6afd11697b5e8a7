"""A chained journal takes every record whole, one chain whoever writes, in files of its owner alone."""

import json
import multiprocessing
import os
import threading
from pathlib import Path

import pandas as pd
import pytest

from feedback_store import head as head_module
from feedback_store.errors import KeyRefused
from feedback_store.keys import Keyring
from feedback_store.ledger import Ledger
from feedback_store.proof import Kind
from feedback_store.segments import place, segment_of
from tests.feedback_store.conftest import again, filled, kinds, numbers


def _write_many(folder: Path, writer: int) -> None:
    ledger = again(folder)
    for number in range(200):
        ledger.append({"n": number, "writer": writer})


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
