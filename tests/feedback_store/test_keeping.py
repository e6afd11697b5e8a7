"""Old lines stay readable, purges leave a chain that verifies, daily digests are kept apart, opt-outs train nothing."""

import json
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_store.chain import is_tombstone
from feedback_store.errors import PurgeRefused
from feedback_store.intake import gather
from feedback_store.keeping import FullReport
from feedback_store.proof import Kind
from feedback_store.store import DECISIONS, FEEDBACK, KEY, LABELS, FeedbackStore, keeping_of
from tests.feedback_store.conftest import NOON, Clock

Make = Callable[..., object]
SAMPLES = Path(__file__).with_name("samples")


def findings(folder: Path) -> list[tuple[str, Kind]]:
    return [(found.file, found.kind) for report in keeping_of(folder).verify() for found in report.findings]


def report_of(folder: Path, name: str) -> FullReport:
    return next(report for report in keeping_of(folder).verify() if report.name == name)


@pytest.fixture
def three(store: FeedbackStore, a_decision: Make, a_verdict: Make, clock: Clock) -> FeedbackStore:
    """Three cases with verdict and label, the first forty days old, and their statistics read once."""
    for number, days in enumerate((40, 1, 0)):
        clock.now = NOON - timedelta(days=days)
        store.record_decision(a_decision(f"p{number}", timestamp=clock.now))  # type: ignore[arg-type]
        store.submit(a_verdict(f"p{number}"))
        store.labels.set_label(f"p{number}", f"Box {number}")
    store.stats()
    return store


# ── lines of older versions


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("verdict_*.jsonl")), ids=lambda path: path.stem)
def test_a_verdict_of_any_version_is_read_and_reported_as_not_chained(
    tmp_path: Path, sample: Path, a_decision: Make, a_verdict: Make
) -> None:
    path = tmp_path / FEEDBACK
    path.parent.mkdir()
    path.write_bytes(sample.read_bytes())
    store = FeedbackStore(tmp_path)
    assert (store.count(), store.faults(), findings(tmp_path)) == (1, (), [])
    store.record_decision(a_decision())  # type: ignore[arg-type]
    store.submit(a_verdict())
    report = report_of(tmp_path, FEEDBACK.name)
    assert (report.unchained, report.lines, report.findings, store.count()) == (1, 1, (), 2)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("decision_*.jsonl")), ids=lambda path: path.stem)
def test_a_decision_of_any_version_is_found_and_can_be_judged(tmp_path: Path, sample: Path, a_verdict: Make) -> None:
    path = tmp_path / DECISIONS
    path.parent.mkdir()
    path.write_bytes(sample.read_bytes())
    store = FeedbackStore(tmp_path)
    assert store.decision("sample") is not None
    store.submit(a_verdict("sample"))
    assert (store.stats().total_predictions, store.count(), findings(tmp_path)) == (1, 1, [])


def test_an_old_line_can_be_purged_and_the_chain_behind_it_still_verifies(
    tmp_path: Path, a_decision: Make, clock: Clock
) -> None:
    path = tmp_path / DECISIONS
    path.parent.mkdir()
    path.write_bytes((SAMPLES / "decision_1.jsonl").read_bytes())
    store = FeedbackStore(tmp_path, clock=clock)
    store.record_decision(a_decision())  # type: ignore[arg-type]
    assert store.keeping.purge_case("sample", NOON).decisions == 1
    assert findings(tmp_path) == [] and store.decision("sample") is None
    assert path.read_bytes().startswith(b'{"purged":"2026-11-23","was":')
    assert store.keeping.purge_case("sample", NOON).total == 0
    path.write_bytes(path.read_bytes().replace(b"2026-11-23", b"2026-11-24", 1))
    assert findings(tmp_path) == [(DECISIONS.name, Kind.ALTERED)]


# ── purge


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


# ── daily digests, key


def test_each_day_keeps_the_digests_apart_and_verification_compares_them(
    three: FeedbackStore, clock: Clock, a_decision: Make, tmp_path: Path
) -> None:
    clock.now = NOON + timedelta(days=1)
    code = three.keeping.current_digest().code
    three.record_decision(a_decision("p7"))  # type: ignore[arg-type]
    kept = json.loads((tmp_path / "heads" / "2026-11-24.json").read_bytes())
    assert kept["code"] == code != three.keeping.current_digest().code
    assert kept["heads"]["decisions"]["seq"] == 3
    assert findings(tmp_path) == []


def test_two_writers_of_one_day_leave_one_file_and_no_warning(
    three: FeedbackStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    later = NOON + timedelta(days=9)
    stores = [FeedbackStore(tmp_path) for _ in range(8)]
    threads = [threading.Thread(target=store.keeping.keep_daily, args=(later,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in (tmp_path / "heads").glob("2026-12-02*")] == ["2026-12-02.json"]
    assert caplog.text == "" and findings(tmp_path) == []


def test_a_history_that_another_day_did_not_see_is_found_even_with_a_fitting_head(
    store: FeedbackStore, clock: Clock, a_decision: Make, tmp_path: Path
) -> None:
    store.record_decision(a_decision("p1"))  # type: ignore[arg-type]
    before = {path: (tmp_path / path).read_bytes() for path in (DECISIONS, Path(f"{DECISIONS}.head"))}
    store.record_decision(a_decision("p2"))  # type: ignore[arg-type]
    clock.now = NOON + timedelta(days=1)
    store.record_decision(a_decision("p3"))  # type: ignore[arg-type]
    for path, content in before.items():
        (tmp_path / path).write_bytes(content)
    assert findings(tmp_path) == [(DECISIONS.name, Kind.DAILY)]
    FeedbackStore(tmp_path, clock=clock).record_decision(a_decision("another"))  # type: ignore[arg-type]
    assert findings(tmp_path) == [(DECISIONS.name, Kind.DAILY)]


def test_a_daily_file_that_was_changed_is_found_and_one_that_cannot_be_written_is_logged(
    three: FeedbackStore, clock: Clock, a_decision: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = next((tmp_path / "heads").glob("*.json"))
    path.write_bytes(path.read_bytes().replace(b'"seq": 1', b'"seq": 2'))
    (tmp_path / "heads" / "2026-11-01.json").write_bytes(b"{")
    found = {file for file, kind in findings(tmp_path) if kind is Kind.DAILY}
    assert found == {f"heads/{path.name}", "heads/2026-11-01.json"}
    clock.now = NOON + timedelta(days=3)
    for left in (tmp_path / "heads").iterdir():
        left.unlink()
    (tmp_path / "heads").rmdir()
    (tmp_path / "heads").write_bytes(b"")
    three.record_decision(a_decision("p7"))  # type: ignore[arg-type]
    assert "daily digest not kept" in caplog.text


def test_without_its_key_a_journal_cannot_be_judged_and_it_is_said(three: FeedbackStore, tmp_path: Path) -> None:
    key = (tmp_path / KEY).read_bytes()
    (tmp_path / KEY).write_bytes(b"ab" * 32)
    assert (f"{DECISIONS.name}.head", Kind.KEY) in findings(tmp_path)
    (tmp_path / KEY).unlink()
    assert (f"{DECISIONS.name}.head", Kind.KEY) in findings(tmp_path)
    (tmp_path / KEY).write_bytes(key)
    assert findings(tmp_path) == []


def test_a_damaged_head_is_a_finding(three: FeedbackStore, tmp_path: Path) -> None:
    head = tmp_path / f"{DECISIONS}.head"
    head.write_bytes(head.read_bytes()[:-1] + b"x")
    assert findings(tmp_path) == [(head.name, Kind.HEAD)]


def test_a_key_that_cannot_be_used_stops_no_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for path, content in ((DECISIONS, b'{"half'), (KEY, b"no key")):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_bytes(content)
    assert FeedbackStore(tmp_path).stats().total_predictions == 0
    assert "holds no key" in caplog.text


def test_checks_and_reports_speak_of_every_journal(three: FeedbackStore) -> None:
    names = [report.name.removesuffix(".jsonl") for report in three.keeping.check()]
    assert names == ["decisions", "nurse_feedback", "case_labels", "training_optouts", "visit_events"]
    assert [report.verified for report in three.keeping.reports()] == [3, 3, 3, 0, 0]


# ── training opt-out


def trained(store: FeedbackStore) -> list[str]:
    """The cases that a training run would learn from."""
    case_of = {record.feedback_id: record.prediction_id for record in store.corrections()}
    return [case_of[name] for told in gather(store).corrections for name in told.verdict_ids]


def test_a_case_that_opted_out_trains_nothing_until_it_is_let_in_again(three: FeedbackStore, tmp_path: Path) -> None:
    three.opt_outs.set("p1")
    assert trained(three) == ["p0", "p2"]
    assert trained(FeedbackStore(tmp_path)) == ["p0", "p2"]
    three.opt_outs.set("p1", is_out=False)
    assert len(trained(three)) == 3 == len(three.corrections())


def test_what_was_altered_or_cannot_be_judged_for_want_of_its_key_trains_nothing(
    three: FeedbackStore, tmp_path: Path
) -> None:
    path = tmp_path / FEEDBACK
    path.write_bytes(path.read_bytes().replace(b'"age":65', b'"age":66', 1))
    assert trained(three) == ["p1", "p2"]
    key = (tmp_path / KEY).read_bytes()
    (tmp_path / KEY).unlink()
    assert (trained(FeedbackStore(tmp_path)), FeedbackStore(tmp_path).count()) == ([], 3)
    (tmp_path / KEY).write_bytes(key)
    assert len(trained(FeedbackStore(tmp_path))) == 2


def test_opt_outs_survive_damage_and_a_file_taken_away(three: FeedbackStore, tmp_path: Path) -> None:
    three.opt_outs.set("p1")
    path = tmp_path / "triage" / "training_optouts.jsonl"
    with path.open("ab") as file:
        file.write(b'{broken\n{"prediction_id": 3}\n')
    three.opt_outs.set("p2")
    assert three.opted_out() == {"p1", "p2"}
    path.unlink()
    assert three.opted_out() == frozenset()
