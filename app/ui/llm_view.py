"""The optional online assistant beside the quick line: said to be on, asked by a button, shown and never filled in."""

from urllib.parse import urlsplit

import streamlit as st

from app import wiring
from app.llm_extraction import Proposals, propose
from app.ui import state, texts
from app.ui.extracted import pairs
from app.ui.texts import t
from triage_core.extraction.result import Extraction


def ask_the_assistant(services: wiring.Services, text: str, ours: Extraction) -> None:
    """Nothing when it is off; else the warning, the button, and what it proposed beyond our own reading."""
    settings = services.settings.llm
    if settings is None:
        return
    st.markdown(texts.small(t("llm.on", host=texts.plain(urlsplit(settings.base_url).netloc.rpartition("@")[2]))))
    if st.button(t("llm.ask"), key="quick_assistant"):
        st.session_state[state.ASSISTANT] = (text, propose(text, settings))
    asked, proposals = st.session_state.get(state.ASSISTANT) or (None, None)
    if proposals is not None and asked == text:
        st.markdown(texts.small(_told(services, proposals, ours)))


def _told(services: wiring.Services, proposals: Proposals, ours: Extraction) -> str:
    if proposals.fault is not None:
        return t(f"llm.fault.{proposals.fault}")
    beyond = {
        name: extracted
        for name, extracted in proposals.values.items()
        if name not in ours.values or ours.values[name].value != extracted.value
    }
    if not beyond:
        return t("llm.nothing")
    return t("llm.proposals", values=pairs(services.book, Extraction(beyond, ())))
