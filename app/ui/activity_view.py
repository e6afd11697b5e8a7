"""The head nurse's day: figures, arrivals by hour, waits by level against their delays."""

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from app.ui import charts, texts
from app.ui.badge import LOOKS
from app.ui.texts import small, t
from app.ui.waiting_view import minutes_text
from feedback_store.activity import DayActivity, LevelWait, day_activity
from feedback_store.waiting import WaitingRoom

DAYS = ("today", "yesterday")


def pick_day() -> date:
    """Today or yesterday on this browser's clock: what the waiting room remembers."""
    chosen = st.segmented_control(
        t("activity.day"),
        DAYS,
        default="today",
        required=True,
        format_func=lambda day: texts.choice(t(f"activity.{day}")),
        key="activite_day",
        label_visibility="collapsed",
    )
    today = datetime.now(texts.zone()).date()
    return today - timedelta(days=1) if chosen == "yesterday" else today


def activity_of(room: WaitingRoom, day: date) -> DayActivity:
    """The figures of a day from the visits that are remembered."""
    return day_activity(room.all_visits(), day, texts.zone(), datetime.now(UTC))


def show_activity(activity: DayActivity) -> None:
    """Figures first, then when they came, then how long they waited."""
    if not activity.n_visits:
        st.info(t("activity.empty"))
        return
    _figures(activity)
    hours_side, waits_side = st.columns(2)
    with hours_side:
        st.markdown(small(t("activity.by_hour")))
        charts.arrivals(activity.by_hour)
        st.markdown(small(t("activity.by_level")))
        charts.by_french_level([(row.level, row.n_visits) for row in activity.by_level])
    with waits_side:
        st.markdown(small(t("activity.delays")))
        taken = [_wait(row, row.median_wait_min) for row in activity.by_level if row.median_wait_min is not None]
        if taken:
            charts.waits(taken)
        else:
            st.info(t("activity.none_taken"))


def _wait(row: LevelWait, wait: float) -> tuple[str, float, str]:
    """The level, its median wait as a share of its delay, and both in words; level 1, at once, has no share to draw."""
    name, delay, waited = f"{LOOKS[row.level].shape} {row.level.value}", row.level.physician_delay_min, round(wait)
    if not delay:
        return name, 0.0, t("activity.wait.now", waited=minutes_text(waited))
    return name, waited / delay, t("activity.wait", waited=minutes_text(waited), delay=t("room.minutes", minutes=delay))


def _figures(activity: DayActivity) -> None:
    shown = {
        "activity.arrivals": texts.number(activity.n_visits),
        "activity.waiting": texts.number(activity.n_waiting),
        "activity.kept": texts.percent(activity.delays_kept),
        "activity.triage": _duration(activity.median_triage_min),
        "activity.overrides": texts.percent(activity.override_rate),
        "activity.left": texts.number(activity.n_left),
    }
    reasons = _reasons(activity)
    for column, (key, value) in zip(st.columns(len(shown)), shown.items(), strict=True):
        column.metric(t(key), value, help=t(f"{key}.help") if texts.has(f"{key}.help") else None)
        if key in reasons:
            column.markdown(small(t(reasons[key])))


def _reasons(activity: DayActivity) -> dict[str, str]:
    """The key of the words under each figure that is only a dash."""
    told = {
        "activity.kept": "activity.no_delay" if activity.delays_kept is None else None,
        "activity.triage": f"activity.untimed.{activity.untimed}" if activity.untimed else None,
        "activity.overrides": "activity.no_verdict" if activity.override_rate is None else None,
    }
    return {figure: reason for figure, reason in told.items() if reason}


def _duration(minutes: float | None) -> str:
    if minutes is None:
        return "—"
    if minutes < 2:
        return t("activity.seconds", seconds=texts.number(round(60 * minutes)))
    return t("activity.minutes", minutes=texts.number(round(minutes)))
