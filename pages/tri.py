"""Triage of one patient: form on the left, answer on the right, always in the same place."""

import streamlit as st

from app import wiring
from app.ui import actions, again, beside, card, drafting, form, guide, judging, quick_line, room_head, space, verdict

services = wiring.services()
again.take_up(services)
drafting.resume()
again.recall(services)
is_narrow = space.is_narrow()
head_follows = is_narrow or space.is_wide()  # the answer; else it stands under the form
form_side, card_side = (st.container(), st.container()) if is_narrow else st.columns([1.9, 1], gap="medium")

with form_side:
    again.show_notice(services)
    quick_line.quick_line(services)
    reading = form.patient_form(services.triage.book, services.triage.search)
    actions.action_row(services, reading)
    drafting.show_notice()
    if not head_follows:
        room_head.room_head(services, reading.n_asked)

drafting.keep()

with card_side:
    answer = st.container(border=True)
    if head_follows:
        room_head.room_head(services, reading.n_asked)

with answer:
    card.show_refusal(judging.refused(), only_asked=judging.only_asked())
    card.show_undone()
    judged = judging.current()
    if judged is None:
        card.show_empty()
        guide.show_guide()
    else:
        stale = judged.fingerprint != reading.fingerprint
        card.show_decision(judged, services.triage.book, stale=stale, brief=verdict.is_panel_open())
        if not stale:
            judging.note_drawn()
            verdict.verdict_bar(judged.decision, judged.level_to_check)
            beside.beside(services, judged)
