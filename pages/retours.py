"""What the nurses said of our decisions: figures, alerts, corrections, CSV."""

import streamlit as st

from app import wiring
from app.ui import charts, feedback_view
from app.ui.texts import t

st.title(t("retours.title"), anchor=False)
since_days = feedback_view.pick_period()
feedback_view.show_statistics(wiring.services().store.stats(since_days))
feedback_view.show_corrections(since_days)
charts.follow_theme()
