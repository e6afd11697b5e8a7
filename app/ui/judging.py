"""Asks the service for a decision and binds the answer to the inputs it was computed from."""

from dataclasses import dataclass

import streamlit as st

from app import wiring
from app.ui import roles, state, texts, understood
from app.ui.form import FormReading
from app.ui.texts import t
from feedback_store.errors import JournalWriteError
from triage_core.decision import Decision
from triage_core.errors import FieldError, InvalidPatient
from triage_core.features import BY_NAME
from triage_core.levels import FrenchLevel

_VERDICT_KEYS = (
    state.VERDICT_PANEL,
    state.VERDICT_LEVEL,
    state.VERDICT_REASON,
    state.VERDICT_MISSED,
    state.VERDICT_SURE,
    state.RECORDED,
    state.VERDICT_REFUSED,
)
_TEXT_KEYS = (state.CASE_LABEL, state.AGE, state.MOTIF_WORDS, state.PRESSURE, state.QUICK_LINE)
_CHOICE_KEYS = (
    state.SEXE,
    state.ARRIVAL,
    state.MOTIF,
    state.JUDGED,
    state.REFUSED,
    state.ANTECEDENTS,
    state.ASSISTANT,
    state.QUICK_LEFT,
)
_BOX_KEYS = (state.REFERRED, state.COMORBIDITY, state.TRAUMA)


@dataclass(frozen=True)
class Judged:
    """A decision, the level of the rules alone, and the mark of the inputs that made it."""

    decision: Decision
    rules_level: FrenchLevel | None
    fingerprint: str
    label: str | None


@roles.guarded
def evaluate(services: wiring.Services, reading: FormReading) -> None:
    """Decide and keep the decision, or keep why it was refused; an older decision stays, greyed."""
    if reading.obstacles:
        st.session_state[state.REFUSED] = reading.obstacles
        return
    try:
        decision = services.decide(reading.raw, reading.label, "ui")
    except InvalidPatient as refusal:
        st.session_state[state.REFUSED] = tuple(field_error_text(error) for error in refusal.errors)
        return
    except JournalWriteError:
        st.session_state[state.REFUSED] = (t("refused.not_kept"),)
        return
    forget_verdict()
    st.session_state[state.REFUSED] = ()
    recorded = services.store.decision(decision.prediction_id)
    rules_level = None if recorded is None else recorded.rules_level
    st.session_state[state.JUDGED] = Judged(decision, rules_level, reading.fingerprint, reading.label)


def current() -> Judged | None:
    """The last decision of this session, whatever the form says since."""
    judged: Judged | None = st.session_state.get(state.JUDGED)
    return judged


def refused() -> tuple[str, ...]:
    """Why the last evaluation was refused; empty when it was not."""
    return tuple(st.session_state.get(state.REFUSED) or ())


def forget_verdict() -> None:
    """Start the verdict anew."""
    for key in _VERDICT_KEYS:
        st.session_state.pop(key, None)


def next_patient() -> None:
    """Empty the form and the card for the next patient."""
    forget_verdict()
    for key in _TEXT_KEYS:
        st.session_state[key] = ""
    for name in BY_NAME:
        st.session_state[state.of_feature(name)] = ""
    for key in _CHOICE_KEYS:
        st.session_state[key] = None
    for key in _BOX_KEYS:
        st.session_state[key] = False
    st.session_state[state.CONFIRMED] = ()
    for key in [k for k in st.session_state if str(k).startswith(state.of_modulators(""))]:
        st.session_state[key] = []


def field_error_text(error: FieldError) -> str:
    """The sentence of the screen for one fault found by the core."""
    name = error.field.split(".")[-1]
    feature = BY_NAME.get(name)
    low, high = (texts.number(bound) for bound in feature.hard) if feature is not None else ("", "")
    key = f"code.{error.code}" if texts.has(f"code.{error.code}") else "code.other"
    return t(key, label=understood.label(name), low=low, high=high, unit="" if feature is None else feature.unit)
