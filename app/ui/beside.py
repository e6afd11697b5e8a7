"""What is one key away from the answer: the rows of the grid, the department's protocols, the sheet to print."""

import streamlit as st

from app import wiring
from app.ui import grid_rows, texts
from app.ui.card import to_check
from app.ui.judging import Judged
from app.ui.protocols_view import protocols_button
from app.ui.sheet_view import sheet_button
from app.ui.texts import t


def beside(services: wiring.Services, judged: Judged) -> None:
    """Three keys under the answer; none of them changes it."""
    count = len(judged.decision.not_evaluable)
    undecided = f" · {texts.counted('card.undecided', count)}" if count else ""
    with st.container(horizontal=True, gap="xsmall"):
        if st.button(t("rows.open") + undecided, key="card_rows", shortcut=grid_rows.KEY):
            grid_rows.show(judged, services.book)
        protocols_button(services, judged.decision)
        sheet_button(services, judged.decision.prediction_id, to_check(judged, services.book))
