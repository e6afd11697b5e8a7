"""Training of a challenger: options, live state, outcome. For administrators."""

import streamlit as st

from app.ui import degraded_view, roles, training_view
from app.ui.texts import t

roles.require_administrator()

st.title(t("train.title"), anchor=False)
roles.show_notice()
degraded_view.show_mlflow()
training_view.options_and_start()
training_view.automatic()
training_view.live_status()
