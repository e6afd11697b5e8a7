"""Choosing the motif: free words, ranked suggestions, the whole grid, then the criteria that this motif asks for."""

from functools import lru_cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui import focus, left_over, proposals, state, texts
from app.ui.numbers import read_number
from app.ui.texts import small, t
from triage_core.extraction.result import Reason
from triage_core.features import MEASURES
from triage_core.motifs.besides import Besides, more_urgent
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import Motif, Rule, RuleBook
from triage_core.rules.conditions import features_of

NO_MOTIF = ""
FEVER = 38.0  # °C, as the grid's own hints have it
CANDIDATE_KEYS = tuple(f"Ctrl+{place}" for place in range(1, 6))  # alone, a key types into the field


def type_words() -> str:
    """The first field: the reason in the nurse's words."""
    words = st.text_input(
        t("tri.words"),
        key=state.MOTIF_WORDS,
        placeholder=t("tri.words.hint"),
        persist_state="session",
        live="300ms",
    )
    return words or ""


def pick_in_grid(book: RuleBook) -> Motif | None:
    """The motif that counts, chosen among those proposed or here in the whole grid."""
    language = texts.language()  # asked once: the session is slow to answer, and the grid has more than a hundred
    labels = {NO_MOTIF: t("tri.motif.none")} | {motif.id: _named(motif, language) for motif in book.motifs}
    if state.MOTIF in st.session_state:  # a page that joins a new server brings its own choice: leave it that
        st.session_state[state.MOTIF] = st.session_state[state.MOTIF] or NO_MOTIF
    chosen = st.selectbox(
        t("tri.motif"),
        options=list(labels),  # a choice of none spares the Tab stop that clears
        format_func=labels.__getitem__,
        key=state.MOTIF,
        placeholder="—",
        persist_state="session",
        on_change=_settle,
    )
    return book.motif(chosen) if chosen else None


def propose(book: RuleBook, search: MotifSearch, words: str, motif: Motif | None, age: float | None) -> None:
    """The ranked motifs for these words, one key each, until one is chosen for them; then a more urgent one besides."""
    if motif is not None and not st.session_state.get(state.MOTIF_FOR):
        st.session_state[state.MOTIF_FOR] = words  # chosen by the quick line, or before the server started again
    if motif is not None and words == st.session_state.get(state.MOTIF_FOR):
        _propose_besides(besides(motif, search, book, age), words)
        return
    if not words:
        st.empty()  # takes the proposals' place at once: until the run ends they would still stop the Tab key
        return
    candidates = search.rank(words, limit=len(CANDIDATE_KEYS), age=age)
    if not candidates:
        st.markdown(texts.small(t("tri.no_suggestion")))
        return
    with st.container(horizontal=True, gap="xxsmall"):
        for candidate, key in zip(candidates, CANDIDATE_KEYS, strict=False):
            _offer(candidate.id, candidate.label, key, words)


def besides(motif: Motif, search: MotifSearch, book: RuleBook, age: float | None) -> tuple[Besides, ...]:
    """The more urgent motifs that the words left over by the quick line, or a fever, name."""
    unread = tuple(left.text for left in left_over.kept() if left.reason is Reason.NOT_READ)
    said = (*unread, *_fever(age))
    return _above(said, proposals.told(), motif, search, book, age) if said else ()


def _fever(age: float | None) -> tuple[str, ...]:
    """A high temperature as the search reads it: with « purpura » it is another reason than a rash."""
    typed = st.session_state.get(state.of_feature("temperature")) or ""
    value = read_number("temperature", typed, age).value
    return (f"T {texts.number(value)}",) if value is not None and value >= FEVER else ()


_above = lru_cache(maxsize=64)(more_urgent)  # the words change seldom, the page is drawn after each pause


def _propose_besides(found: tuple[Besides, ...], words: str) -> None:
    """What the quick line also said, when it names a motif that begins above the chosen one."""
    if not found:
        st.empty()  # as below: takes the place at once
        return
    language = texts.language()
    said = " · ".join(t("quote", words=texts.plain(one.words)) for one in found)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown(small(t("tri.besides", words=said)), width="content")
        for one, key in zip(found, CANDIDATE_KEYS, strict=False):
            _offer(one.motif.id, _named(one.motif, language), key, words)


def _offer(motif_id: str, label: str, key: str, words: str) -> None:
    st.button(
        texts.plain(label),
        key=state.of_candidate(motif_id),
        shortcut=key,
        on_click=_choose,
        args=(motif_id, words),
    )


def other_motif(search: MotifSearch, words: str, motif: Motif | None, age: float | None) -> str | None:
    """The motif that words typed since name, when it is another than the one chosen: both cannot be the reason."""
    if motif is None or not words or words == st.session_state.get(state.MOTIF_FOR):
        return None
    named = search.recognise(words, age)
    return None if named is None or named.id == motif.id else named.id


def motif_label(book: RuleBook, motif_id: str) -> str:
    """The label of a motif in the session's language; an unknown id is shown as it is."""
    motif = book.motif(motif_id)
    return motif_id if motif is None else _named(motif, texts.language())


def _named(motif: Motif, language: str) -> str:
    return motif.label if language == "fr" or not motif.label_en else motif.label_en


def rule_label(book: RuleBook, rule_id: str) -> str:
    """The label of any rule of the book, of a motif or of the floor; an unknown id is shown as it is."""
    everywhere = (rule for rules in (book.floor, *(motif.modulators for motif in book.motifs)) for rule in rules)
    return next((texts.of_rule(rule.label) for rule in everywhere if rule.id == rule_id), rule_id)


def tick_modulators(motif: Motif | None, age: float | None) -> tuple[tuple[str, ...], DeltaGenerator]:
    """The criteria of the motif that are ticked, none at first; advice that sets no level is only shown.

    With them the place under the criteria for those that are proposed: measures, which are read later, propose too.
    """
    rules = [] if motif is None else [rule for rule in motif.modulators if _applies(rule, age)]
    boxes = {r.id: texts.of_rule(r.checkbox) for r in rules if r.checkbox and r.effect == "set_level"}
    advice = [texts.of_rule(rule.label) for rule in rules if rule.effect != "set_level"]
    ticked: list[str] = []
    with st.container():  # always there, so that nothing below moves while typing
        if motif is not None and boxes:
            ticked = st.pills(
                _criteria_of(motif),
                options=list(boxes),
                format_func=lambda rule_id: texts.choice(texts.plain(boxes[rule_id])),
                selection_mode="multi",
                key=state.of_modulators(motif.id),
                persist_state="session",
                wrap=True,
            )
        proposed = st.container()  # always there as well: a proposal comes and goes while the reason is typed
        if advice:
            st.markdown(small(t("tri.advice", labels=texts.plain(texts.with_semicolons(advice)))))
    return tuple(sorted(ticked)), proposed


def _criteria_of(motif: Motif) -> str:
    """The heading of the criteria; how many are ticked is said in words, a chosen pill differs by its colour alone."""
    heading = t("tri.modulators", motif=texts.plain(_named(motif, texts.language())))
    count = len(st.session_state.get(state.of_modulators(motif.id)) or ())
    return f"{heading} · **{t('tri.ticked', count=count)}**" if count else heading


def measures_asked(motif: Motif | None) -> tuple[str, ...]:
    """The extra measures that some criterion of this motif reads, or is suggested by, in table order."""
    if motif is None:
        return ()
    conditions = [one for rule in motif.modulators for one in (rule.condition, rule.suggestion) if one is not None]
    read = {name for condition in conditions for name in features_of(condition)}
    return tuple(feature.name for feature in MEASURES if feature.name in read)


def _applies(rule: Rule, age: float | None) -> bool:
    return age is None or rule.scope.covers(age)


def _choose(motif_id: str, words: str) -> None:
    st.session_state[state.MOTIF] = motif_id
    st.session_state[state.MOTIF_FOR] = words
    focus.on(state.AGE, gently=True)  # a button that was clicked is gone, and the focus with it


def _settle() -> None:
    st.session_state[state.MOTIF_FOR] = st.session_state.get(state.MOTIF_WORDS) or ""
