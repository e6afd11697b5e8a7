"""The department's protocols beside the decision: one key opens what speaks of this patient, each passage cited."""

import streamlit as st

from app import wiring
from app.protocols.library import Hit, ProtocolLibrary
from app.ui import focus, texts
from app.ui.card import finding_label
from app.ui.motif import motif_label
from app.ui.texts import small, t
from triage_core.decision import Decision

SHORTCUT = "Alt+G"
ASKED = "protocols_asked"


def protocols_button(services: wiring.Services, decision: Decision) -> None:
    """One key opens the passages nearest to the motif and to the rules that fired; another question may be typed."""
    if st.button(t("protocols.open"), key="protocols_open", shortcut=SHORTCUT, on_click=focus.on, args=(ASKED,)):
        _open(services, _question(services, decision))


def _open(services: wiring.Services, question: str) -> None:
    @st.dialog(t("protocols.title"), width="large")
    def dialog() -> None:
        asked = st.text_input(t("protocols.ask"), value=question, key=ASKED, live="300ms")
        show_passages(services.protocols, asked or "")

    dialog()


def show_passages(library: ProtocolLibrary, asked: str) -> None:
    """The passages that answer, or what is missing for there to be one."""
    hits = library.search(asked)
    for hit in hits:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{texts.plain(citation(hit))}**")
            st.markdown(texts.plain(hit.excerpt))
    if library.fault is not None:
        st.warning(t("protocols.fault", reason=texts.plain(library.fault)))
    elif library.is_empty:
        st.info(t("protocols.empty", folder=texts.plain(library.folder.name)))
    elif not hits:
        st.info(t("protocols.none"))
    if library.unreadable:
        said = (t(f"protocols.unread.{left.reason}", file=texts.plain(left.file)) for left in library.unreadable)
        st.markdown(small(*said))


def citation(hit: Hit) -> str:
    """Where a passage stands: file and page, or file and section."""
    passage = hit.passage
    if passage.page is not None:
        return t("protocols.page", file=passage.file, page=passage.page)
    return (
        passage.file if passage.section is None else t("protocols.section", file=passage.file, section=passage.section)
    )


def _question(services: wiring.Services, decision: Decision) -> str:
    motif = "" if decision.motif_id is None else motif_label(services.book, decision.motif_id)
    fired = (finding_label(services.book, finding) for finding in decision.findings[:2])
    return " ".join(dict.fromkeys((motif, *fired)))[:200]
