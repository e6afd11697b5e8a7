"""The rules of triage, searchable: what decides, from which source, read by whom."""

import streamlit as st

from app import wiring
from app.ui import rules_view
from app.ui.texts import small, t

book = wiring.services().triage.book

st.title(t("regles.title"), anchor=False)
st.markdown(small(rules_view.subtitle(book)))
st.markdown(small(t("regles.notice")))
rules_view.show_rules(book)
