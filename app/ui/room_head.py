"""The head of the waiting room under the form: who is next, without leaving the desk."""

from datetime import UTC, datetime

import streamlit as st

from app import wiring
from app.ui import texts
from app.ui.badge import level_word
from app.ui.motif import motif_label
from app.ui.texts import t
from app.ui.waiting_view import minutes_text, name_of
from feedback_store.visits import Visit

SHOWN = 3


def room_head(services: wiring.Services) -> None:
    """The few who come first, and how many wait in all; nothing while nobody does."""
    visits = services.store.waiting.board().visits
    if not visits:
        return
    now = datetime.now(UTC)
    lines = [_line(services, visit, now) for visit in visits[:SHOWN]]
    st.markdown(texts.small(f"**{t('head.title', count=len(visits))}**", *lines))


def _line(services: wiring.Services, visit: Visit, now: datetime) -> str:
    motif = t("room.no_motif") if visit.motif_id is None else motif_label(services.book, visit.motif_id)
    waited = t("head.waited", waited=minutes_text(visit.waited_min(now)), delay=visit.level.physician_delay_min)
    return f"{level_word(visit.level)} · {name_of(services, visit)} · {texts.plain(motif)} · {waited}"
