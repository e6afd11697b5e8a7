"""Who is at the screen. Pages and callbacks ask here themselves, every time; the answer comes from the one table.

In ``demo`` the role is a switch. Else it is that of the session behind the cookie of this WebSocket, read anew each
time: no header, no widget and nothing kept in the browser has a say in it.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from app import wiring
from app.access import permissions
from app.access.permissions import ADMINISTRATOR, ADMINISTRATORS, NURSE, PHYSICIAN, ROLES
from app.access.sessions import Person, Standing
from app.logs import log_event
from app.ui import state
from app.ui.texts import t

__all__ = ["ADMINISTRATOR", "NURSE", "PHYSICIAN", "ROLES"]
P = ParamSpec("P")


def is_demo() -> bool:
    """Whether nobody signs in on this server."""
    return wiring.services().settings.auth == "demo"


def standing() -> Standing:
    """How the session at this screen stands. Asking is no activity: pages look by themselves, and must lock."""
    if is_demo():
        return Standing("open", Person("", st.session_state.get(state.ROLE, NURSE)))
    access = wiring.services().access
    return access.sessions.standing(st.context.cookies.get(access.cookie_name))


def role() -> str | None:
    """The role at this screen; ``None`` when nobody is signed in, or the session is locked."""
    found = standing()
    return found.person.role if found.state == "open" and found.person else None


def user_id() -> str | None:
    """The person at this screen, for what is recorded; ``None`` in ``demo``, which knows nobody."""
    found = standing()
    return found.person.user_id or None if found.state == "open" and found.person else None


def is_administrator() -> bool:
    """Whether this session acts as an administrator; in ``demo`` the default is the nurse."""
    return role() == ADMINISTRATOR


def who() -> str:
    """The name kept with an act: the person's; in demonstration, where nobody signs in, the role."""
    return user_id() or role() or NURSE


def require_administrator() -> None:
    """Stop the page with a sentence unless this session is an administrator's."""
    if not is_administrator():
        refuse("page")


def refuse(what: str) -> None:
    """Say that this is not for the role at the screen, note it, and stop the page."""
    log_event("refused", reason="role", what=what, role=role())
    st.error(t("role.refused"))
    st.stop()


def guarded(action: Callable[P, None]) -> Callable[P, None]:
    """A callback for the roles that ``permissions.ACTIONS`` names; it does nothing, and says so, for anyone else."""
    return _guard(action, permissions.ACTIONS.get(name_of(action), permissions.NOBODY))


def administrators_only(action: Callable[P, None]) -> Callable[P, None]:
    """A callback that does nothing, and says so, for anyone but an administrator."""
    return _guard(action, ADMINISTRATORS)


def name_of(action: Callable[P, None]) -> str:
    """A callback as the table of permissions names it: ``module.function``."""
    return f"{action.__module__.rpartition('.')[2]}.{action.__qualname__}"


def _guard(action: Callable[P, None], allowed: frozenset[str]) -> Callable[P, None]:
    name = name_of(action)

    @wraps(action)
    def asked(*args: P.args, **kwargs: P.kwargs) -> None:
        found = standing()
        if found.state == "open" and found.person and found.person.role in allowed:
            if allowed <= ADMINISTRATORS:
                log_event("administered", what=name, by=found.person.user_id or None)
            action(*args, **kwargs)
        else:
            log_event("refused", reason="role", what=name, role=found.person.role if found.person else None)
            st.session_state[state.NOTICE] = ("error", t("role.refused"))

    return asked


def show_notice() -> None:
    """Show once the message that a callback left for this run."""
    notice = st.session_state.pop(state.NOTICE, None)
    if notice is not None:
        kind, text = notice
        (st.error if kind == "error" else st.success)(text)
