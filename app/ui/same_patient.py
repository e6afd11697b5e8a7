"""Whether what is told belongs to the patient of the form or to another: nobody may vanish behind a forgotten key."""

from collections.abc import Mapping

import streamlit as st

from app.ui import state
from app.ui.numbers import read_age
from triage_core.extraction.result import Extraction
from triage_core.patient import Patient

TELLING = ("age", "sexe", "motif_id")
_AGE_ROUNDING = 0.05  # years: an age in weeks or months is written again in whole ones


def has_changed(raw: Mapping[str, object], patient: Patient) -> bool:
    """Whether age, sex or reason of a form are not those of a patient already judged."""
    ours = {"age": patient.age, "sexe": patient.sexe, "motif_id": patient.motif_id}
    return any(_differs(raw.get(name), ours[name]) for name in TELLING)


def is_told_of_another(extraction: Extraction) -> bool:
    """Whether a line is of another patient than the form holds.

    Another sex; another age told with a sex or a reason (an age alone corrects); or age, sex and reason all told, and
    another reason. Measures alone are of the patient of the form.
    """
    told = {name: extracted.value for name, extracted in extraction.values.items() if name in ("age", "sexe")}
    motif_id = named_motif(extraction)
    ours = {"age": read_age(st.session_state.get(state.AGE) or "").value, "sexe": st.session_state.get(state.SEXE)}
    known = [name for name in told if ours[name] is not None]
    differing = {name for name in known if _differs(told[name], ours[name])}
    if differing:
        return "sexe" in differing or "sexe" in told or motif_id is not None
    ours_motif = st.session_state.get(state.MOTIF) or None
    return len(known) == 2 and None not in (motif_id, ours_motif) and motif_id != ours_motif


def named_motif(extraction: Extraction) -> str | None:
    """The reason that words name; ``None`` where only a measure does (« T 38,6 »)."""
    motif = extraction.values.get("motif_consultation")
    if motif is None or any(
        extracted.source == motif.source
        for name, extracted in extraction.values.items()
        if name != "motif_consultation"
    ):
        return None
    return str(motif.detail["motif_id"])


def _differs(one: object, other: object) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return abs(one - other) > _AGE_ROUNDING
    return one != other
