"""A start verifies what is new and one piece of the rest, remembers how far, and leaves a broken file behind."""

from pathlib import Path

import pytest

from feedback_store import watch as watch_module
from feedback_store.errors import JournalWriteError
from feedback_store.keys import Keyring
from feedback_store.ledger import Ledger
from feedback_store.segments import place
from feedback_store.watch import Report, Watch

EVERYTHING = 1 << 30


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "j.jsonl", Keyring(tmp_path / "key"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The places of every line the verification reads."""
    places: list[int] = []
    plain = Ledger.read_raw

    def counting(self: Ledger, from_place: int = 0):  # type: ignore[no-untyped-def]
        for at, raw in plain(self, from_place):
            places.append(at)
            yield at, raw

    monkeypatch.setattr(Ledger, "read_raw", counting)
    return places


def filled(ledger: Ledger, count: int = 10) -> list[int]:
    return [ledger.append({"n": number}) for number in range(count)]


def checked(ledger: Ledger, budget: int = EVERYTHING) -> Report:
    """As a new process checks it."""
    again = Ledger(ledger.path, ledger.keys)
    return Watch(again, ledger.path.with_name("index") / "verified.json").check(budget, budget)


def alter(ledger: Ledger, number: int) -> None:
    told, changed = f'"n":{number} '.encode(), f'"n":{number + 100} '.encode()
    ledger.path.write_bytes(ledger.path.read_bytes().replace(told, changed))


def test_nothing_to_verify_is_sound_and_complete(ledger: Ledger) -> None:
    report = checked(ledger)
    assert (report.is_sound, report.is_complete, report.acknowledged) == (True, True, 0)
    assert Watch(ledger, ledger.path).report().is_complete


def test_what_was_verified_is_remembered_and_a_start_goes_on_behind_it(ledger: Ledger, read: list[int]) -> None:
    filled(ledger)
    assert checked(ledger).verified == 10
    (new,) = filled(ledger, 1)
    read.clear()
    report = checked(ledger, budget=1)
    assert (report.verified, report.acknowledged, report.is_complete) == (11, 11, True)
    assert read[:2] == [new, 0] and len(read) == 3  # the new line, then one piece from the beginning


def test_a_long_journal_is_verified_piece_by_piece(ledger: Ledger) -> None:
    filled(ledger)
    steps = [checked(ledger, budget=500) for _ in range(6)]
    assert not steps[0].is_complete
    assert steps[-1].is_complete and steps[-1].verified == 10 and steps[-1].findings == ()


def test_lines_before_the_chain_are_passed_in_one_process_however_many(ledger: Ledger) -> None:
    ledger.path.write_bytes(b'{"old": "line"}\n' * 50)
    filled(ledger, 3)
    watch = Watch(ledger, ledger.path.with_name("verified.json"))
    reports = [watch.check(200) for _ in range(12)]
    assert (reports[-1].is_complete, reports[-1].verified, reports[-1].unchained) == (True, 3, 50)
    assert reports[-1].findings == ()


def test_an_altered_line_is_told_and_from_then_on_the_journal_goes_on_in_a_new_file(ledger: Ledger) -> None:
    filled(ledger)
    alter(ledger, 4)
    damaged = ledger.path.read_bytes()
    report = checked(ledger)
    assert [finding.split(": ")[1] for finding in report.findings] == ["altered"] and not report.is_sound
    Ledger(ledger.path, ledger.keys).append({"n": 10})
    assert (ledger.path.read_bytes(), ledger.file(2).exists()) == (damaged, True)
    again = checked(ledger)
    assert (again.findings, again.segments, again.verified) == (report.findings, 2, 11)


def test_a_line_altered_after_it_was_verified_is_found_when_its_piece_comes(ledger: Ledger) -> None:
    filled(ledger)
    assert checked(ledger).is_sound
    alter(ledger, 2)
    assert [finding.split(": ")[1] for finding in checked(ledger).findings] == ["altered"]


def test_a_cut_end_is_told_as_long_as_it_is_the_end_and_afterwards(ledger: Ledger) -> None:
    filled(ledger)
    ledger.path.write_bytes(b"".join(ledger.path.read_bytes().splitlines(keepends=True)[:8]))
    assert "seq 9: missing" in checked(ledger).findings[0]
    Ledger(ledger.path, ledger.keys).append({"n": 99})
    assert any("seq 9: missing" in finding for finding in checked(ledger).findings)
    Ledger(ledger.path, ledger.keys).append({"n": 100})
    assert checked(ledger).segments == 2


@pytest.mark.parametrize("changed", [b'"n":8 ', b'"n":99 '])
def test_an_altered_last_line_opens_one_new_file_too(ledger: Ledger, changed: bytes) -> None:
    filled(ledger)
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b'"n":9 ', changed))
    assert "altered" in checked(ledger).findings[0]
    at = Ledger(ledger.path, ledger.keys).append({"n": 10})
    assert at == place(2, 0)


def test_a_new_file_that_cannot_be_begun_is_logged_and_stops_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    filled(ledger)
    alter(ledger, 4)

    def refusing(self: Ledger, why: str) -> None:
        raise JournalWriteError("no new segment")

    monkeypatch.setattr(Ledger, "begin_segment", refusing)
    assert not checked(ledger).is_sound
    assert "no new segment" in caplog.text


@pytest.mark.parametrize("spoil", [b"{", b"[]", b'{"mac": 1}'])
def test_what_is_remembered_counts_only_when_it_is_ours_and_fits(ledger: Ledger, spoil: bytes) -> None:
    filled(ledger)
    checked(ledger)
    kept = ledger.path.with_name("index") / "verified.json"
    whole = kept.read_bytes()
    kept.write_bytes(whole.replace(b'"line":10', b'"line":11'))
    assert checked(ledger).verified == 10
    kept.write_bytes(spoil)
    assert checked(ledger).verified == 10
    kept.write_bytes(whole)
    alter(ledger, 9)
    assert checked(ledger).verified == 9


def test_where_nothing_can_be_remembered_verification_still_works(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    filled(ledger)
    (ledger.path.with_name("index") / "verified.json").mkdir(parents=True)
    assert checked(ledger).verified == 10
    assert "not kept" in caplog.text


def test_no_more_than_so_many_findings_are_kept(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "KEPT_FINDINGS", 2)
    filled(ledger)
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"\n", b"\n{foreign}\n", 9))
    assert len(checked(ledger).findings) == 2


def test_a_torn_end_is_not_remembered_as_a_finding(ledger: Ledger) -> None:
    filled(ledger)
    with ledger.path.open("ab") as file:
        file.write(b'{"half')
    assert checked(ledger).findings == ()


def test_a_report_does_not_wait_for_a_verification_at_work(ledger: Ledger) -> None:
    filled(ledger)
    watch = Watch(ledger, ledger.path.with_name("verified.json"))
    assert watch.report().acknowledged == 10
    ledger.append({"n": 10})
    with watch._lock:
        assert watch.report().acknowledged == 10
    assert watch.report().acknowledged == 11
