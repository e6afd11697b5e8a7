"""A verdict is taken back by one more line: nothing is deleted, and statistics and corrections follow."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_store.errors import NothingToWithdraw
from feedback_store.journals import FEEDBACK
from feedback_store.record import FeedbackRecord
from feedback_store.store import FeedbackStore

Builder = Callable[..., object]


@pytest.fixture
def verdict(store: FeedbackStore, a_decision: Builder, a_verdict: Builder) -> FeedbackRecord:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    return store.submit(a_verdict(kind="upgrade"))


def test_a_withdrawn_verdict_leaves_statistics_and_corrections_and_stays_in_the_file(
    store: FeedbackStore, verdict: FeedbackRecord, tmp_path: Path
) -> None:
    withdrawal = store.withdraw(verdict)
    assert (store.count(), store.stats().total_feedback, store.corrections()) == (0, 0, ())
    lines = [json.loads(line) for line in (tmp_path / FEEDBACK).read_text("utf-8").splitlines()]
    assert lines[0]["feedback_id"] == lines[1]["withdraws"] == withdrawal.withdraws == verdict.feedback_id
    assert store.faults() == ()


def test_a_verdict_given_after_a_withdrawal_stands(
    store: FeedbackStore, verdict: FeedbackRecord, a_verdict: Builder
) -> None:
    store.withdraw(verdict)
    store.submit(a_verdict())
    assert [record.feedback_type for record in store.corrections()] == ["correct"]


def test_only_the_verdict_that_stands_can_be_withdrawn_and_only_once(
    store: FeedbackStore, verdict: FeedbackRecord, a_verdict: Builder
) -> None:
    second = store.submit(a_verdict())
    with pytest.raises(NothingToWithdraw):
        store.withdraw(verdict)
    store.withdraw(second)
    with pytest.raises(NothingToWithdraw):
        store.withdraw(second)
    assert store.count() == 0


def test_a_store_opened_anew_knows_of_the_withdrawal(
    store: FeedbackStore, verdict: FeedbackRecord, tmp_path: Path
) -> None:
    store.withdraw(verdict)
    assert FeedbackStore(tmp_path).count() == 0


def test_another_nurses_verdict_on_the_same_decision_stays(
    store: FeedbackStore, verdict: FeedbackRecord, a_verdict: Builder
) -> None:
    store.submit(a_verdict(nurse_id="b"))
    store.withdraw(verdict)
    assert [record.nurse_id for record in store.corrections()] == ["b"]
