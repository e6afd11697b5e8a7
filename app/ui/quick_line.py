"""One line instead of ten fields: proposes what it understood with the words it came from; one key fills the form.

Nothing of the line counts before that key: the form, not the line, is what is evaluated.
"""

import streamlit as st

from app import wiring
from app.ui import judging, left_over, same_patient, state, texts
from app.ui.extracted import left_words, pairs
from app.ui.llm_view import ask_the_assistant
from app.ui.numbers import write_age
from app.ui.texts import t
from triage_core.extraction.result import Extracted, Extraction, Unparsed
from triage_core.features import BY_NAME, MAX_TEXT

CONFIRM_KEY, DISCARD_KEY = "Alt+V", "Alt+K"
_WITHOUT_FIELD_OF_THEIR_OWN = frozenset({"age", "pression_systolique", "pression_diastolique"})
_ANSWERS = {"non_mesurable": "NM", "refus": "R", "LO": "LO", "HI": "HI"}  # as a nurse types them
_PRESSURES = ("pression_systolique", "pression_diastolique")


def quick_line(services: wiring.Services) -> None:
    """Draw the line, and under it what it would fill in; its words leave the line only by the key or the button."""
    text = st.text_input(
        t("quick.label"),
        key=state.QUICK_LINE,
        placeholder=t("quick.hint"),
        label_visibility="collapsed",
        persist_state="session",
        live="300ms",
    )
    with st.container(gap="xsmall"):  # always there, so that the form below is not drawn anew
        if text and len(text) > MAX_TEXT:
            st.markdown(texts.small(t("code.string_too_long", label=t("quick.label"))))
        elif text and text.strip():
            _propose(services, text)
        _show_what_has_no_field()


def _propose(services: wiring.Services, text: str) -> None:
    extraction = services.extract(text)
    is_empty = not (extraction.values or extraction.answers)
    if not is_empty:
        st.markdown(texts.small(t("quick.understood", values=pairs(services.book, extraction))))
    else:
        st.markdown(texts.small(t("quick.nothing")))
    _show_left(extraction.unparsed)
    with st.container(horizontal=True, gap="small"):
        st.button(
            t("quick.fill"),
            key="quick_fill",
            shortcut=CONFIRM_KEY,
            on_click=_confirm,
            args=(text, extraction),
            disabled=is_empty,
        )
        st.button(t("quick.discard"), key="quick_discard", shortcut=DISCARD_KEY, on_click=_discard)
    ask_the_assistant(services, text, extraction)


def _confirm(text: str, extraction: Extraction) -> None:
    """Fill the form with what was shown; a line that has changed since is shown again instead."""
    if st.session_state.get(state.QUICK_LINE) != text:
        return
    if same_patient.is_told_of_another(extraction):
        judging.next_patient()
        st.session_state[state.UNDONE] = t("quick.next_patient")
    stays = bool(st.session_state.get(state.MOTIF)) and same_patient.named_motif(extraction) is None
    for key, value in form_values(extraction).items():
        if not (stays and key in (state.MOTIF, state.MOTIF_WORDS)):  # a measure never takes a chosen reason's place
            st.session_state[key] = value
    if "motif_consultation" in extraction.values and not stays:
        st.session_state[state.MOTIF_FOR] = extraction.values["motif_consultation"].value
    left_over.keep(extraction.unparsed)
    _discard()


def _discard() -> None:
    st.session_state[state.QUICK_LINE] = ""


def form_values(extraction: Extraction) -> dict[str, object]:
    """What the form's keys become; a field the line says nothing of is not among them."""
    values = extraction.values
    filled: dict[str, object] = {}
    for name, extracted in values.items():
        if name in BY_NAME and name not in _WITHOUT_FIELD_OF_THEIR_OWN:
            filled[state.of_feature(name)] = _typed(name, extracted)
    plain = {"sexe": state.SEXE, "mode_arrivee": state.ARRIVAL, "antecedents": state.ANTECEDENTS}
    filled |= {key: values[name].value for name, key in plain.items() if name in values}
    if "age" in values:
        filled[state.AGE] = write_age(float(str(values["age"].value)))
    if "traumatisme" in values:
        filled[state.TRAUMA] = values["traumatisme"].value
    if pressure := _typed_pressure(extraction):
        filled[state.PRESSURE] = pressure
    for name, answer in extraction.answers.items():
        if name != "pression_diastolique":  # one field holds both
            filled[state.PRESSURE if name in _PRESSURES else state.of_feature(name)] = _ANSWERS[str(answer.value)]
    if "motif_consultation" in values:
        filled[state.MOTIF_WORDS] = values["motif_consultation"].value
        filled[state.MOTIF] = values["motif_consultation"].detail["motif_id"]
    return filled


def _typed(name: str, extracted: Extracted) -> str:
    """A value as the nurse would type it; a glucose whose unit was said keeps it, so that it is not asked again."""
    typed = f"{extracted.value}".replace(".", ",")
    has_unit = extracted.converted_from is not None or "g" in extracted.source.lower().partition(" ")[2]
    return f"{typed} g/L" if name == "glycemie" and has_unit else typed


def _typed_pressure(extraction: Extraction) -> str:
    """Both pressures or the systolic alone; a lone diastolic has no field."""
    told = [extraction.values[name].value for name in _PRESSURES if name in extraction.values]
    if "pression_systolique" not in extraction.values:
        return ""
    return "/".join(f"{value}".replace(".", ",") for value in told)


def _show_left(unparsed: tuple[Unparsed, ...]) -> None:
    if unparsed:
        st.markdown(texts.small(t("quick.left", words=" · ".join(left_words(left) for left in unparsed))))


def _show_what_has_no_field() -> None:
    """The words a confirmed line left over, and the history: shown here until the next patient."""
    if not st.session_state.get(state.QUICK_LINE):
        _show_left(left_over.kept())
    items = st.session_state.get(state.ANTECEDENTS) or ()
    if items:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(texts.small(t("quick.history", items=texts.plain(", ".join(items)))), width="content")
            st.button(t("quick.history.clear"), key="quick_history_clear", on_click=_forget_history)


def _forget_history() -> None:
    st.session_state[state.ANTECEDENTS] = None
