"""A hospital's own past visits: choose a file, confirm what its columns mean, import it. For administrators."""

import streamlit as st

from app.ui import import_view, roles
from app.ui.texts import t

roles.require_administrator()

st.title(t("import.title"), anchor=False)
roles.show_notice()
import_view.live_status()
name = import_view.choose_file()
if name is not None:
    import_view.understand(name)
