"""The day at the door in figures, for the head nurse."""

import streamlit as st

from app import wiring
from app.ui import activity_sheet, activity_view, charts
from app.ui.texts import t

st.title(t("activity.title"), anchor=False)
with st.container(horizontal=True, vertical_alignment="center"):
    day = activity_view.pick_day()
    activity_sheet.offer(wiring.services(), day)
activity_view.show_activity(activity_view.activity_of(wiring.services().store.waiting, day))
charts.follow_theme()
