"""What the page's size allows: where the waiting room's head stands, how many lines it has, how loose the form is."""

from math import ceil
from typing import Literal

import streamlit as st

from app.screen import COOKIE, Screen, screen_of
from app.ui import state

WIDE, TALL = 1800, 1000  # CSS pixels: from here the card's column holds a line of the room, and the form may breathe
NARROW = 1200  # below it the card's column cuts the names of the levels off their buttons
_LEAST, _MOST, _LINE = 3, 14, 25
_BESIDES_COLUMNS, _CARD_SHARE, _LETTER = 440, 1 / 2.9, 5.9  # pixels, of the rest, pixels of small print
_CRITERIA = 5  # lines that the criteria of a motif and a question may take of the form's page
_ABOVE = 768 - _LEAST * _LINE  # what the form needs, and the answer on a wide page


def is_wide() -> bool:
    """Whether the head of the waiting room has its place under the card."""
    return _screen().width >= WIDE


def form_gap() -> Literal["xsmall", "small"]:
    """The space between the rows of the form."""
    return "small" if _screen().height >= TALL else "xsmall"


def is_narrow() -> bool:
    """Whether the answer needs the page's whole width, under the form, to be read."""
    return _screen().width < NARROW


def room_lines(*, entering: bool, n_asked: int) -> int:
    """How many waiting patients the page has room for: at least three, fewer while a patient is entered above them.

    ``n_asked``: questions about numbers; from the second on each takes the place of two patients, to the last.
    """
    lines = lines_on(_screen())
    if is_wide():
        return lines
    left = max(1, lines - _CRITERIA) if entering else lines
    return max(0, left - 2 * max(0, n_asked - 1))


def rows_of(letters: int) -> int:
    """How many lines of the page a waiting patient told in so many letters takes."""
    screen = _screen()
    share = _CARD_SHARE if is_wide() else 1.0 if is_narrow() else 1 - _CARD_SHARE
    return ceil(letters / max(1, (screen.width - _BESIDES_COLUMNS) * share // _LETTER))


def lines_on(screen: Screen) -> int:
    """How many waiting patients a page of this size has room for."""
    return max(_LEAST, min(_MOST, (screen.height - _ABOVE) // _LINE))


def _screen() -> Screen:
    """Read once: a session has the cookies of its handshake, and asking for them at each line costs."""
    if state.SCREEN not in st.session_state:
        st.session_state[state.SCREEN] = screen_of(st.context.cookies.get(COOKIE))
    known: Screen = st.session_state[state.SCREEN]
    return known
