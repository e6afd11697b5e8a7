"""Criteria that words or measures suggest: proposed under the pills, ticked by one key, asked about on the card."""

from collections.abc import Iterable, Mapping

import streamlit as st

from app.ui import focus, left_over, state, texts, understood
from app.ui.texts import t
from triage_core.extraction.result import Reason
from triage_core.features import VITALS
from triage_core.motifs.criteria import Suggestion, suggested
from triage_core.rules.catalog import Motif

TICK_KEY = "Alt+T"  # tout cocher, tick; Streamlit keeps C and R for itself
_HISTORY = "ATCD"  # begins a line of history, as the reading of denials knows it


def for_motif(motif: Motif | None, age: float | None, measured: Mapping[str, float | None]) -> tuple[Suggestion, ...]:
    """What the words of the form and the measures suggest for a motif; () without one."""
    return () if motif is None else suggested(told(), motif, age, measured)


def offer(motif: Motif | None, ticked: Iterable[str], age: float | None, measured: Mapping[str, float | None]) -> None:
    """The criteria that are suggested and not ticked yet, with the one key that ticks them."""
    held = frozenset(ticked)
    found = [one for one in for_motif(motif, age, measured) if one.rule_id not in held]
    if motif is None or not found:
        return
    labels = {rule.id: texts.of_rule(rule.checkbox or rule.label) for rule in motif.modulators}
    items = " · ".join(f"**{item(labels[one.rule_id], one, age)}**" for one in found)
    words_side, key_side = st.columns([3.8, 1], vertical_alignment="center", gap="small")
    words_side.markdown(t("tri.proposed" if all(one.words for one in found) else "tri.proposed.entry", items=items))
    with key_side:
        st.button(
            t("tri.proposed.tick"),
            key="tri_tick_proposed",
            shortcut=TICK_KEY,
            on_click=_tick,
            args=(motif.id, tuple(one.rule_id for one in found)),
        )


def item(label: str, one: Suggestion, age: float | None) -> str:
    """A criterion and the words, the values or the age that suggest it; harmless inside Markdown."""
    if one.words:
        return t("tri.proposed.item", label=texts.plain(label), words=texts.plain(one.words))
    values = ", ".join(understood.short_text(name, value) for name, value in one.values)
    by_age = "" if age is None else understood.age_text(age)
    return t("tri.proposed.value", label=texts.plain(label), value=texts.plain(values or by_age))


def told() -> str:
    """The reason, what a confirmed quick line left over and the history, one a line."""
    history = st.session_state.get(state.ANTECEDENTS) or ()
    return "\n".join(
        (
            st.session_state.get(state.MOTIF_WORDS) or "",
            *(words.text for words in left_over.kept() if words.reason is not Reason.FAMILY),
            *(f"{_HISTORY} {words}" for words in history),
        )
    )


def _tick(motif_id: str, rule_ids: tuple[str, ...]) -> None:
    """Tick what was shown, beside what is ticked already."""
    key = state.of_modulators(motif_id)
    held = st.session_state.get(key) or []
    st.session_state[key] = [*held, *(rule_id for rule_id in rule_ids if rule_id not in held)]
    focus.on(state.of_feature(VITALS[0].name), gently=True)  # a button that was clicked is gone, and the focus with it
