"""The served model, its figures and its challengers; promotion and return. For administrators."""

import streamlit as st

from app import wiring
from app.ui import card_view, charts, degraded_view, model_view, override_view, roles, switch_view, trial_view
from app.ui.texts import t

roles.require_administrator()

st.title(t("modele.title"), anchor=False)
roles.show_notice()
degraded_view.show_mlflow()
model_view.show_champion()
versions = wiring.services().models.versions()
model_view.show_versions(versions)
model_view.promotion(versions)
override_view.show_overrides()
override_view.override(versions)
trial_view.show_trial()
switch_view.show_switch()
card_view.show_card(versions)
charts.follow_theme()
