"""Verdicts that contradict each other or that nobody should learn blindly. For administrators."""

import streamlit as st

from app.ui import adjudication_view, roles
from app.ui.texts import t

roles.require_administrator()

st.title(t("arbitrage.title"), anchor=False)
roles.show_notice()
adjudication_view.show_all()
