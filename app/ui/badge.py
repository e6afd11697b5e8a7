"""The level badge: one drawing everywhere, told by number, shape and word before colour.

Colours: the colour-blind-safe six levels of the plausibility reference; smallest colour difference 12.1 under
deuteranopia, text contrast 4.9 or more.
"""

from base64 import b64encode
from dataclasses import dataclass
from types import MappingProxyType

import streamlit as st

from app.ui.texts import t
from triage_core.levels import FrenchLevel, Gravity


@dataclass(frozen=True)
class LevelLook:
    """How one level is drawn: fill, ink, and a shape that survives black and white print."""

    fill: str
    ink: str
    shape: str


LOOKS = MappingProxyType(
    {
        FrenchLevel.L1: LevelLook("#7A0010", "#FFFFFF", "■"),
        FrenchLevel.L2: LevelLook("#D9480F", "#000000", "▲"),
        FrenchLevel.L3A: LevelLook("#F2A900", "#000000", "◆"),
        FrenchLevel.L3B: LevelLook("#FFE680", "#000000", "◇"),
        FrenchLevel.L4: LevelLook("#5FA8A0", "#000000", "●"),
        FrenchLevel.L5: LevelLook("#2B4C7E", "#FFFFFF", "○"),
    }
)
STALE = LevelLook("#BFC5CC", "#3A4149", "")
INLINE = (44, 23)  # pixels: a line of text high
_DASH, _FINE_DASH = 'stroke-dasharray="7 5"', 'stroke-dasharray="3 2"'


def level_svg(level: FrenchLevel, *, provisional: bool = False, stale: bool = False) -> str:
    """A static drawing of the level: filled square, number and shape; dashed when provisional, grey when stale."""
    look = LOOKS[level]
    fill, ink = (STALE.fill, STALE.ink) if stale else (look.fill, look.ink)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="84" height="72" viewBox="0 0 84 72">'
        f'<rect x="3" y="3" width="78" height="66" rx="6" fill="{fill}" stroke="{ink}" '
        f'stroke-width="{3 if provisional else 0}" {_DASH if provisional else ""}/>'
        f'<text x="42" y="42" font-size="34" font-weight="700" text-anchor="middle" fill="{ink}" '
        f'font-family="sans-serif">{level.value}</text>'
        f'<text x="42" y="62" font-size="17" text-anchor="middle" fill="{ink}" font-family="sans-serif">'
        f"{look.shape}</text></svg>"
    )


def line_svg(level: FrenchLevel, *, provisional: bool = False) -> str:
    """The same in a line of text: number and shape side by side, both as high as the words around them."""
    look, (width, height) = LOOKS[level], INLINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 44 23">'
        f'<rect x="1" y="1" width="42" height="21" rx="3" fill="{look.fill}" stroke="{look.ink}" '
        f'stroke-width="{1.5 if provisional else 0}" {_FINE_DASH if provisional else ""}/>'
        f'<g fill="{look.ink}" font-family="sans-serif" text-anchor="middle">'
        f'<text x="15" y="16.5" font-size="14" font-weight="700">{level.value}</text>'
        f'<text x="33" y="16" font-size="12">{look.shape}</text></g></svg>'
    )


def gravity_name(gravity: Gravity) -> str:
    """The colour of a level in the session's language: « ROUGE », "RED"."""
    return t(f"gravity.{gravity.value}")


def level_word(level: FrenchLevel) -> str:
    """The level in one line of text, for tables and lists: shape, number and gravity."""
    return f"{LOOKS[level].shape} {level.value} · {gravity_name(level.gravity)}"


def inline_badge(level: FrenchLevel, alt: str, *, provisional: bool = False) -> str:
    """The drawing of a line inside Markdown, so that a list of patients is one element of the page."""
    drawn = line_svg(level, provisional=provisional)
    return f"![{alt}](data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()})"


def show_badge(
    level: FrenchLevel, alt: str, *, provisional: bool = False, stale: bool = False, width: int = 84
) -> None:
    """Draw the badge on the page with its text alternative."""
    st.image(level_svg(level, provisional=provisional, stale=stale), width=width, alt=alt)
