"""All words on the screens, French first, English second; French typography is applied in one place."""

import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from app.ui import state
from app.ui.words import WORDS, sentence

LANGUAGES = ("fr", "en")
_MARKS = r"[\\`*_{}\[\]()<>#+!|~$:-]"  # what could format inside Markdown
_NARROW, _UNBROKEN = "\u202f", "\u00a0"
_UNITS = "min|h|s|ms|ans?|mois|jours?|semaines?|sem|years?|months?|days?|weeks?|mmHg|mmol/L|g/L|°C|%"
_HELD = re.compile(rf"(?<=[<>≤≥]) (?=\d)|(?<=\d) (?=(?:{_UNITS})(?!\w))|(?<=\d[ {_NARROW}]h) (?=\d)")
_PLACE: ContextVar[tuple[str, tzinfo] | None] = ContextVar("place", default=None)


def as_here(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """The same deed in this session's language and on its clock, also when a download runs it outside the session."""
    place = language(), zone()

    def made() -> bytes:
        token = _PLACE.set(place)
        try:
            return make()
        finally:
            _PLACE.reset(token)

    return made


def language() -> str:
    """The language of this session, ``fr`` or ``en``."""
    if (place := _PLACE.get()) is not None:
        return place[0]
    chosen = st.session_state.get(state.LANGUAGE)
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def t(key: str, **values: object) -> str:
    """The sentence of this key in the session's language; a missing key is a ``KeyError`` that a test meets first."""
    code = language()
    told = sentence(key, code).format(**values)
    return typographic(told) if code == "fr" else held(told)


def counted(key: str, count: int, **values: object) -> str:
    """How many, in the singular or the plural of the session's language; none is singular in French."""
    is_one = count <= 1 if language() == "fr" else count == 1
    return t(f"{key}.one" if is_one else f"{key}.many", count=number(count), **values)


def has(key: str) -> bool:
    """Whether the screens have a sentence for this key (fault codes, missing features)."""
    return key in WORDS


def typographic(words: str) -> str:
    """French typography: curved apostrophe, narrow no-break space before ``; : ! ? %`` and inside guillemets."""
    spaced = re.sub(r"[ \u00a0]([;:!?%»])", rf"{_NARROW}\1", words.replace("'", "’"))
    return held(re.sub(r"« ", f"«{_NARROW}", spaced))


def held(words: str) -> str:
    """No line breaks between a sign of comparison and its number, a number and its unit, hours and their minutes."""
    return _HELD.sub(_UNBROKEN, words)


def of_rule(label: str) -> str:
    """A label of the rule file, French in both languages, as it is shown."""
    return typographic(label).replace("SpO2", "SpO₂")


def with_colon(head: str, told: str) -> str:
    """A head and what is told of it, with the colon of the session's language."""
    return f"{head}{_NARROW if language() == 'fr' else ''}: {told}"


def with_semicolons(parts: Iterable[str]) -> str:
    """Parts of one line, with the semicolons of the session's language."""
    return (f"{_NARROW}; " if language() == "fr" else "; ").join(parts)


def number(value: float, decimals: int | None = None) -> str:
    """A number as it is written in the session's language; no useless decimals when none are asked for."""
    if decimals is None:
        decimals = 0 if value == int(value) else len(f"{value:g}".partition(".")[2])
    written = f"{value:,.{decimals}f}"
    return written.replace(",", _NARROW).replace(".", ",") if language() == "fr" else written


def with_unit(value: float, unit: str, decimals: int | None = None) -> str:
    """A number and its unit, held together by a narrow space."""
    return f"{number(value, decimals)}{_NARROW}{unit}"


def percent(share: float | None, decimals: int = 0) -> str:
    """A share between 0 and 1 as a percentage; a dash when it is not known."""
    space = _NARROW if language() == "fr" else ""
    return "—" if share is None else f"{number(100 * share, decimals)}{space}%"


def small(*lines: str) -> str:
    """Small print in the page's full ink, one line each; a caption is too pale for what must be read."""
    return "  \n".join(f":small[{line}]" for line in lines)


def choice(label: str) -> str:
    """A label of pills or of a segmented control in full ink.

    Chosen, Streamlit writes it in the primary colour on a tint of it, 3.5 to 1 in the dark, and no colour carries both
    that and the white words of the primary button. The theme gives violet the text's own colour.
    """
    return f":violet[{label}]"


def date(written: str | None) -> str:
    """The day of an ISO date as it is written in the session's language; a dash when there is none to read."""
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return "—"
    return f"{moment.astimezone(zone()):{'%d/%m/%Y' if language() == 'fr' else '%Y-%m-%d'}}"


def time_of_day(moment: datetime) -> str:
    """The hour and minute of a moment on the clock of this browser."""
    return f"{moment.astimezone(zone()):%H:%M}"


def moment_format() -> str:
    """How a table writes a moment: day and minute (the letters of moment.js)."""
    return "DD/MM/YYYY HH:mm" if language() == "fr" else "YYYY-MM-DD HH:mm"


def zone() -> tzinfo:
    """The time zone of this browser; UTC when it does not say."""
    if (place := _PLACE.get()) is not None:
        return place[1]
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def plain(text: str) -> str:
    """Text of a user or a file made harmless inside Markdown: every mark that could format is escaped."""
    return re.sub(rf"({_MARKS})", r"\\\1", text)


def unmarked(text: str) -> str:
    """``plain`` undone, for paper."""
    return re.sub(rf"\\({_MARKS})", r"\1", text)
