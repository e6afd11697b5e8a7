"""The visits of one day as a table for the head nurse's spreadsheet: figures, and nobody's name."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import streamlit as st

from app import wiring
from app.ui import roles, texts
from app.ui.motif import motif_label
from app.ui.texts import t
from feedback_store.activity import DayVisit, visits_of
from feedback_store.spreadsheet import safe_csv
from triage_core.rules.catalog import RuleBook


def offer(services: wiring.Services, day: date) -> None:
    """The day's visits to take away as CSV, noted when they are; nothing on a day without any."""
    visits = visits_of(services.store.waiting.all_visits(), day, texts.zone(), datetime.now(UTC))
    if not visits:
        return
    who = roles.who()

    def export() -> bytes:
        services.access_log.note(who, "activity", day.isoformat())
        return activity_csv(services.book, visits)

    name = t("activity.csv.file", day=day.isoformat())
    st.download_button(t("activity.csv"), texts.as_here(export), file_name=name, mime="text/csv", on_click="ignore")


def activity_csv(book: RuleBook, visits: tuple[DayVisit, ...]) -> bytes:
    """One line a visit under headings in the session's language, safe against formulas."""
    columns = _columns(book)
    head = [t(f"activity.csv.{name}") for name in columns]
    return safe_csv(head, ([told(visit) for told in columns.values()] for visit in visits))


def _columns(book: RuleBook) -> dict[str, Callable[[DayVisit], object]]:
    """Each heading's key and what stands under it."""
    return {
        "arrived": lambda visit: f"{texts.date(visit.arrived.isoformat())} {texts.time_of_day(visit.arrived)}",
        "level": lambda visit: visit.level.value,
        "provisional": lambda visit: _yes_no(visit.provisional),
        "motif": lambda visit: motif_label(book, visit.motif_id) if visit.motif_id else t("room.no_motif"),
        "evaluations": lambda visit: visit.n_evaluations,
        "verdict": lambda visit: _minutes(visit.verdict_min),
        "waited": lambda visit: _minutes(visit.waited_min),
        "delay": lambda visit: visit.delay_min,
        "kept": lambda visit: _yes_no(visit.delay_kept),
        "outcome": lambda visit: t(f"activity.outcome.{visit.outcome}"),
    }


def _yes_no(told: bool | None) -> str | None:
    return None if told is None else t("activity.csv.yes" if told else "activity.csv.no")


def _minutes(minutes: float | None) -> str | None:
    """To a tenth, so that a delay broken by seconds shows; no space between thousands, which a spreadsheet misreads."""
    if minutes is None:
        return None
    return f"{minutes:.1f}".replace(".", "," if texts.language() == "fr" else ".")
