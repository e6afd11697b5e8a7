"""Asks the service for a decision and binds the answer to the inputs it was computed from."""

from dataclasses import dataclass

import streamlit as st

from app import wiring
from app.ui import drafting, entry, focus, proposals, roles, same_patient, seen_view, state, texts, understood
from app.ui import motif as motif_picker
from app.ui.form import FormReading
from app.ui.texts import t
from feedback_store.corrections import corrected_level
from feedback_store.errors import JournalWriteError, NothingToWithdraw
from feedback_store.record import FeedbackRecord
from feedback_store.visits import Visit
from triage_core.decision import Decision
from triage_core.errors import FieldError, InvalidPatient
from triage_core.features import BY_NAME, VITALS
from triage_core.levels import FrenchLevel
from triage_core.motifs.besides import Besides
from triage_core.motifs.criteria import Suggestion
from triage_core.patient import Patient
from triage_core.rules.conditions import MEASURED
from triage_core.unticked import would_raise

_VERDICT_KEYS = (
    state.VERDICT_PANEL,
    state.VERDICT_NAMED,
    state.VERDICT_LEVEL,
    state.VERDICT_REASON,
    state.VERDICT_MISSED,
    state.VERDICT_SURE,
    state.VERDICT_UNTICKED,
    state.RECORDED,
    state.VERDICT_REFUSED,
)


@dataclass(frozen=True)
class Judged:
    """A decision, the patient it was made for, the level of the rules alone, and the mark of the inputs."""

    decision: Decision
    patient: Patient
    rules_level: FrenchLevel | None
    fingerprint: str
    label: str | None
    unticked: tuple[tuple[Suggestion, FrenchLevel], ...] = ()  # suggested criteria and what each would give
    unheeded: tuple[Besides, ...] = ()  # the motifs of words left over that stand above the level given

    @property
    def level_to_check(self) -> FrenchLevel | None:
        """The most urgent level that such a criterion or such a motif would give; ``None`` without any."""
        levels = [*(level for _, level in self.unticked), *(one.level for one in self.unheeded)]
        return max(levels, key=lambda level: level.rank, default=None)


@dataclass(frozen=True)
class Before:
    """The patient before this one, as undo brings her back: the form, the decision and the verdict on it."""

    contents: entry.Contents
    judged: Judged | None
    recorded: FeedbackRecord | None
    previous_vitals: dict[str, float | None]
    is_next: bool = False  # left by undo for the one before her: « Patient suivant » takes her up again


@roles.guarded
def evaluate(services: wiring.Services, reading: FormReading) -> None:
    """Decide and keep the decision, or keep why it was refused; an older decision stays, greyed."""
    st.session_state[state.UNDONE] = None
    if reading.obstacles:
        st.session_state[state.REFUSED] = reading.obstacles
        st.session_state[state.ONLY_ASKED] = reading.only_asks
        return
    st.session_state[state.ONLY_ASKED] = False
    if _asks_whether_the_same(reading):
        return
    if (ended := _ended_meanwhile(services)) is not None:
        st.session_state[state.REFUSED] = (f"{ended} {t('again.once_more')}",)
        st.session_state[state.ONLY_ASKED] = True
        return
    try:
        typed = wiring.Typed(drafting.seconds_typed(), reading.confirmed)
        decision = services.decide(reading.raw, reading.label, "ui", st.session_state.get(state.SUPERSEDES), typed)
    except InvalidPatient as refusal:
        st.session_state[state.REFUSED] = tuple(field_error_text(error) for error in refusal.errors)
        return
    except JournalWriteError:
        st.session_state[state.REFUSED] = (t("refused.not_kept"),)
        return
    seen_view.note("decision", decision.prediction_id)
    forget_verdict()
    st.session_state[state.REFUSED] = ()
    st.session_state[state.SUPERSEDES] = decision.prediction_id  # the same patient, evaluated again, waits once
    line = services.store.decision(decision.prediction_id)
    rules_level = None if line is None else line.rules_level
    patient = Patient.model_validate(reading.raw)
    to_check = _to_check(services, decision, patient)
    st.session_state[state.JUDGED] = Judged(
        decision, patient, rules_level, reading.fingerprint, reading.label, *to_check
    )


def _to_check(
    services: wiring.Services, decision: Decision, patient: Patient
) -> tuple[tuple[tuple[Suggestion, FrenchLevel], ...], tuple[Besides, ...]]:
    """What is suggested, was not ticked or chosen, and would make it more urgent: criteria, then motifs."""
    book, level = services.book, decision.french_level
    motif = book.motif(decision.motif_id or "")
    if motif is None:
        return (), ()
    found = proposals.for_motif(motif, patient.age, {name: patient.measured(name) for name in MEASURED})
    besides = motif_picker.besides(motif, services.triage.search, book, patient.age)
    above = tuple(one for one in besides if one.level.rank > level.rank)
    return would_raise(found, patient, motif.id, level, book), above


def _asks_whether_the_same(reading: FormReading) -> bool:
    """Asked once: whether age, sex or reason changed after the level was noted are a correction or the next patient."""
    judged, raw = current(), reading.raw
    mark = repr([raw.get(name) for name in same_patient.TELLING])
    if judged is None or recorded() is None or st.session_state.get(state.SAME_PATIENT) == mark:
        return False
    if not same_patient.has_changed(raw, judged.patient):
        return False
    st.session_state[state.SAME_PATIENT] = mark
    st.session_state[state.REFUSED] = (t("refused.same_patient"),)
    st.session_state[state.ONLY_ASKED] = True
    return True


def _ended_meanwhile(services: wiring.Services) -> str | None:
    """Asked once: whether a patient whom another screen has let go is to wait again."""
    asked = st.session_state.get(state.SUPERSEDES)
    visit = services.store.waiting.visit(asked) if asked else None
    if visit is None or visit.ended is None or st.session_state.get(state.REOPENED) == asked:
        return None
    st.session_state[state.REOPENED] = asked
    return ended_text(visit)


def ended_text(visit: Visit) -> str:
    """When and how a wait has ended."""
    at = "" if visit.ended is None else texts.time_of_day(visit.ended)
    return t("again.left" if visit.left else "again.taken_over", time=at)


def current() -> Judged | None:
    """The last decision of this session, whatever the form says since."""
    judged: Judged | None = st.session_state.get(state.JUDGED)
    return judged


def recorded() -> FeedbackRecord | None:
    """The verdict kept on the shown decision; ``None`` before there is one."""
    kept: FeedbackRecord | None = st.session_state.get(state.RECORDED)
    return kept


def current_level(decision: Decision) -> FrenchLevel:
    """The level that stands for this patient: the nurse's once it is kept, the proposed one before."""
    kept = recorded()
    return decision.french_level if kept is None else corrected_level(kept)


def is_overtaken() -> bool:
    """Whether the form says something else than when the answer was drawn: what was typed since was not judged."""
    return entry.judged_part() != st.session_state.get(state.DRAWN_FOR)


def note_drawn() -> None:
    """The answer on the page is that of the form as it stands."""
    st.session_state[state.DRAWN_FOR] = entry.judged_part()


def refused() -> tuple[str, ...]:
    """Why the last evaluation was refused; empty when it was not."""
    return tuple(st.session_state.get(state.REFUSED) or ())


def only_asked() -> bool:
    """Whether the evaluation waits for answers alone: nothing was wrong."""
    return bool(st.session_state.get(state.ONLY_ASKED))


def forget_verdict() -> None:
    """Start the verdict anew."""
    for key in _VERDICT_KEYS:
        st.session_state.pop(key, None)


def next_patient() -> None:
    """Empty form and card for the next patient, or take up the one that undo left; undo brings this one back."""
    judged = current()
    held = entry.contents()
    begun: Before | None = st.session_state.get(state.BEFORE)
    if held or judged is not None:
        earlier = st.session_state.get(state.PREVIOUS_VITALS) or {}
        st.session_state[state.BEFORE] = Before(held, judged, recorded(), earlier)
    if judged is not None:
        vitals = {vital.name: judged.patient.measured(vital.name) for vital in VITALS}
        st.session_state[state.PREVIOUS_VITALS] = vitals
    _show_nothing()
    entry.clear()
    drafting.forget()
    focus.on(state.MOTIF_WORDS)
    if begun is not None and begun.is_next:
        entry.put_back(begun.contents)
        st.session_state[state.JUDGED] = begun.judged
    elif held and judged is None:
        st.session_state[state.UNDONE] = t("next.unrecorded")


def _show_nothing() -> None:
    forget_verdict()
    for key in (state.JUDGED, state.REFUSED, state.UNDONE, state.SAME_PATIENT):
        st.session_state[key] = None


def may_undo() -> bool:
    """Whether there is a verdict to take back or a patient to bring back."""
    return recorded() is not None or st.session_state.get(state.BEFORE) is not None


@roles.guarded
def undo() -> None:
    """One step back: the verdict just given is withdrawn, by one more line; the patient just left comes back.

    What has been typed for the next patient is never thrown away: the two change places, and no verdict is touched.
    """
    kept = recorded()
    if kept is not None:
        if _withdraw(kept):
            st.session_state[state.RECORDED] = None
        return
    before: Before | None = st.session_state.get(state.BEFORE)
    held = entry.contents()
    if before is None or (not held and before.recorded is not None and not _withdraw(before.recorded)):
        return
    vitals = st.session_state.get(state.PREVIOUS_VITALS) or {}
    left = Before(held, current(), None, vitals, is_next=before.judged is not None) if held else None
    _show_nothing()
    entry.put_back(before.contents)
    st.session_state[state.BEFORE] = left
    st.session_state[state.JUDGED] = before.judged
    st.session_state[state.RECORDED] = before.recorded if held else None
    st.session_state[state.PREVIOUS_VITALS] = before.previous_vitals
    focus.on(state.MOTIF_WORDS)
    st.session_state[state.UNDONE] = t(_said(before, left))


def _said(before: Before, left: Before | None) -> str:
    if left is not None and left.is_next:
        return "undo.places"
    return "undo.back" if before.recorded is None else "undo.withdrawn"


def _withdraw(verdict: FeedbackRecord) -> bool:
    try:
        wiring.services().store.withdraw(verdict)
    except NothingToWithdraw:
        st.session_state[state.UNDONE] = t("undo.replaced")
        return True
    except JournalWriteError:
        st.session_state[state.UNDONE] = t("verdict.not_kept")
        return False
    st.session_state[state.UNDONE] = t("undo.withdrawn")
    return True


def field_error_text(error: FieldError) -> str:
    """The sentence of the screen for one fault found by the core."""
    name = error.field.split(".")[-1]
    feature = BY_NAME.get(name)
    low, high = (texts.number(bound) for bound in feature.hard) if feature is not None else ("", "")
    key = f"code.{error.code}" if texts.has(f"code.{error.code}") else "code.other"
    return t(key, label=understood.label(name), low=low, high=high, unit="" if feature is None else feature.unit)
