"""Help: the keys, the levels, how to read an answer."""

import streamlit as st

from app.ui import help_view
from app.ui.texts import t

st.title(t("help.title"), anchor=False)
help_view.show_help()
