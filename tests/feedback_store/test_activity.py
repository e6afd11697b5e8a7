"""The day's figures: arrivals by the local hour, delays kept, time of triage, levels changed."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback_store.activity import DayActivity, day_activity, visits_of
from feedback_store.visits import Visit
from tests.feedback_store.conftest import NOON
from triage_core.levels import FrenchLevel

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2026, 11, 23)
NOW = NOON + timedelta(hours=3)


def a_visit(name: str = "p1", arrived: float = 0, level: str = "2", **changes: object) -> Visit:
    moment = NOON + timedelta(minutes=arrived)
    ours = FrenchLevel(level)
    facts = {"provisional": False, "motif_id": None, "decided_level": ours}
    return Visit(name, name, moment, moment, ours, **facts | changes)  # type: ignore[arg-type]


def after(minutes: float) -> object:
    return NOON + timedelta(minutes=minutes)


def activity(*visits: Visit) -> DayActivity:
    return day_activity(visits, DAY, PARIS, NOW)


def test_an_empty_day_has_no_shares() -> None:
    told = activity()
    assert (told.n_visits, told.delays_kept, told.median_triage_min, told.override_rate) == (0, None, None, None)
    assert sum(told.by_hour) == 0


def test_arrivals_count_at_the_local_hour_of_the_local_day() -> None:
    told = activity(a_visit("a"), a_visit("b", arrived=5), a_visit("tomorrow in Paris", arrived=11 * 60 + 30))
    assert (told.n_visits, told.by_hour[13], told.n_waiting) == (2, 2, 2)


def test_a_delay_is_kept_broken_or_not_yet_known() -> None:
    kept = a_visit("kept", ended=after(20))
    late = a_visit("late", ended=after(21))
    waiting_late = a_visit("still there", level="3B")
    waiting = a_visit("in time", arrived=170, level="3B")
    left_late = a_visit("left", level="3A", ended=after(100), left=True)
    left_early = a_visit("left early", level="3A", ended=after(10), left=True)
    at_once = a_visit("level 1", level="1", ended=after(3))
    told = activity(kept, late, waiting_late, waiting, left_late, left_early, at_once)
    assert (told.delays_kept, told.n_left, told.n_waiting) == (0.25, 2, 2)


def test_waits_are_told_by_level_most_urgent_first() -> None:
    told = activity(a_visit("a", ended=after(10)), a_visit("b", ended=after(30)), a_visit("c", level="4"))
    shown = [(row.level.value, row.n_visits, row.n_taken, row.median_wait_min) for row in told.by_level]
    assert shown[1] == ("2", 2, 2, 20.0)
    assert shown[4] == ("4", 1, 0, None)
    assert [row[0] for row in shown] == ["1", "2", "3A", "3B", "4", "5"]


def test_verdicts_give_the_time_of_triage_and_the_share_of_levels_changed() -> None:
    same = a_visit("same", verdict=after(1), entry_s=60)
    changed = a_visit("changed", verdict=after(3), entry_s=0, decided_level=FrenchLevel.L4)
    told = activity(same, changed, a_visit("unjudged"), a_visit("alone", verdict=after(2), decided_level=None))
    assert (told.median_triage_min, told.override_rate) == (2.5, 0.5)


@pytest.mark.parametrize(
    ("visit", "why"),
    [
        (a_visit(), "unconfirmed"),
        (a_visit(verdict=after(1), entry_s=60, n_evaluations=2), "reevaluated"),
        (a_visit(verdict=after(1)), "unknown"),
        (a_visit(verdict=after(1), entry_s=60), None),
    ],
)
def test_a_day_without_a_time_of_triage_says_why(visit: Visit, why: str | None) -> None:
    told = activity(visit)
    assert (told.untimed, told.median_triage_min is None) == (why, why is not None)


def test_the_visits_of_a_day_leave_by_their_figures_in_order_of_arrival() -> None:
    left = a_visit("left", arrived=5, level="4", ended=after(35), left=True, n_evaluations=2)
    taken = a_visit("taken", verdict=after(2), ended=after(30), motif_id="fievre")
    other_day = a_visit("tomorrow in Paris", arrived=11 * 60 + 30)
    first, second = visits_of([left, other_day, taken], DAY, PARIS, NOW)
    assert (first.arrived.hour, first.motif_id, first.verdict_min, first.waited_min) == (13, "fievre", 2, 30)
    assert (first.delay_min, first.delay_kept, first.outcome) == (20, False, "taken_over")
    assert (second.n_evaluations, second.verdict_min, second.waited_min) == (2, None, 30)
    assert (second.delay_kept, second.outcome) == (None, "left")


def test_a_visit_of_the_day_that_still_waits_counts_until_now_and_names_nobody() -> None:
    (told,) = visits_of([a_visit("secret-id", age=34, sexe="F")], DAY, PARIS, NOW)
    assert (told.waited_min, told.delay_kept, told.outcome) == (180, False, "waiting")
    assert not {"visit_id", "prediction_id", "age", "sexe"} & set(vars(told)) and "secret-id" not in repr(told)
