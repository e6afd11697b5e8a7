"""Triage of one patient: form on the left, answer on the right, always in the same place."""

import streamlit as st

from app import wiring
from app.ui import card, form, judging, quick_line, verdict
from app.ui.texts import t

services = wiring.services()
form_side, card_side = st.columns([1.9, 1], gap="medium")

with form_side:
    quick_line.quick_line(services)
    reading = form.patient_form(services.triage.book, services.triage.search)
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button(t("tri.next"), key="tri_next", on_click=judging.next_patient)
        if st.button(t("tri.evaluate"), key="tri_evaluate", type="primary", shortcut="Ctrl+Enter"):
            judging.evaluate(services, reading)

with card_side:
    card.show_refusal(judging.refused())
    judged = judging.current()
    if judged is None:
        card.show_empty()
    else:
        stale = judged.fingerprint != reading.fingerprint
        card.show_decision(judged, services.triage.book, stale=stale, brief=verdict.is_panel_open())
        if not stale:
            verdict.verdict_buttons(judged.decision)
