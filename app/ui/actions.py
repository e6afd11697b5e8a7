"""The three deeds of the page, always in the same place: one step back, the next patient, evaluate."""

import streamlit as st

from app import wiring
from app.ui import focus, judging, state
from app.ui.form import FormReading
from app.ui.texts import t

UNDO_KEY, NEXT_KEY, EVALUATE_KEY = "Alt+Z", "Alt+N", "Ctrl+Enter"


def action_row(services: wiring.Services, reading: FormReading) -> None:
    """The buttons under the form, each with its key."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        focus.place(state.MOTIF_WORDS)
        st.space("stretch")
        st.button(
            t("undo.button"),
            key="tri_undo",
            shortcut=UNDO_KEY,
            disabled=not judging.may_undo(),
            on_click=judging.undo,
        )
        st.button(t("tri.next"), key="tri_next", shortcut=NEXT_KEY, on_click=judging.next_patient)
        if st.button(t("tri.evaluate"), key="tri_evaluate", type="primary", shortcut=EVALUATE_KEY):
            judging.evaluate(services, reading)
