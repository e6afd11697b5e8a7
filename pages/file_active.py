"""Who waits, most urgent and most overdue first; follows every screen by itself."""

import streamlit as st

from app import wiring
from app.ui import waiting_view
from app.ui.texts import t

services = wiring.services()
board = services.store.waiting.board()

st.title(t("room.title"), anchor=False)
waiting_view.show_outcome()
waiting_view.show_summary(board)
waiting_view.show_board(services, board)
waiting_view.follow(board)
