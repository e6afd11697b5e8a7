"""The nurse's last word: one key to confirm, one a level; a lowering needs a reason and, from 1 or 2, a second yes.

Once a verdict is kept its level stands: the next one is raised or lowered from there, and is one more event.
"""

import time

import streamlit as st

from app import wiring
from app.ui import drafting, focus, judging, roles, state, texts
from app.ui.badge import LOOKS, level_word
from app.ui.second_reading import second_mark
from app.ui.texts import t
from feedback_store.errors import InvalidVerdict
from feedback_store.record import FeedbackRecord, direction
from triage_core.decision import Decision
from triage_core.errors import MedTriageError
from triage_core.levels import FrenchLevel

CONFIRM_KEY, CANCEL_KEY = "Alt+Enter", "Alt+X"
KINDS = {1: "upgrade", 0: "correct", -1: "downgrade"}
READ_S = 0.7  # seconds: sooner, the second press answers what nobody has read
SURE_FROM = (FrenchLevel.L1, FrenchLevel.L2)
MOST_URGENT_FIRST = tuple(reversed(FrenchLevel))
# The key bears the level's own name: Alt+4 for anything but level 4 would be a trap. 3 is 3A, the more urgent; B is 3B.
LEVEL_KEYS = {level: f"Alt+{level.value[0]}" for level in FrenchLevel} | {FrenchLevel.L3B: "Alt+B"}


def verdict_bar(decision: Decision, without: FrenchLevel | None = None) -> None:
    """Confirm, or name the right level, one key each; or detail a verdict in a panel with nothing chosen in it.

    ``without``: the level that a suggested and unticked criterion would give; 1 or 2 is confirmed past only twice.
    """
    panel = st.session_state.get(state.VERDICT_PANEL)
    if panel is not None:
        _panel(decision, panel)
        return
    level = judging.current_level(decision)
    if judging.recorded() is None:
        is_asked = without in SURE_FROM and st.session_state.get(state.VERDICT_UNTICKED) is not None
        if is_asked:
            st.markdown(f"**{t('verdict.unticked')}**")
        st.button(
            t("verdict.confirm_unticked" if is_asked else "verdict.confirm", level=level_word(level)),
            key="verdict_correct",
            type="primary",
            shortcut=CONFIRM_KEY,
            width="stretch",
            on_click=_confirm,
            args=(decision, level, without in SURE_FROM),
        )
    else:
        st.success(t("verdict.recorded", level=level_word(level)))
        second_mark(decision, level)
    _say_refusal()
    with st.container(gap="xxsmall"):
        _levels(decision, level)
        _details(decision, level)


def _confirm(decision: Decision, level: FrenchLevel, is_guarded: bool) -> None:
    """Keep the level as it stands; past a criterion of level 1 or 2 only by a second press, once it can be read."""
    asked = st.session_state.get(state.VERDICT_UNTICKED)
    if not is_guarded:
        _submit(decision, level)
    elif asked is None:
        st.session_state[state.VERDICT_UNTICKED] = time.monotonic()
    elif time.monotonic() - asked >= READ_S:
        _submit(decision, level, is_sure=True)


def _levels(decision: Decision, stands: FrenchLevel) -> None:
    """The six levels, most urgent first; the one that stands is not offered again."""
    st.markdown(texts.small(t("verdict.other")))
    for row in (MOST_URGENT_FIRST[:3], MOST_URGENT_FIRST[3:]):
        for column, level in zip(st.columns(3, gap="xxsmall"), row, strict=True):
            column.button(
                f"{level.value} {LOOKS[level].shape}",
                key=state.of_level(level.value),
                shortcut=LEVEL_KEYS[level],
                disabled=level is stands,
                width="stretch",
                on_click=_name_level,
                args=(decision, level),
            )


def _details(decision: Decision, stands: FrenchLevel) -> None:
    if judging.recorded() is None:
        st.button(
            t("verdict.disagree"), key="verdict_disagree", type="tertiary", on_click=_open, args=("disagree", None)
        )
    elif stands.rank > decision.french_level.rank:
        st.button(t("verdict.detail"), key="verdict_detail", type="tertiary", on_click=_open, args=("upgrade", stands))


def _name_level(decision: Decision, level: FrenchLevel) -> None:
    """Raising and confirming are kept at once; a lowering has first to be argued."""
    if level.rank < judging.current_level(decision).rank:
        _open("downgrade", level)
    else:
        still_lowered = level.rank < decision.french_level.rank
        _submit(decision, level, argued=judging.recorded() if still_lowered else None)


def is_panel_open() -> bool:
    """Whether the nurse is detailing a verdict."""
    return st.session_state.get(state.VERDICT_PANEL) is not None


def _panel(decision: Decision, kind: str) -> None:
    named = st.session_state.get(state.VERDICT_NAMED)
    with st.container(border=True, gap="xsmall"):
        if named is None:
            options = [level.value for level in MOST_URGENT_FIRST if level is not decision.french_level]
            st.pills(t("verdict.level"), options, format_func=texts.choice, key=state.VERDICT_LEVEL)
        else:
            stands = decision.french_level if kind == "upgrade" else judging.current_level(decision)
            before, after = level_word(stands), level_word(FrenchLevel(named))
            st.markdown(f"**{t(f'verdict.{kind}.title', before=before, after=after)}**")
        needed = "verdict.reason.needed" if kind == "downgrade" else "verdict.reason"
        st.text_input(t(needed), key=state.VERDICT_REASON)
        if _raises(decision, kind):
            st.text_input(t("verdict.missed"), key=state.VERDICT_MISSED)
        guarded = _guarded(decision)
        if guarded is not None and kind != "upgrade":
            st.checkbox(t("verdict.sure", level=guarded.value), key=state.VERDICT_SURE)
        _say_refusal()
        _panel_buttons(decision, kind)


def _raises(decision: Decision, kind: str) -> bool:
    """Whether the panel argues a raise: only then was a symptom missed."""
    chosen = st.session_state.get(state.VERDICT_LEVEL)
    return kind == "upgrade" or (chosen is not None and FrenchLevel(chosen).rank > decision.french_level.rank)


def _guarded(decision: Decision) -> FrenchLevel | None:
    """The level that is lowered only with a second yes: the one that stands, else the one proposed (the store asks)."""
    levels = (judging.current_level(decision), decision.french_level)
    return next((level for level in levels if level in SURE_FROM), None)


def _panel_buttons(decision: Decision, kind: str) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            t("verdict.record"),
            key="verdict_record",
            type="primary",
            shortcut=CONFIRM_KEY,
            on_click=_record,
            args=(decision, kind),
        )
        st.button(t("verdict.cancel"), key="verdict_cancel", shortcut=CANCEL_KEY, on_click=_open, args=(None, None))


def _say_refusal() -> None:
    refusal = st.session_state.get(state.VERDICT_REFUSED)
    if refusal:
        st.error(refusal)


def _open(panel: str | None, named: FrenchLevel | None) -> None:
    for key in (state.VERDICT_LEVEL, state.VERDICT_REASON, state.VERDICT_MISSED, state.VERDICT_SURE):
        st.session_state.pop(key, None)
    st.session_state[state.VERDICT_REFUSED] = None
    st.session_state[state.VERDICT_PANEL] = panel
    st.session_state[state.VERDICT_UNTICKED] = None
    st.session_state[state.VERDICT_NAMED] = None if named is None else named.value
    if panel is not None:
        focus.on(state.VERDICT_REASON if named is not None else state.VERDICT_LEVEL)


def _record(decision: Decision, kind: str) -> None:
    chosen = st.session_state.get(state.VERDICT_NAMED) or st.session_state.get(state.VERDICT_LEVEL)
    if chosen is None:
        st.session_state[state.VERDICT_REFUSED] = t("verdict.choose_level")
        return
    level = FrenchLevel(chosen)
    obstacle = _obstacle(decision, level)
    st.session_state[state.VERDICT_REFUSED] = obstacle
    if obstacle is None:
        _submit(decision, level, "disagree" if kind == "disagree" else None)


def _obstacle(decision: Decision, chosen: FrenchLevel) -> str | None:
    if chosen.rank >= judging.current_level(decision).rank:
        return None
    if not _reason():
        return t("verdict.reason_missing")
    if _guarded(decision) is not None and not st.session_state.get(state.VERDICT_SURE):
        return t("verdict.sure_missing")
    return None


def _reason() -> str:
    return str(st.session_state.get(state.VERDICT_REASON) or "").strip()


@roles.guarded
def _submit(
    decision: Decision,
    level: FrenchLevel,
    kind: str | None = None,
    argued: FeedbackRecord | None = None,
    is_sure: bool = False,
) -> None:
    """Send the verdict; the store checks it again. None is sent over what was typed since the answer was drawn.

    Its kind compares with what was **proposed**, however often the level was corrected since. ``argued``: the verdict
    whose reason and second yes still hold, for a raise that stays under the proposed level. ``is_sure``: a second
    press went past a criterion of level 1 or 2.
    """
    if judging.is_overtaken():
        return
    way = direction(decision.gravity_level, decision.french_level, level.gravity, level)
    missed = str(st.session_state.get(state.VERDICT_MISSED) or "").split(",")
    raw: dict[str, object] = {
        "prediction_id": decision.prediction_id,
        "nurse_id": roles.user_id(),
        "original_gravity": decision.gravity_level.value,
        "feedback_type": kind or KINDS[way],
        "corrected_gravity": level.gravity.value,
        "corrected_french_level": level.value,
        "reason": _reason() or None if argued is None else argued.reason,
        "missed_symptoms": [symptom.strip() for symptom in missed if symptom.strip()],
        "confirmed": is_sure or bool(st.session_state.get(state.VERDICT_SURE) if argued is None else argued.confirmed),
    }
    try:
        kept = wiring.services().store.submit(raw)
    except InvalidVerdict as refusal:
        named = ", ".join(error.field for error in refusal.errors)
        st.session_state[state.VERDICT_REFUSED] = t("verdict.refused", reason=named)
    except MedTriageError:
        st.session_state[state.VERDICT_REFUSED] = t("verdict.not_kept")
    else:
        st.session_state[state.VERDICT_REFUSED] = None
        st.session_state[state.VERDICT_PANEL] = st.session_state[state.VERDICT_UNTICKED] = None
        st.session_state[state.UNDONE] = None
        st.session_state[state.RECORDED] = kept
        drafting.forget()
