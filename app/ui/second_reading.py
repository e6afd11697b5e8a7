"""A quiet mark under a recorded verdict, only where the model would have been more urgent; it changes nothing."""

import streamlit as st

from app import wiring
from app.ui import texts
from app.ui.badge import gravity_name
from app.ui.card import contribution_label
from app.ui.texts import t
from triage_core.decision import Decision
from triage_core.levels import FrenchLevel
from triage_core.second_reading import read_again


def second_mark(decision: Decision, nurse: FrenchLevel) -> None:
    """The mark and what weighs in it; nothing where the model agrees or is less urgent."""
    threshold = wiring.services().triage.model.mark_threshold(decision.model_version)
    reading = read_again(decision, nurse, threshold)
    if reading is None:
        return
    lines = [t("second.mark", gravity=gravity_name(reading.gravity))]
    if reading.reasons:
        reasons = ", ".join(texts.plain(contribution_label(reason)) for reason in reading.reasons)
        lines.append(t("second.because", reasons=reasons))
    st.markdown(texts.small(*lines))
