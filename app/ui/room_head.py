"""The head of the waiting room, who is next without leaving the desk: under the form, on a wide page under the card."""

import re
from datetime import UTC, datetime
from itertools import accumulate

import streamlit as st

from app import wiring
from app.ui import space, state, texts
from app.ui.badge import inline_badge
from app.ui.card import gravity_word
from app.ui.motif import motif_label
from app.ui.texts import t
from app.ui.waiting_view import is_late, minutes_text, name_of, who_text
from feedback_store.visits import Visit
from triage_core.levels import FrenchLevel

BADGE_LETTERS = 9  # a badge is as wide
_SHOWN = re.compile(r"!\[.*?\]\(.*?\)|:red-badge|[*\\\[\]]")  # what the page does not show as letters


def room_head(services: wiring.Services, n_asked: int) -> None:
    """Those who come first, as many as the page has room for, and how many wait in all; nothing while nobody does.

    ``n_asked``: the questions about numbers that stand in the form.
    """
    visits = services.store.waiting.board().visits
    most = space.room_lines(entering=bool(st.session_state.get(state.MOTIF)), n_asked=n_asked)
    if not visits or not most:
        return
    now = datetime.now(UTC)
    lines = [_line(services, visit, now) for visit in visits[:most]]
    room = accumulate(space.rows_of(BADGE_LETTERS + len(_SHOWN.sub("", line))) for line in lines)
    fitting = [line for line, taken in zip(lines, room, strict=True) if taken <= most]
    st.markdown(texts.small(f"**{t('head.title', count=len(visits))}**", *(fitting or lines[:1])))


def _line(services: wiring.Services, visit: Visit, now: datetime) -> str:
    motif = t("room.no_motif") if visit.motif_id is None else motif_label(services.book, visit.motif_id)
    waited = minutes_text(visit.waited_min(now))
    alt = t("room.alt", level=visit.level.value, gravity=gravity_word(visit.level.gravity))
    badge = inline_badge(visit.level, alt, provisional=visit.provisional)
    first = f"{badge} **{name_of(services, visit)}** · {waited}{_pressing(visit, now)}"
    return " · ".join((first, *who_text(visit), texts.plain(motif)))


def _pressing(visit: Visit, now: datetime) -> str:
    if visit.level is FrenchLevel.L1:
        return f" :red-badge[{t('head.at_once')}]"
    return f" :red-badge[{t('head.late')}]" if is_late(visit, now) else ""
