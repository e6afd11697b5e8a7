"""The help page: the keys, what a field understands, the six levels, how to read an answer."""

import streamlit as st

from app.ui import card
from app.ui.badge import show_badge
from app.ui.texts import t
from triage_core.levels import FrenchLevel

BADGE_WIDTH = 42  # pixels
MORE_KEYS = {
    "F, M, A": "help.sex",
    "Alt+V": "help.quick",
    "Alt+L": "rows.open",
    "Alt+G": "protocols.open",
    "Alt+P": "sheet.download",
}
ANSWERS = ("numbers", "empty", "nm", "refusal", "meter")
READINGS = ("provisional", "stale", "raised", "lowering")


def show_help() -> None:
    """Everything on one page, without a model or a patient."""
    keys_side, levels_side = st.columns(2, gap="medium")
    with keys_side:
        _keys()
        st.subheader(t("help.answers"), anchor=False)
        st.markdown("\n".join(f"- {t(f'help.answer.{name}')}" for name in ANSWERS))
    with levels_side:
        _levels()
        st.subheader(t("help.reads"), anchor=False)
        st.markdown("\n".join(f"- {t(f'help.read.{name}')}" for name in READINGS))
    st.markdown(t("help.limits"))


def _keys() -> None:
    st.subheader(t("help.keys"), anchor=False)
    rows = [f"| {t('help.key')} | {t('help.does')} |", "|---|---|"]
    rows += [f"| `{card.key_name(key)}` | {t(word)} |" for key, word in (card.KEYS | MORE_KEYS).items()]
    st.markdown("\n".join(rows))


def _levels() -> None:
    st.subheader(t("help.levels"), anchor=False)
    for level in reversed(FrenchLevel):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            word = card.gravity_word(level.gravity)
            show_badge(level, t("room.alt", level=level.value, gravity=word), width=BADGE_WIDTH)
            st.markdown(f"**{word}** · {card.delay_text(level)}")
