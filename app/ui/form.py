"""The entry form: who, why, how bad, one row after the other; reads it into one request or says what stops it."""

from dataclasses import dataclass

import streamlit as st

from app.ui import motif as motif_picker
from app.ui import state, understood
from app.ui.numbers import Reading, read_age, read_number, read_pressure
from app.ui.texts import number, small, t
from triage_core.features import ARRIVAL_MODES, BY_NAME, MEASURES, reference_interval
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import RuleBook

SEX_ORDER = ("F", "M", "Autre")
FIRST_ROW = ("frequence_cardiaque", "pression", "frequence_respiratoire", "saturation_oxygene")
SECOND_ROW = ("temperature", "echelle_douleur", "glasgow", "glycemie")
_MEASURES = frozenset(feature.name for feature in MEASURES)


@dataclass(frozen=True)
class FormReading:
    """What the form says now: the request, what stops its evaluation, and a mark that changes with any input."""

    raw: dict[str, object]
    label: str | None
    obstacles: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class _Who:
    label: str
    age: Reading
    sexe: str | None
    mode_arrivee: str | None


def patient_form(book: RuleBook, search: MotifSearch) -> FormReading:
    """Draw the form and read it; nothing is filled in that the nurse did not type."""
    who = _who()
    motif = motif_picker.pick_motif(book, search, who.age.value)
    ticked = motif_picker.tick_modulators(motif, who.age.value)
    flags = _flags()
    readings = (who.age, *_vitals(who.age.value), *_measures(motif_picker.measures_asked(motif), who.age.value))
    said = understood.echo(readings)
    st.markdown(small(t("tri.understood", values=said) if said else t("tri.nothing_yet")))
    _ask_about(readings, who.age.value)
    raw = _request(who, motif.id if motif is not None else None, ticked, flags, readings)
    return FormReading(raw, who.label or None, _obstacles(who, readings), _fingerprint(raw, who, readings))


def _who() -> _Who:
    case, age, sexe, arrival = st.columns([0.9, 1.1, 1.6, 1.2])
    label = case.text_input(
        t("tri.case"), key=state.CASE_LABEL, placeholder=t("tri.case.hint"), max_chars=40, persist_state="session"
    )
    age_text = age.text_input(t("tri.age"), key=state.AGE, placeholder=t("tri.age.hint"), persist_state="session")
    chosen_sex = sexe.segmented_control(
        t("tri.sexe"),
        SEX_ORDER,
        format_func=lambda value: t(f"sexe.{value}"),
        key=state.SEXE,
        persist_state="session",
    )
    mode = arrival.selectbox(
        t("tri.arrival"),
        ARRIVAL_MODES,
        index=None,
        format_func=lambda value: t(f"arrival.{value}"),
        key=state.ARRIVAL,
        placeholder="—",
        persist_state="session",
    )
    return _Who(label or "", read_age(age_text or ""), chosen_sex, mode)


def _flags() -> dict[str, bool]:
    names = {
        "adresse_par_medecin": (state.REFERRED, "tri.referred"),
        "comorbidite_lourde_en_rapport": (state.COMORBIDITY, "tri.comorbidity"),
        "traumatisme": (state.TRAUMA, "tri.trauma"),
    }
    with st.container(horizontal=True):
        return {name: st.checkbox(t(text), key=key, persist_state="session") for name, (key, text) in names.items()}


def _vitals(age: float | None) -> list[Reading]:
    readings: list[Reading] = []
    for row in (FIRST_ROW, SECOND_ROW):
        for column, name in zip(st.columns(len(row)), row, strict=True):
            with column:
                readings += _pressure(age) if name == "pression" else [_field(name, age)]
    return readings


def _measures(names: tuple[str, ...], age: float | None) -> list[Reading]:
    readings = []
    with st.container():  # always there, so that nothing below moves
        for column, name in zip(st.columns(4) if names else (), names, strict=False):
            with column:
                readings.append(_field(name, age))
    return readings


def _pressure(age: float | None) -> list[Reading]:
    hint = " / ".join(_hint(f"pression_{part}", age) for part in ("systolique", "diastolique"))
    text = st.text_input(t("tri.pressure"), key=state.PRESSURE, placeholder=hint, persist_state="session")
    return list(read_pressure(text or "", age))


def _field(name: str, age: float | None) -> Reading:
    text = st.text_input(
        t(f"short.{name}"), key=state.of_feature(name), placeholder=_hint(name, age), persist_state="session"
    )
    return read_number(name, text or "", age)


def _hint(name: str, age: float | None) -> str:
    """The usual values at this age, as a hint in the empty field; of pain the whole scale, for none is usual."""
    usual = BY_NAME[name].hard if name == "echelle_douleur" else reference_interval(name, age)
    if usual is None:
        return ""
    ends = [number(end) for end in usual]
    return ends[0] if usual[0] == usual[1] else "-".join(ends)


def _ask_about(readings: tuple[Reading, ...], age: float | None) -> None:
    fields = {"age": state.AGE, "pression_systolique": state.PRESSURE, "pression_diastolique": state.PRESSURE}
    with st.container():  # always there, so that the button below does not move
        for reading in readings:
            if not understood.is_usable(reading, age):
                understood.ask(reading, age, fields.get(reading.name, state.of_feature(reading.name)))


def _request(
    who: _Who, motif_id: str | None, ticked: tuple[str, ...], flags: dict[str, bool], readings: tuple[Reading, ...]
) -> dict[str, object]:
    values = {r.name: r.value if understood.is_usable(r, who.age.value) else None for r in readings}
    return {
        "age": values.pop("age"),
        "sexe": who.sexe,
        "motif_consultation": st.session_state.get(state.MOTIF_WORDS) or None,
        "motif_id": motif_id,
        "antecedents": list(st.session_state.get(state.ANTECEDENTS) or ()),
        "modulateurs": list(ticked),
        "mode_arrivee": who.mode_arrivee,
        **flags,
        "mesures": {name: value for name, value in values.items() if name in _MEASURES},
        "constantes": {name: value for name, value in values.items() if name not in _MEASURES},
    }


def _obstacles(who: _Who, readings: tuple[Reading, ...]) -> tuple[str, ...]:
    found = [understood.fault_text(r) for r in readings if not understood.is_usable(r, who.age.value)]
    if not who.age.text.strip():
        found.insert(0, t("fault.age_needed"))
    if who.sexe is None:
        found.append(t("fault.sexe_needed"))
    return tuple(found)


def _fingerprint(raw: dict[str, object], who: _Who, readings: tuple[Reading, ...]) -> str:
    unusable = [r.text for r in readings if not understood.is_usable(r, who.age.value)]
    return repr((raw, who.label, unusable))
