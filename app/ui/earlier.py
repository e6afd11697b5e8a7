"""The vitals of the evaluation before, beside the new ones, with the way each went."""

import streamlit as st

from app.ui import state, texts
from app.ui.numbers import Reading
from app.ui.texts import t


def before(*readings: Reading) -> str:
    """What the same field held at the evaluation before, and which way it went since; nothing for a new patient."""
    earlier = st.session_state.get(state.EARLIER) or {}
    values = [earlier.get(reading.name) for reading in readings]
    if all(value is None for value in values):
        return ""
    said = "/".join("—" if value is None else texts.number(value) for value in values)
    return t("field.before", values=said) + _trend(readings[0].value, values[0])


def _trend(now: float | None, then: float | None) -> str:
    if now is None or then is None or now == then:
        return ""
    return " ↑" if now > then else " ↓"
