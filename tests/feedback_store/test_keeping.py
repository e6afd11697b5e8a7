"""Daily digests are kept apart, keys can be lost, opt-outs train nothing."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_store.intake import gather
from feedback_store.journals import DECISIONS, FEEDBACK, KEY
from feedback_store.proof import Kind
from feedback_store.store import FeedbackStore
from tests.feedback_store.conftest import NOON, Clock, findings

Make = Callable[..., object]
SAMPLES = Path(__file__).with_name("samples")


def trained(store: FeedbackStore) -> list[str]:
    """The cases that a training run would learn from."""
    case_of = {record.feedback_id: record.prediction_id for record in store.corrections()}
    return [case_of[name] for told in gather(store).corrections for name in told.verdict_ids]


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
    main = ["decisions", "nurse_feedback", "case_labels", "training_optouts", "visit_events"]
    assert names == [*main, "reviews", "trials", "model_switch", "alerts", "automatic_runs", "promotions"]
    assert [report.verified for report in three.keeping.reports()] == [3, 3, 3, *[0] * 8]


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
