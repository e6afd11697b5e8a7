"""The screen of a locked or ended session, the draft that waits for its owner, and who is signed in."""

import streamlit as st

from app import wiring
from app.access.sessions import Standing
from app.ui import roles, state, texts
from app.ui.texts import t
from triage_core.features import BY_NAME

LOOK_EVERY_S = 10
_DRAFT_PREFIX = "tri_"
_NAMED = frozenset(
    value for name, value in vars(state).items() if name.isupper() and str(value).startswith(_DRAFT_PREFIX)
)
_DRAFT_KEYS = _NAMED | {state.of_feature(name) for name in BY_NAME}
_DRAFT_STARTS = (state.of_modulators(""), state.of_candidate(""))


def require_open() -> None:
    """Stop here, with nothing of a patient left on the screen, unless this session is open."""
    if roles.is_demo():
        return
    found = roles.standing()
    owner = st.session_state.get(state.OWNER)
    if found.state != "open" or found.person is None:
        _put_away(owner)
        _show_shut(found)
        st.stop()
    elif owner != found.person.user_id:
        _put_away(owner)
        _bring_back(found.person.user_id)


def who() -> None:
    """Who is signed in, the way out, and a look every few seconds whether the session still stands."""
    found = roles.standing()
    if roles.is_demo() or found.person is None:
        return
    name, role = texts.plain(found.person.user_id), t(f"role.{found.person.role}")
    st.markdown(texts.small(t("access.who", name=name, role=role)))
    st.button(t("access.sign_out"), key="access_sign_out", on_click=_sign_out)
    _watch()


@st.fragment(run_every=LOOK_EVERY_S)
def _watch() -> None:
    """Not an activity: a page left open must lock."""
    if roles.standing().state != "open":
        st.rerun()


def _show_shut(found: Standing) -> None:
    name = texts.plain(found.person.user_id) if found.person else ""
    kind = "locked" if found.state == "locked" else "ended"
    st.title(t(f"access.{kind}"), anchor=False)
    st.info(t(f"access.{kind}_text", name=name))
    st.html(f'<p><a href="/login">{t("access.unlock" if kind == "locked" else "access.again")}</a></p>')


def _put_away(owner: str | None) -> None:
    """Keep what the owner was typing, and leave nothing of it in this session."""
    if owner is not None:
        kept = {str(key): value for key, value in st.session_state.items() if _is_draft(str(key)) and value}
        wiring.services().access.drafts.keep(owner, kept)
    language = st.session_state.get(state.LANGUAGE)
    for key in list(st.session_state):
        del st.session_state[key]
    if language is not None:
        st.session_state[state.LANGUAGE] = language


def _bring_back(user_id: str) -> None:
    st.session_state[state.OWNER] = user_id
    draft = wiring.services().access.drafts.take(user_id)
    for key, value in draft.items():
        st.session_state[key] = value
    if draft:
        st.toast(t("access.restored"))


def _is_draft(key: str) -> bool:
    return key in _DRAFT_KEYS or key.startswith(_DRAFT_STARTS)


def _sign_out() -> None:
    access = wiring.services().access
    access.sign_out(st.context.cookies.get(access.cookie_name))
