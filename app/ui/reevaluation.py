"""A patient who waits, looked at again: what was missing, what was measured before, and the form filled with it."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st

from app import wiring
from app.ui import explanation, seen_view, state
from feedback_store.record import DecisionRecord, request_of
from feedback_store.visits import Visit
from triage_core.errors import InvalidPatient

PAGE = Path(__file__).resolve().parents[2] / "pages" / "tri.py"  # the main script stands in another folder


@lru_cache(maxsize=512)
def _missing(services: wiring.Services, prediction_id: str) -> tuple[str, ...]:
    record = services.store.decision(prediction_id)
    if record is None:
        return ()
    try:
        decision = services.triage.triage(request_of(record.features))
    except InvalidPatient:  # recorded by a program with other bounds; its gaps are still known
        return tuple(name for name, value in record.features.items() if value is None)
    if not decision.provisional:  # judged again as if the nurse had chosen it: what was open is the motif alone
        return ()
    return tuple(explanation.to_measure(decision, services.triage.motif_of(decision.motif_id), _answered(record)))


def to_measure(services: wiring.Services, prediction_id: str) -> tuple[str, ...]:
    """What a recorded decision lacked: missing features, then what a rule could not say without.

    Nothing: all was measured, or a provisional decision's motif is what is open.
    """
    return _missing(services, prediction_id)


@lru_cache(maxsize=512)
def is_answered(services: wiring.Services, prediction_id: str) -> bool:
    """Whether some value of a decision is absent because it could not be measured or was refused."""
    record = services.store.decision(prediction_id)
    return record is not None and bool(_answered(record))


def _answered(record: DecisionRecord) -> frozenset[str]:
    told = record.features.get("non_mesures")
    return frozenset(told) if isinstance(told, Mapping) else frozenset()


def start(visit: Visit) -> None:
    """Open the triage page with the form filled from the last evaluation of this visit."""
    seen_view.note("reevaluation", visit.prediction_id)
    st.session_state[state.REEVALUATED] = visit.prediction_id
    st.switch_page(PAGE)
