"""Takes up a patient whom the waiting room sends back: who and why are filled in, the vitals are measured anew."""

from collections.abc import Mapping

import streamlit as st

from app import wiring
from app.ui import entry, focus, judging, state, texts
from app.ui.numbers import write_age
from app.ui.texts import t
from app.ui.waiting_view import name_of, who_text
from feedback_store.record import DecisionRecord, FeatureValue
from triage_core.features import VITALS

_TOLD = {
    state.MOTIF: "motif_id",
    state.MOTIF_WORDS: "motif_consultation",
    state.SEXE: "sexe",
    state.ARRIVAL: "mode_arrivee",
    state.REFERRED: "adresse_par_medecin",
    state.COMORBIDITY: "comorbidite_lourde_en_rapport",
    state.TRAUMA: "traumatisme",
}


def take_up(services: wiring.Services) -> None:
    """Fill the form for the patient the waiting room asked for. Before the form is drawn; undo brings back what was."""
    asked = st.session_state.pop(state.REEVALUATED, None)
    record = None if asked is None else services.store.decision(asked)
    if record is None:
        return
    judging.next_patient()
    entry.put_back(contents_of(record, services.store.labels.label(record.prediction_id)))
    focus.on(state.of_feature(VITALS[0].name))
    st.session_state[state.EARLIER] = _vitals(record)


def recall(services: wiring.Services) -> None:
    """Know the vitals of before again when the page was reloaded in the middle of a new evaluation."""
    asked = st.session_state.get(state.SUPERSEDES)
    if asked and judging.current() is None and not st.session_state.get(state.EARLIER):
        record = services.store.decision(asked)
        st.session_state[state.EARLIER] = {} if record is None else _vitals(record)


def show_notice(services: wiring.Services) -> None:
    """That this is a new evaluation, of whom, and whether the wait has ended on another screen meanwhile."""
    asked = st.session_state.get(state.SUPERSEDES)
    visit = services.store.waiting.visit(asked) if asked else None
    with st.container():  # always there, so that nothing below is drawn anew
        if visit is None or asked is None:
            return
        judged = judging.current()
        if judged is None or judged.decision.prediction_id != asked:
            name = " · ".join((name_of(services, visit), *who_text(visit)))
            at = texts.time_of_day(visit.evaluated)
            st.markdown(texts.small(t("room.reassessing", who=name, level=visit.level.value, time=at)))
        if visit.ended is not None:
            st.markdown(f":orange-badge[!] {texts.small(judging.ended_text(visit))}")


def _vitals(record: DecisionRecord) -> dict[str, FeatureValue]:
    return {vital.name: record.features[vital.name] for vital in VITALS}


def contents_of(record: DecisionRecord, label: str | None) -> entry.Contents:
    """Who the patient is and why she came, as the form holds it; no vital: an old one must not pass for a new one."""
    told: Mapping[str, FeatureValue] = record.features
    age = "" if told["age"] is None else write_age(float(str(told["age"])))
    found: entry.Contents = {key: told[name] for key, name in _TOLD.items() if told[name]}
    if told["motif_id"] and told["modulateurs"]:
        found[state.of_modulators(str(told["motif_id"]))] = list(told["modulateurs"])  # type: ignore[arg-type]
    words = {state.MOTIF_FOR: told["motif_consultation"] or ""}
    return found | words | {state.AGE: age, state.CASE_LABEL: label or "", state.SUPERSEDES: record.prediction_id}
