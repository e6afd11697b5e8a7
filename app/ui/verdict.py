"""The nurse's last word: one click to confirm or raise; a lowering asks for a reason and, from 1 or 2, a second yes."""

import streamlit as st

from app import wiring
from app.ui import judging, roles, state
from app.ui.badge import level_word
from app.ui.second_reading import second_mark
from app.ui.texts import t
from feedback_store.errors import InvalidVerdict
from triage_core.decision import Decision
from triage_core.errors import MedTriageError
from triage_core.levels import FrenchLevel

SURE_FROM = (FrenchLevel.L1, FrenchLevel.L2)
MOST_URGENT_FIRST = tuple(reversed(FrenchLevel))


def verdict_buttons(decision: Decision) -> None:
    """Four buttons under the card, or what was recorded; a lowering opens a panel with nothing chosen in it."""
    recorded = st.session_state.get(state.RECORDED)
    if recorded is not None:
        _recorded(decision, FrenchLevel(recorded))
        return
    level = decision.french_level
    with st.container(horizontal=True, gap="xsmall"):
        st.button(t("verdict.correct"), key="verdict_correct", on_click=_submit, args=(decision, "correct", level))
        st.button(
            t("verdict.upgrade"),
            key="verdict_upgrade",
            disabled=level is FrenchLevel.L1,
            on_click=_submit,
            args=(decision, "upgrade", next_up(level)),
        )
        st.button(
            t("verdict.downgrade"),
            key="verdict_downgrade",
            disabled=level is FrenchLevel.L5,
            on_click=_open,
            args=("downgrade",),
        )
        st.button(t("verdict.disagree"), key="verdict_disagree", on_click=_open, args=("disagree",))
    panel = st.session_state.get(state.VERDICT_PANEL)
    if panel is not None:
        _panel(decision, panel)


def is_panel_open() -> bool:
    """Whether the nurse is detailing a verdict."""
    return st.session_state.get(state.VERDICT_PANEL) is not None


def next_up(level: FrenchLevel) -> FrenchLevel:
    """The next more urgent level; level 1 stays."""
    return next((other for other in FrenchLevel if other.rank == level.rank + 1), level)


def _recorded(decision: Decision, level: FrenchLevel) -> None:
    st.success(t("verdict.recorded", level=level_word(level)))
    second_mark(decision, level)
    _say_refusal()
    with st.container(horizontal=True, gap="xsmall"):
        if level.rank > decision.french_level.rank:
            if level is not FrenchLevel.L1:
                st.button(
                    t("verdict.again", level=next_up(level).value),
                    key="verdict_again",
                    on_click=_submit,
                    args=(decision, "upgrade", next_up(level)),
                )
            st.button(t("verdict.detail"), key="verdict_detail", on_click=_open, args=("upgrade",))
        st.button(t("tri.next"), key="tri_next_recorded", shortcut="Alt+N", on_click=judging.next_patient)
    if st.session_state.get(state.VERDICT_PANEL) == "upgrade":
        _panel(decision, "upgrade")


def _panel(decision: Decision, kind: str) -> None:
    options = [level.value for level in MOST_URGENT_FIRST if _allowed(kind, level, decision.french_level)]
    with st.container(border=True, gap="xsmall"):
        if kind != "upgrade":
            st.pills(t("verdict.level"), options, key=state.VERDICT_LEVEL)
        needed = "verdict.reason.needed" if kind == "downgrade" else "verdict.reason"
        st.text_input(t(needed), key=state.VERDICT_REASON, max_chars=2000)
        st.text_input(t("verdict.missed"), key=state.VERDICT_MISSED, max_chars=2000)
        if decision.french_level in SURE_FROM and kind != "upgrade":
            st.checkbox(t("verdict.sure", level=decision.french_level.value), key=state.VERDICT_SURE)
        _say_refusal()
        with st.container(horizontal=True, gap="xsmall"):
            st.button(
                t("verdict.record"), key="verdict_record", type="primary", on_click=_record, args=(decision, kind)
            )
            st.button(t("verdict.cancel"), key="verdict_cancel", on_click=_open, args=(None,))


def _allowed(kind: str, level: FrenchLevel, shown: FrenchLevel) -> bool:
    return level.rank < shown.rank if kind == "downgrade" else level is not shown


def _say_refusal() -> None:
    refusal = st.session_state.get(state.VERDICT_REFUSED)
    if refusal:
        st.error(refusal)


def _open(panel: str | None) -> None:
    for key in (state.VERDICT_LEVEL, state.VERDICT_REASON, state.VERDICT_MISSED, state.VERDICT_SURE):
        st.session_state.pop(key, None)
    st.session_state[state.VERDICT_REFUSED] = None
    st.session_state[state.VERDICT_PANEL] = panel


def _record(decision: Decision, kind: str) -> None:
    chosen = st.session_state.get(state.RECORDED if kind == "upgrade" else state.VERDICT_LEVEL)
    if chosen is None:
        st.session_state[state.VERDICT_REFUSED] = t("verdict.choose_level")
        return
    level = FrenchLevel(chosen)
    obstacle = _obstacle(decision.french_level, level)
    st.session_state[state.VERDICT_REFUSED] = obstacle
    if obstacle is None:
        _submit(decision, kind, level)


def _obstacle(shown: FrenchLevel, chosen: FrenchLevel) -> str | None:
    if chosen.rank >= shown.rank:
        return None
    if not str(st.session_state.get(state.VERDICT_REASON) or "").strip():
        return t("verdict.reason_missing")
    if shown in SURE_FROM and not st.session_state.get(state.VERDICT_SURE):
        return t("verdict.sure_missing")
    return None


@roles.guarded
def _submit(decision: Decision, kind: str, level: FrenchLevel) -> None:
    """Send the verdict; the store checks it again against its own record of the decision."""
    missed = str(st.session_state.get(state.VERDICT_MISSED) or "").split(",")
    raw: dict[str, object] = {
        "prediction_id": decision.prediction_id,
        "nurse_id": roles.user_id(),
        "original_gravity": decision.gravity_level.value,
        "feedback_type": kind,
        "corrected_gravity": level.gravity.value,
        "corrected_french_level": level.value,
        "reason": str(st.session_state.get(state.VERDICT_REASON) or "").strip() or None,
        "missed_symptoms": [symptom.strip() for symptom in missed if symptom.strip()],
        "confirmed": bool(st.session_state.get(state.VERDICT_SURE)),
    }
    try:
        wiring.services().store.submit(raw)
    except InvalidVerdict as refusal:
        named = ", ".join(error.field for error in refusal.errors)
        st.session_state[state.VERDICT_REFUSED] = t("verdict.refused", reason=named)
    except MedTriageError:
        st.session_state[state.VERDICT_REFUSED] = t("verdict.not_kept")
    else:
        st.session_state[state.VERDICT_REFUSED] = None
        st.session_state[state.VERDICT_PANEL] = None
        st.session_state[state.RECORDED] = level.value
