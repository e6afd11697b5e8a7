"""What a confirmed quick line held and no field took, as the session and its draft keep it: « reason words »."""

from collections.abc import Iterable

import streamlit as st

from app.ui import state
from triage_core.extraction.result import Reason, Unparsed


def keep(left: Iterable[Unparsed]) -> None:
    """Keep these words until the next patient, across a reload and a killed server."""
    st.session_state[state.QUICK_LEFT] = tuple(f"{one.reason} {one.text}" for one in left)


def kept() -> tuple[Unparsed, ...]:
    """The words kept; () without any."""
    held = st.session_state.get(state.QUICK_LEFT) or ()
    return tuple(_read(*one.partition(" ")[::2]) for one in held)


def _read(reason: str, text: str) -> Unparsed:
    known = {str(one): one for one in Reason}
    return Unparsed(text, known.get(reason, Reason.NOT_READ))
