"""The form's contents as one value: read, put back, emptied. What a draft keeps and what undo brings back."""

from collections.abc import Mapping

import streamlit as st

from app.ui import state
from triage_core.features import BY_NAME

Contents = dict[str, object]
_TEXTS = (
    state.QUICK_LINE,
    state.CASE_LABEL,
    state.AGE,
    state.MOTIF_WORDS,
    state.MOTIF,
    state.MOTIF_FOR,
    state.PRESSURE,
)
_CHOICES = (
    state.SEXE,
    state.ARRIVAL,
    state.ANTECEDENTS,
    state.SUPERSEDES,
)  # the last: of whom this is a new evaluation
_BOXES = (state.REFERRED, state.COMORBIDITY, state.TRAUMA)
_TUPLES = (state.CONFIRMED, state.ANTECEDENTS, state.QUICK_LEFT)
_PASSING = (state.ASSISTANT,)  # of this screen alone: emptied with the form, never kept
_UNSEEN = frozenset({state.MOTIF_FOR, state.ANTECEDENTS, state.QUICK_LEFT, state.CONFIRMED, state.SUPERSEDES})
_EMPTY: Mapping[str, object] = (
    dict.fromkeys((*_TEXTS, *(state.of_feature(name) for name in BY_NAME if name != "age")), "")
    | dict.fromkeys(_CHOICES)
    | dict.fromkeys(_BOXES, False)
    | {state.CONFIRMED: (), state.QUICK_LEFT: ()}
)


def contents() -> Contents:
    """Everything that the form holds now, by session key, without what is empty."""
    keys = [key for key in st.session_state if key in _EMPTY or str(key).startswith(state.of_modulators(""))]
    return {str(key): st.session_state[key] for key in keys if st.session_state[key]}


def judged_part() -> Contents:
    """What of it is evaluated: without the quick line and what that left over."""
    return {key: value for key, value in contents().items() if key not in (state.QUICK_LINE, state.QUICK_LEFT)}


def put_back(kept: Mapping[str, object]) -> None:
    """Make the form hold exactly this. Only before the form is drawn, or in a callback."""
    clear()
    for key, value in kept.items():
        if key in _EMPTY or key.startswith(state.of_modulators("")):
            st.session_state[key] = _as_held(key, value)


def remember(kept: Mapping[str, object]) -> None:
    """Put back only what no field of the page shows: choices made, numbers confirmed, whose evaluation it is."""
    for key in _UNSEEN & kept.keys():
        st.session_state[key] = _as_held(key, kept[key])


def _as_held(key: str, value: object) -> object:
    return tuple(value) if key in _TUPLES and isinstance(value, list) else value


def clear() -> None:
    """Empty every field, list and box of the form."""
    for key, empty in _EMPTY.items():
        st.session_state[key] = empty
    for key in _PASSING:
        st.session_state[key] = None
    st.session_state[state.EARLIER] = {}
    for key in [key for key in st.session_state if str(key).startswith(state.of_modulators(""))]:
        st.session_state[key] = []
