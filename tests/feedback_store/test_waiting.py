"""The waiting room follows the journals: who waits, in which order, and nobody is lost on the way."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_store import waiting
from feedback_store.errors import UnknownPrediction
from feedback_store.journals import DECISIONS, EVENTS, FEEDBACK, ledgers_of
from feedback_store.store import FeedbackStore
from feedback_store.visits import Visit, VisitEvent, in_order
from feedback_store.waiting import CHECKPOINT, WaitingRoom
from tests.feedback_store.conftest import NOON, Clock
from triage_core.levels import FrenchLevel

Make = Callable[..., object]


@pytest.fixture
def triaged(store: FeedbackStore, a_decision: Make, clock: Clock) -> Callable[..., None]:
    """Decide on a patient so many minutes after noon."""

    def decide(prediction_id: str = "p1", level: str = "3B", minute: float = 0, **changes: object) -> None:
        clock.now = NOON + timedelta(minutes=minute)
        store.record_decision(
            a_decision(prediction_id, level, timestamp=clock.now, **{"source": "ui"} | changes)  # type: ignore[arg-type]
        )

    return decide


def names(store: FeedbackStore) -> list[str]:
    return [visit.prediction_id for visit in store.waiting.board().visits]


def test_everyone_triaged_on_our_screens_waits_most_urgent_and_most_overdue_first(
    store: FeedbackStore, triaged: Make, clock: Clock
) -> None:
    triaged("verte", "4", 0)
    triaged("jaune", "3B", 5)
    triaged("rouge", "2", 10)
    triaged("jaune_plus_ancienne", "3B", 1)
    clock.now = NOON + timedelta(hours=1)
    assert names(store) == ["rouge", "jaune_plus_ancienne", "jaune", "verte"]


def test_a_decision_for_another_program_waits_only_once_a_nurse_gave_her_verdict(
    store: FeedbackStore, triaged: Make, a_verdict: Make
) -> None:
    triaged("p1", source="api")
    assert names(store) == []
    store.submit(a_verdict("p1", "upgrade"))
    (visit,) = store.waiting.board().visits
    assert (visit.prediction_id, visit.level) == ("p1", FrenchLevel.L2)


def test_the_nurses_level_counts(store: FeedbackStore, triaged: Make, a_verdict: Make) -> None:
    triaged("p1")
    store.submit(a_verdict("p1", "downgrade"))
    assert [visit.level for visit in store.waiting.board().visits] == [FrenchLevel.L4]


def test_a_verdict_taken_back_gives_our_level_back(store: FeedbackStore, triaged: Make, a_verdict: Make) -> None:
    triaged("p1")
    store.withdraw(store.submit(a_verdict("p1", "downgrade")))
    assert [(visit.level, visit.verdict) for visit in store.waiting.board().visits] == [(FrenchLevel.L3B, None)]


def test_a_verdict_taken_back_on_an_earlier_evaluation_changes_nothing(
    store: FeedbackStore, triaged: Make, a_verdict: Make
) -> None:
    triaged("p1", "3B", 0)
    kept = store.submit(a_verdict("p1", "downgrade"))
    triaged("p2", "2", 40, supersedes="p1")
    store.withdraw(kept)
    assert [visit.level for visit in store.waiting.board().visits] == [FrenchLevel.L2]


def test_a_patient_known_by_a_verdict_alone_still_waits_when_it_is_taken_back(
    store: FeedbackStore, triaged: Make, a_verdict: Make
) -> None:
    triaged("p1", source="api")
    store.withdraw(store.submit(a_verdict("p1", "upgrade")))
    assert [visit.level for visit in store.waiting.board().visits] == [FrenchLevel.L3B]


def test_a_reevaluation_keeps_the_arrival_and_replaces_the_level(store: FeedbackStore, triaged: Make) -> None:
    triaged("p1", "3B", 0, features={"age": 65, "motif_id": "douleur_gorge"})
    triaged("p2", "2", 40, supersedes="p1", provisional=True)
    (visit,) = store.waiting.board().visits
    assert (visit.visit_id, visit.prediction_id, visit.level, visit.provisional) == ("p1", "p2", FrenchLevel.L2, True)
    assert (visit.arrived, visit.evaluated, visit.n_evaluations) == (NOON, NOON + timedelta(minutes=40), 2)
    assert store.waiting.visit("p1") == store.waiting.visit("p2") == visit


def test_a_verdict_on_the_evaluation_before_changes_nothing(
    store: FeedbackStore, triaged: Make, a_verdict: Make
) -> None:
    triaged("p1", "3B", 0)
    triaged("p2", "2", 40, supersedes="p1")
    store.submit(a_verdict("p1", "downgrade"))
    assert [visit.level for visit in store.waiting.board().visits] == [FrenchLevel.L2]


def test_whoever_was_taken_over_or_left_waits_no_more_until_it_is_undone(
    store: FeedbackStore, triaged: Make, clock: Clock
) -> None:
    triaged("p1")
    triaged("p2")
    clock.now += timedelta(minutes=1)
    store.waiting.record("p1", "taken_over", by="ioa")
    store.waiting.record("p2", "left")
    assert names(store) == []
    clock.now += timedelta(minutes=1)
    store.waiting.record("p1", "returned")
    assert names(store) == ["p1"]


def test_a_patient_evaluated_again_after_the_physician_waits_again(store: FeedbackStore, triaged: Make) -> None:
    triaged("p1")
    store.waiting.record("p1", "taken_over")
    triaged("p2", "3A", 30, supersedes="p1")
    restarted = FeedbackStore(store.waiting._path.parents[1], clock=lambda: NOON + timedelta(minutes=31))
    assert names(store) == names(restarted) == ["p2"]


def test_an_event_on_nobody_is_refused(store: FeedbackStore) -> None:
    with pytest.raises(UnknownPrediction):
        store.waiting.record("unknown", "left")


def test_a_wait_without_end_leaves_the_list_after_a_day_and_is_counted(
    store: FeedbackStore, triaged: Make, clock: Clock
) -> None:
    triaged("p1")
    clock.now = NOON + timedelta(hours=25)
    board = store.waiting.board()
    assert (board.visits, board.n_expired) == ((), 1)


def test_another_process_sees_it_and_a_new_one_continues_where_the_checkpoint_stands(
    store: FeedbackStore, triaged: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(waiting, "SAVE_EVERY", 2)
    other = FeedbackStore(tmp_path, clock=clock)
    triaged("p1")
    assert names(other) == ["p1"]
    triaged("p2", "2")
    assert names(store) == names(other) == ["p2", "p1"]
    assert (tmp_path / CHECKPOINT).exists()
    triaged("p3", "1")
    assert names(FeedbackStore(tmp_path, clock=clock)) == ["p3", "p2", "p1"]


@pytest.mark.parametrize("content", [b"{", b'{"version": 3, "marks": [], "visits": [], "visit_of": {}}'])
def test_a_damaged_checkpoint_is_rebuilt_from_the_journals(
    store: FeedbackStore, triaged: Make, tmp_path: Path, clock: Clock, content: bytes
) -> None:
    triaged("p1")
    (tmp_path / CHECKPOINT).write_bytes(content)
    assert names(FeedbackStore(tmp_path, clock=clock)) == ["p1"]


def test_a_checkpoint_of_other_files_is_not_believed(
    store: FeedbackStore, triaged: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(waiting, "SAVE_EVERY", 1)
    triaged("p1")
    assert names(store) == ["p1"]
    journal = tmp_path / DECISIONS
    content = journal.read_bytes()
    journal.unlink()
    journal.write_bytes(b'{"another": 1}\n' + content)
    assert names(store) == names(FeedbackStore(tmp_path, clock=clock)) == ["p1"]


def test_a_checkpoint_that_cannot_be_written_costs_nothing_but_time(
    store: FeedbackStore, triaged: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SAVE_EVERY", 1)
    (tmp_path / CHECKPOINT).mkdir(parents=True)
    triaged("p1")
    assert names(store) == ["p1"]


def test_damaged_lines_do_not_stop_the_room(store: FeedbackStore, triaged: Make, tmp_path: Path) -> None:
    triaged("p1")
    stamp = '"timestamp":"2026-11-23T12:00:00Z"'
    for path in (DECISIONS, FEEDBACK, EVENTS):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        with (tmp_path / path).open("ab") as file:
            file.write(b"{broken\n[]\n" + f'{{"source":"ui",{stamp},"schema_version":99}}\n'.encode())
            file.write(f'{{"source":"ui",{stamp},"schema_version":2}}\n'.encode())
    nobody = VisitEvent.new("unknown", "left", NOON, None).model_dump(mode="json")
    ledgers_of(tmp_path).events.append(nobody)
    assert names(store) == ["p1"]


def test_what_happened_before_yesterday_is_passed_over_without_being_read(
    store: FeedbackStore, triaged: Make, a_verdict: Make, clock: Clock
) -> None:
    triaged("p1")
    store.submit(a_verdict("p1"))
    store.waiting.record("p1", "left")
    clock.now = NOON + timedelta(hours=60)
    assert FeedbackStore(store.waiting._path.parents[1], clock=clock).waiting.visit("p1") is None


def test_visits_of_the_day_before_yesterday_are_forgotten(
    store: FeedbackStore, triaged: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    triaged("old")
    assert names(store) == ["old"]
    monkeypatch.setattr(waiting, "SAVE_EVERY", 1)
    triaged("new", minute=60 * 49)
    assert names(store) == ["new"]
    assert store.waiting.visit("old") is None


def test_the_room_alone_needs_no_store(tmp_path: Path) -> None:
    decisions, feedback, _, _, events, *_ = ledgers_of(tmp_path)
    room = WaitingRoom(decisions, feedback, events, tmp_path)
    assert room.board().visits == ()


def test_delay_and_reassessment_count_from_arrival_and_from_the_last_evaluation() -> None:
    later = NOON + timedelta(minutes=30)
    visit = Visit("p1", "p2", NOON, later, FrenchLevel.L2, False, None)
    now = NOON + timedelta(minutes=40)
    assert (visit.waited_min(now), visit.overdue_min(now), visit.reassess_in_min(now)) == (40, 20, 5)
    assert visit.waited_min(NOON - timedelta(hours=1)) == 0
    assert in_order([visit], now) == (visit,)
