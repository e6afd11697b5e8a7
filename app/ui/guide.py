"""The guided first visit, four steps in the empty card: offered, never in the way, gone when skipped."""

import streamlit as st

from app.ui import state
from app.ui.texts import small, t

STEPS = 4


def show_guide() -> None:
    """The offer, or the step this session stands at; nothing once it was skipped or ended."""
    place = st.session_state.get(state.GUIDE, 0)
    if place is None:
        return
    with st.container(border=True, gap="xsmall"):
        if place == 0:
            st.markdown(small(t("guide.offer")))
        else:
            st.markdown(small(t("guide.step", place=place, count=STEPS)))
            st.markdown(t(f"guide.{place}"))
        with st.container(horizontal=True, gap="xsmall"):
            _go_on(place)
            st.button(t("guide.skip"), key="guide_skip", type="tertiary", on_click=_go_to, args=(None,))


def _go_on(place: int) -> None:
    word = "guide.start" if place == 0 else "guide.next" if place < STEPS else "guide.end"
    st.button(t(word), key="guide_next", on_click=_go_to, args=(place + 1 if place < STEPS else None,))


def _go_to(place: int | None) -> None:
    st.session_state[state.GUIDE] = place
