"""The administrator's switch: turn the model off at once, or on again, with a written reason that is kept."""

from typing import Literal

import streamlit as st

from app import wiring
from app.ui import roles, state, texts
from app.ui.texts import t
from feedback_store.errors import JournalWriteError
from feedback_store.model_switch import LEAST_REASON, MOST_REASON, SwitchEvent, SwitchRefused


def show_switch() -> None:
    """Whether the model may speak, since when and why; the button that changes it; what was done before."""
    switch = wiring.services().model_switch
    off = switch.off()
    st.subheader(t("switch.title"), anchor=False)
    st.markdown(t("switch.is_on") if off is None else _said(off))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("switch.reason"), key=state.SWITCH_REASON, max_chars=MOST_REASON)
        if off is None:
            st.button(t("switch.turn_off"), key="switch_off", on_click=_turn_off)
        else:
            st.button(t("switch.turn_on"), key="switch_on", type="primary", on_click=_turn_on)
    events = switch.history()
    if events:
        rows = [_row(event) for event in reversed(events)]
        st.dataframe(rows, hide_index=True, alt=t("switch.title"))


def _said(off: SwitchEvent) -> str:
    return t("switch.is_off", by=texts.plain(off.by), day=_when(off), reason=texts.plain(off.reason))


def _when(event: SwitchEvent) -> str:
    if event.timestamp is None:
        return "—"
    return f"{texts.date(event.timestamp.isoformat())} {texts.time_of_day(event.timestamp)}"


def _row(event: SwitchEvent) -> dict[str, str]:
    return {
        t("switch.what"): t(f"switch.{event.event}"),
        t("switch.when"): _when(event),
        t("switch.by"): event.by,
        t("switch.why"): event.reason,
    }


@roles.guarded
def _turn_off() -> None:
    _turn("off")


@roles.guarded
def _turn_on() -> None:
    _turn("on")


def _turn(event: Literal["off", "on"]) -> None:
    reason = str(st.session_state.get(state.SWITCH_REASON) or "")
    try:
        wiring.services().model_switch.turn(event, roles.who(), reason)
    except SwitchRefused:
        st.session_state[state.NOTICE] = ("error", t("switch.no_reason", least=LEAST_REASON))
        return
    except JournalWriteError:
        st.session_state[state.NOTICE] = ("error", t("switch.not_kept"))
        return
    st.session_state[state.SWITCH_REASON] = ""
    st.session_state[state.NOTICE] = ("success", t(f"switch.done.{event}"))
