"""Are the journals what they were? What verification found, what to do, the digest. For administrators."""

import streamlit as st

from app.ui import keeping_view, roles, seen_view
from app.ui.texts import t

roles.require_administrator()

st.title(t("journal.title"), anchor=False)
roles.show_notice()
keeping_view.show_journals()
seen_view.show_seen()
