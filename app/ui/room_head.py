"""The head of the waiting room under the form: who is next, without leaving the desk."""

from datetime import UTC, datetime

import streamlit as st

from app import wiring
from app.ui import texts
from app.ui.badge import inline_badge
from app.ui.card import gravity_word
from app.ui.motif import motif_label
from app.ui.texts import t
from app.ui.waiting_view import is_late, minutes_text, name_of, who_text
from feedback_store.visits import Visit
from triage_core.levels import FrenchLevel

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
    waited = t("room.waited", waited=minutes_text(visit.waited_min(now)))
    alt = t("room.alt", level=visit.level.value, gravity=gravity_word(visit.level.gravity))
    badge = inline_badge(visit.level, alt, provisional=visit.provisional)
    told = (f"**{name_of(services, visit)}**", *who_text(visit), texts.plain(motif), waited)
    return f"{badge} {' · '.join(told)}{_pressing(visit, now)}"


def _pressing(visit: Visit, now: datetime) -> str:
    if visit.level is FrenchLevel.L1:
        return f" :red-badge[{t('head.at_once')}]"
    return f" :red-badge[{t('head.late')}]" if is_late(visit, now) else ""
