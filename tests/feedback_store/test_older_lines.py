"""Lines that older versions wrote stay readable, and the chain goes on behind them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_store.alert_log import AlertLog
from feedback_store.automatic import AutomaticRuns
from feedback_store.journals import (
    ALERTS,
    AUTOMATIC,
    DECISIONS,
    FEEDBACK,
    PROMOTIONS,
    REVIEWS,
    SWITCH,
    TRIALS,
    ledgers_of,
)
from feedback_store.keeping import FullReport
from feedback_store.model_switch import ModelSwitch
from feedback_store.proof import Kind
from feedback_store.readable import fault_in
from feedback_store.reviews import Reviews
from feedback_store.segments import Segments
from feedback_store.store import FeedbackStore, keeping_of
from feedback_store.trials import TrialLog
from tests.feedback_store.conftest import NOON, Clock

Make = Callable[..., object]
SAMPLES = Path(__file__).with_name("samples")


def findings(folder: Path) -> list[tuple[str, Kind]]:
    return [(found.file, found.kind) for report in keeping_of(folder).verify() for found in report.findings]


def report_of(folder: Path, name: str) -> FullReport:
    return next(report for report in keeping_of(folder).verify() if report.name == name)


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


# ── journals of acts: plain files before they were chained


def acts(folder: Path) -> dict[str, object]:
    """What each of them tells today, read by those who use it."""
    held = ledgers_of(folder)
    promotions = [line.record or {} for line in held.promotions.read()]
    last = AutomaticRuns(held.automatic, lambda: NOON).last()
    return {
        "reviews": [event.kind for event in Reviews(held.reviews).events()],
        "trials": [(trial.challenger, trial.reason) for trial in TrialLog(held.trials, lambda: NOON).all()],
        "alerts": [alert.acknowledged_by for alert in AlertLog(held.alerts, lambda: NOON).standing()],
        "automatic_runs": last and last.job_id,
        "model_switch": [event.event for event in ModelSwitch(held.switch, lambda: NOON).history()],
        "promotions": [(told.get("act"), told.get("version"), told.get("by")) for told in promotions],
    }


TOLD = {
    "reviews": ["set_aside", "settled"],
    "trials": [("v2", "asked")],
    "alerts": ["Anne"],
    "automatic_runs": "job-1",
    "model_switch": ["off"],
    "promotions": [("promote", "v2", None), ("promote", "v3", "Anne")],
}
PLACES = {path.stem: path for path in (REVIEWS, TRIALS, ALERTS, AUTOMATIC, SWITCH, PROMOTIONS)}
SAMPLED = sorted(path for path in SAMPLES.glob("*.jsonl") if path.stem.rpartition("_")[0] in PLACES)


@pytest.mark.parametrize("sample", SAMPLED, ids=lambda path: path.stem)
def test_an_act_of_any_version_is_read_and_the_chain_goes_on_behind_it(tmp_path: Path, sample: Path) -> None:
    name = sample.stem.rpartition("_")[0]
    path = tmp_path / PLACES[name]
    path.parent.mkdir(parents=True)
    path.write_bytes(sample.read_bytes())
    old = sample.read_bytes().count(b"\n")
    assert acts(tmp_path)[name] == TOLD[name]
    assert [fault_in(path.name, line) for line in Segments(path).read()] == [None] * old
    next(ledger for ledger in ledgers_of(tmp_path) if ledger.path == path).append({"schema_version": 1, "n": 1})
    report = report_of(tmp_path, path.name)
    assert (report.unchained, report.lines, report.findings) == (old, 1, ())
    path.write_bytes(path.read_bytes().replace(b"2026-11-20", b"2026-11-21", 1))
    assert findings(tmp_path) == [(path.name, Kind.ALTERED)]


def test_there_is_a_sample_of_every_journal_of_acts() -> None:
    assert {path.stem.rpartition("_")[0] for path in SAMPLED} == PLACES.keys() == TOLD.keys()
