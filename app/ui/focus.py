"""Puts the keyboard where the next thing is typed: the first field at load and for the next patient.

Streamlit has no option for it; the one script is static, so that the content policy can list its hash. It also carries
Ctrl+Enter and Alt+Enter past radios, boxes and buttons, which would take Enter for themselves: a criterion ticked, and
our shortcuts never reached. A reason chosen by its key hands the keyboard to an empty age at once, not when the server
has answered: what is typed next must not land in the reason. Proposed reasons have keys and are no Tab stops. In the
sex the letters F, M (H) and A (O) choose.
"""

import streamlit as st

from app.guards import FOCUS_SCRIPT
from app.ui import state


def on(key: str, *, gently: bool = False) -> None:
    """Focus the widget of this key once, after this run; ``gently`` only when nothing else is being typed in."""
    turn = st.session_state.get(state.FOCUS, (0, "", False))[0]
    st.session_state[state.FOCUS] = (turn + 1, key, gently)


def place(first: str) -> None:
    """Where the script stands on the page; it runs anew when ``on`` was called. Opens with ``first``, gently.

    For a session may also begin under a nurse who types: her server has just started again.
    """
    turn, key, gently = st.session_state.setdefault(state.FOCUS, (1, first, True))
    mark = f'<span data-focus="{key}" data-gently="{int(gently)}" data-turn="{turn}"></span>'
    st.html(f"{mark}<script>{FOCUS_SCRIPT}</script>", unsafe_allow_javascript=True, width="content")
