"""Choosing the motif: free words, ranked suggestions, the whole grid, then the criteria that this motif asks for."""

import streamlit as st

from app.ui import state, texts
from app.ui.texts import t
from triage_core.features import MEASURES
from triage_core.motifs.search import MotifCandidate, MotifSearch
from triage_core.rules.catalog import Motif, Rule, RuleBook
from triage_core.rules.conditions import features_of

SHOWN_SUGGESTIONS = 3


def pick_motif(book: RuleBook, search: MotifSearch, age: float | None) -> Motif | None:
    """One row: the patient's words and the motif of the grid; suggestions under it until one is chosen."""
    words_side, grid_side = st.columns(2)
    words = words_side.text_input(
        t("tri.words"),
        key=state.MOTIF_WORDS,
        placeholder=t("tri.words.hint"),
        persist_state="session",
        max_chars=2000,
        live="300ms",
    )
    chosen = grid_side.selectbox(
        t("tri.motif"),
        options=[motif.id for motif in book.motifs],
        format_func=lambda motif_id: motif_label(book, motif_id),
        index=None,
        key=state.MOTIF,
        placeholder=t("tri.motif.hint"),
        persist_state="session",
    )
    with st.container():  # always there: a field that moved would be drawn anew and lose what is being typed
        if chosen is None and words:
            _suggest(search.rank(words, limit=SHOWN_SUGGESTIONS, age=age), words)
    return None if chosen is None else book.motif(chosen)


def motif_label(book: RuleBook, motif_id: str) -> str:
    """The label of a motif in the session's language; an unknown id is shown as it is."""
    motif = book.motif(motif_id)
    if motif is None:
        return motif_id
    return motif.label if texts.language() == "fr" or not motif.label_en else motif.label_en


def rule_label(book: RuleBook, rule_id: str) -> str:
    """The label of any rule of the book, of a motif or of the floor; an unknown id is shown as it is."""
    everywhere = (rule for rules in (book.floor, *(motif.modulators for motif in book.motifs)) for rule in rules)
    return next((rule.label for rule in everywhere if rule.id == rule_id), rule_id)


def tick_modulators(motif: Motif | None, age: float | None) -> tuple[str, ...]:
    """The criteria of the motif that are ticked, none at first; advice that sets no level is only shown."""
    rules = [] if motif is None else [rule for rule in motif.modulators if _applies(rule, age)]
    boxes = {rule.id: rule for rule in rules if rule.checkbox and rule.effect == "set_level"}
    advice = [rule.label for rule in rules if rule.effect != "set_level"]
    ticked: list[str] = []
    with st.container():  # always there, see pick_motif
        if motif is not None and boxes:
            ticked = st.pills(
                t("tri.modulators"),
                options=list(boxes),
                format_func=lambda rule_id: texts.plain(boxes[rule_id].checkbox or boxes[rule_id].label),
                selection_mode="multi",
                key=state.of_modulators(motif.id),
                persist_state="session",
                wrap=True,
            )
        if advice:
            st.caption(t("tri.advice", labels=texts.plain(" ; ".join(advice))))
    return tuple(sorted(ticked))


def measures_asked(motif: Motif | None) -> tuple[str, ...]:
    """The extra measures that some criterion of this motif reads, in table order."""
    if motif is None:
        return ()
    read = {name for rule in motif.modulators if rule.condition is not None for name in features_of(rule.condition)}
    return tuple(feature.name for feature in MEASURES if feature.name in read)


def _applies(rule: Rule, age: float | None) -> bool:
    return age is None or rule.scope.covers(age)


def _suggest(candidates: tuple[MotifCandidate, ...], words: str) -> None:
    if not candidates:
        st.caption(t("tri.no_suggestion"))
        return
    labels = {candidate.id: candidate.label for candidate in candidates}
    key = state.of_suggestions(words)
    st.pills(
        t("tri.suggestions"),
        options=list(labels),
        format_func=lambda motif_id: texts.plain(labels[motif_id]),
        key=key,
        on_change=_choose,
        args=(key,),
        label_visibility="collapsed",
        wrap=True,
    )


def _choose(key: str) -> None:
    st.session_state[state.MOTIF] = st.session_state[key]
