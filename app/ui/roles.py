"""Who is at the screen. In demonstration the role is a switch; pages and callbacks ask here themselves, every time."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from app.ui import state
from app.ui.texts import t

NURSE, ADMINISTRATOR = "infirmier", "administrateur"
ROLES = (NURSE, ADMINISTRATOR)
P = ParamSpec("P")


def is_administrator() -> bool:
    """Whether this session acts as an administrator; the default is the nurse."""
    return bool(st.session_state.get(state.ROLE) == ADMINISTRATOR)


def who() -> str | None:
    """The name of the person at the screen, for what is kept; ``None`` while nobody logs in."""
    return None


def require_administrator() -> None:
    """Stop the page with a sentence unless this session is an administrator's."""
    if not is_administrator():
        st.error(t("role.refused"))
        st.stop()


def administrators_only(action: Callable[P, None]) -> Callable[P, None]:
    """A callback that does nothing, and says so, for anyone but an administrator."""

    @wraps(action)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        if is_administrator():
            action(*args, **kwargs)
        else:
            st.session_state[state.NOTICE] = ("error", t("role.refused"))

    return guarded


def show_notice() -> None:
    """Show once the message that a callback left for this run."""
    notice = st.session_state.pop(state.NOTICE, None)
    if notice is not None:
        kind, text = notice
        (st.error if kind == "error" else st.success)(text)
