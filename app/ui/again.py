"""Takes up a patient whom the waiting room sends back: who and why are filled in, the vitals are measured anew."""

from collections.abc import Mapping

import streamlit as st

from app import wiring
from app.ui import entry, focus, judging, state
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
    st.session_state[state.EARLIER] = {vital.name: record.features[vital.name] for vital in VITALS}


def contents_of(record: DecisionRecord, label: str | None) -> entry.Contents:
    """Who the patient is and why she came, as the form holds it; no vital: an old one must not pass for a new one."""
    told: Mapping[str, FeatureValue] = record.features
    age = "" if told["age"] is None else f"{told['age']:g}".replace(".", ",")
    found: entry.Contents = {key: told[name] for key, name in _TOLD.items() if told[name]}
    if told["motif_id"] and told["modulateurs"]:
        found[state.of_modulators(str(told["motif_id"]))] = list(told["modulateurs"])  # type: ignore[arg-type]
    words = {state.MOTIF_FOR: told["motif_consultation"] or ""}
    return found | words | {state.AGE: age, state.CASE_LABEL: label or "", state.SUPERSEDES: record.prediction_id}
