"""The model in use: is it still good, since when, on whom; the waiting model beside it. For administrators."""

import streamlit as st

from app.ui import charts, compare_view, roles, watch_view
from app.ui.texts import t

roles.require_administrator()

st.title(t("watch.title"), anchor=False)
roles.show_notice()
watch_view.show_alerts()
days = watch_view.pick_period()
watch_view.show_verdicts(days)
watch_view.show_decisions(days)
watch_view.show_drift(days)
compare_view.show_comparison()
charts.follow_theme()
