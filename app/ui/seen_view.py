"""Who saw what: noted when a person opens something, read by administrators on the page of the journals."""

import streamlit as st

from app import wiring
from app.ui import roles, state, texts
from app.ui.texts import t
from feedback_store.access_log import Seen


def note_page(name: str) -> None:
    """Note that this session opened a page: once, not at each rerun of it nor at each look of its clock."""
    if st.session_state.get(state.SEEN_PAGE) != name:
        st.session_state[state.SEEN_PAGE] = name
        note("page", name)


def note(what: str, on: str = "") -> None:
    """Note that the person at this screen opened something."""
    wiring.services().access_log.note(roles.who(), what, on)


def show_seen() -> None:
    """The newest lines, newest first."""
    log, days = wiring.services().access_log, wiring.services().settings.access_log_days
    st.subheader(t("seen.title"), anchor=False)
    found = log.newest()
    if not found:
        st.info(t("seen.none"))
        return
    st.markdown(texts.small(t("seen.caption", count=len(found), days=days)))
    st.dataframe([_row(told) for told in found], hide_index=True, alt=t("seen.title"))


def _row(told: Seen) -> dict[str, str]:
    key = f"seen.{told.what}"
    return {
        t("switch.when"): f"{texts.date(told.timestamp.isoformat())} {texts.time_of_day(told.timestamp)}",
        t("seen.who"): told.who,
        t("seen.what"): t(key) if texts.has(key) else told.what,
        t("seen.on"): _on(told),
    }


def _on(told: Seen) -> str:
    """The page as the navigation names it; a case by its number."""
    page = f"nav.{told.on}"
    return t(page) if told.what == "page" and texts.has(page) else told.on
