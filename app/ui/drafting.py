"""Binds this session's form to its draft on disk: found again, kept after each change, dropped at the end."""

import time
from datetime import datetime

import streamlit as st
from streamlit.runtime import Runtime, exists
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app import station, wiring
from app.drafts import Draft, Value
from app.ui import entry, roles, state, texts
from app.ui.texts import t


def resume() -> None:
    """Put into the form what ``keep`` found of an earlier session of this browser. Before the form is drawn."""
    found: entry.Contents | None = st.session_state.pop(state.DRAFT_FOUND, None)
    if found is not None:
        entry.put_back(found)


def keep() -> None:
    """Write what the form holds, when it has changed and the patient is not done. After the form is drawn.

    A session that begins looks first for what this browser had typed when its page or its server went away.
    """
    _note_beginning()
    known = _station()
    if known is None or st.session_state.get(state.RECORDED) is not None:
        return
    held = entry.contents()
    if state.DRAFT not in st.session_state:
        _look_for_draft(known, held)
    name, last = st.session_state[state.DRAFT]
    if held == last:
        return
    if held:
        plain = {key: _plain(value) for key, value in held.items()}
        drafts = wiring.services().drafts
        if name is None:  # remembered before it is written: a run cut short here must not leave a second draft behind
            name = drafts.name_for(known)
            st.session_state[state.DRAFT] = (name, last)
        name = drafts.keep(name, known, _session(), plain, owner=roles.user_id())
        st.session_state[state.DRAFT] = (name, held)
    else:
        forget()


def seconds_typed() -> float | None:
    """How long ago the first field of this patient was filled; ``None`` when nothing had been."""
    begun = st.session_state.get(state.BEGUN)
    return None if begun is None else round(time.monotonic() - begun, 1)


def _note_beginning() -> None:
    if not entry.contents():
        st.session_state[state.BEGUN] = None
    elif st.session_state.get(state.BEGUN) is None:
        st.session_state[state.BEGUN] = time.monotonic()


def _look_for_draft(known: str, held: entry.Contents) -> None:
    """Take a draft over and draw again with it; a page that still holds the form knows better and keeps its own."""
    found = wiring.services().drafts.take_over(
        known, _session(), lambda draft: _is_free(draft, held), owner=roles.user_id()
    )
    st.session_state[state.DRAFT] = (None, {}) if found is None else (found[0], {})
    if found is None:
        return
    if held:
        entry.remember(found[1].contents)
        st.rerun()  # what was remembered is drawn: words left over offer and propose
    st.session_state[state.DRAFT_FOUND] = found[1].contents
    st.session_state[state.DRAFT_NOTICE] = found[1].saved_at
    st.rerun()


def _is_free(draft: Draft, held: entry.Contents) -> bool:
    """Whether no open page holds it, and, where this page holds a form already, it is the same one."""
    same = sum(_plain(held.get(key)) == value for key, value in draft.contents.items())
    return not _is_live(draft.session) and (not held or 2 * same > len(draft.contents))


def forget() -> None:
    """Drop the draft: the patient is done, or the form was emptied."""
    name, _ = st.session_state.get(state.DRAFT, (None, {}))
    if name is not None:
        wiring.services().drafts.drop(name)
    st.session_state[state.DRAFT] = (None, {})
    st.session_state[state.DRAFT_NOTICE] = None


def show_notice() -> None:
    """Say once, until the patient is done, that the form was found again, and from when."""
    saved_at = st.session_state.get(state.DRAFT_NOTICE)
    if saved_at:
        moment = f"{datetime.fromtimestamp(saved_at, texts.zone()):%H:%M}"
        st.markdown(texts.small(t("draft.found", moment=moment)))


def _plain(value: object) -> Value:
    """As JSON holds it; a text, a box or a list of texts is all that the form has."""
    if isinstance(value, bool | str) or value is None:
        return value
    return [str(part) for part in value] if isinstance(value, list | tuple) else str(value)


def _station() -> str | None:
    return station.sound(st.context.cookies.get(station.COOKIE))


def _session() -> str:
    context = get_script_run_ctx()
    return "" if context is None else context.session_id


def _is_live(session: str) -> bool:
    """Whether another open page of this server still holds a draft."""
    return exists() and session != _session() and Runtime.instance().is_active_session(session)
