"""All words on the screens, French first, English second; French typography is applied in one place."""

import re

import streamlit as st

from app.ui import state
from app.ui.words_admin import WORDS_ADMIN
from app.ui.words_tri import WORDS_TRI

LANGUAGES = ("fr", "en")
_WORDS = {**WORDS_TRI, **WORDS_ADMIN}
_NARROW = "\u202f"


def language() -> str:
    """The language of this session, ``fr`` or ``en``."""
    chosen = st.session_state.get(state.LANGUAGE)
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def t(key: str, **values: object) -> str:
    """The sentence of this key in the session's language; a missing key is a ``KeyError`` that a test meets first."""
    sentence = _WORDS[key][LANGUAGES.index(language())].format(**values)
    return typographic(sentence) if language() == "fr" else sentence


def has(key: str) -> bool:
    """Whether the screens have a sentence for this key (fault codes, missing features)."""
    return key in _WORDS


def typographic(sentence: str) -> str:
    """French typography: curved apostrophe, narrow no-break space before ``; : ! ? %`` and inside guillemets."""
    spaced = re.sub(r" ([;:!?%»])", rf"{_NARROW}\1", sentence.replace("'", "’"))
    return re.sub(r"« ", f"«{_NARROW}", spaced)


def number(value: float, decimals: int | None = None) -> str:
    """A number as it is written in the session's language; no useless decimals when none are asked for."""
    written = f"{value:g}" if decimals is None else f"{value:.{decimals}f}"
    return written.replace(".", ",") if language() == "fr" else written


def with_unit(value: float, unit: str, decimals: int | None = None) -> str:
    """A number and its unit, held together by a narrow space."""
    return f"{number(value, decimals)}{_NARROW}{unit}"


def percent(share: float | None, decimals: int = 0) -> str:
    """A share between 0 and 1 as a percentage; a dash when it is not known."""
    return "—" if share is None else f"{number(100 * share, decimals)}{_NARROW}%"


def plain(text: str) -> str:
    """Text of a user or a file made harmless inside Markdown: every mark that could format is escaped."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:-])", r"\\\1", text)
