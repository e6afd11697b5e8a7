"""The entry form: why, who, how bad, one row after the other; reads it into one request or says what stops it."""

from dataclasses import dataclass

import streamlit as st

from app.ui import earlier, proposals, space, state, texts, understood
from app.ui import motif as motif_picker
from app.ui.numbers import Reading, read_age, read_number, read_pressure
from app.ui.repeats import mark_repeats
from app.ui.texts import number, small, t
from triage_core.features import ARRIVAL_MODES, BY_NAME, MEASURES, reference_interval
from triage_core.motifs.search import MotifSearch
from triage_core.patient import METER_WORDS
from triage_core.rules.catalog import Motif, RuleBook

SEX_ORDER = ("F", "M", "Autre")
FIRST_ROW = ("frequence_cardiaque", "pression", "frequence_respiratoire", "saturation_oxygene")
SECOND_ROW = ("temperature", "echelle_douleur", "glasgow", "glycemie")
PAUSE = "800ms"  # longer than between two keys, or half a number would be asked about
_MEASURES = frozenset(feature.name for feature in MEASURES)


@dataclass(frozen=True)
class FormReading:
    """What the form says now: the request, what stops its evaluation, and a mark that changes with any input.

    ``only_asks``: nothing is wrong or lacking, some values wait for a yes; ``n_asked``: the numbers that wait for one
    or are refused; ``confirmed``: those that had theirs.
    """

    raw: dict[str, object]
    label: str | None
    obstacles: tuple[str, ...]
    only_asks: bool
    n_asked: int
    confirmed: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class _Who:
    age: Reading
    sexe: str | None
    words: str


@dataclass(frozen=True)
class _Seldom:
    label: str
    mode_arrivee: str | None
    flags: dict[str, bool]


def patient_form(book: RuleBook, search: MotifSearch) -> FormReading:
    """Draw the form and read it; nothing is filled in that the nurse did not type.

    In the order of a triage, which is the order of the Tab key: why, who, how bad, and what few patients need.
    """
    with st.container(gap=space.form_gap()):
        who, motif = _why_and_who(book, search)
        ticked, proposed = motif_picker.tick_modulators(motif, who.age.value)
        told = (who.age, *_vitals(who.age.value), *_measures(motif_picker.measures_asked(motif), who.age.value))
        readings = mark_repeats(told, st.session_state.get(state.PREVIOUS_VITALS) or {})
        with proposed:
            proposals.offer(motif, ticked, who.age.value, _usable(readings, who.age.value))
        seldom = _seldom()
        asked = [reading for reading in readings if not understood.is_usable(reading, who.age.value)]
        _ask_about(asked, who.age.value)
    raw = _request(who, motif.id if motif is not None else None, ticked, seldom, readings)
    faults = [*_lacking(who), *_contradicted(book, search, who, motif)]
    obstacles = (*faults, *map(understood.fault_text, asked))
    only_asks = not faults and all(understood.is_question(reading) for reading in asked)
    confirmed = tuple(reading.name for reading in readings if reading.fault is not None and reading not in asked)
    mark = repr((raw, seldom.label, [reading.text for reading in asked]))
    return FormReading(raw, seldom.label or None, obstacles, only_asks, len(asked), confirmed, mark)


def _why_and_who(book: RuleBook, search: MotifSearch) -> tuple[_Who, Motif | None]:
    words_side, grid_side, age_side, sex_side = st.columns([1.25, 1.5, 0.7, 1.15], gap="small")
    with words_side:
        words = motif_picker.type_words()
    with grid_side:
        motif = motif_picker.pick_in_grid(book)
    with age_side:
        age = read_age(_typed(t("tri.age"), state.AGE, t("tri.age.hint")))
    sexe = sex_side.radio(
        t("tri.sexe"),
        SEX_ORDER,
        index=None,
        format_func=lambda value: t(f"sexe.{value}"),
        key=state.SEXE,
        horizontal=True,
        persist_state="session",
    )
    with st.container():  # always there: a field that moved would be drawn anew and lose what is being typed
        motif_picker.propose(book, search, words, motif, age.value)
    return _Who(age, sexe, words), motif


def _seldom() -> _Seldom:
    """What most patients leave empty: by which name they are called here, how they came, what weighs besides."""
    label_side, arrival_side, flags_side = st.columns([0.8, 1.1, 2.4], vertical_alignment="bottom", gap="small")
    label = label_side.text_input(
        t("tri.case"),
        key=state.CASE_LABEL,
        placeholder=t("tri.case.hint"),
        max_chars=40,
        persist_state="session",
        live=PAUSE,
    )
    mode = arrival_side.selectbox(
        t("tri.arrival"),
        ARRIVAL_MODES,
        index=None,
        format_func=lambda value: t(f"arrival.{value}"),
        key=state.ARRIVAL,
        placeholder="—",
        persist_state="session",
    )
    with flags_side:
        return _Seldom(label or "", mode, _flags())


def _flags() -> dict[str, bool]:
    names = {
        "adresse_par_medecin": (state.REFERRED, "tri.referred"),
        "comorbidite_lourde_en_rapport": (state.COMORBIDITY, "tri.comorbidity"),
        "traumatisme": (state.TRAUMA, "tri.trauma"),
    }
    with st.container(horizontal=True, gap="small"):
        return {name: st.checkbox(t(text), key=key, persist_state="session") for name, (key, text) in names.items()}


def _vitals(age: float | None) -> list[Reading]:
    readings: list[Reading] = []
    for row in (FIRST_ROW, SECOND_ROW):
        for column, name in zip(st.columns(len(row), gap="small"), row, strict=True):
            with column, st.container(gap=None):
                readings += _pressure(age) if name == "pression" else [_field(name, age)]
    return readings


def _measures(names: tuple[str, ...], age: float | None) -> list[Reading]:
    readings = []
    with st.container():  # always there, so that nothing below moves
        for column, name in zip(st.columns(4, gap="small") if names else (), names, strict=False):
            with column, st.container(gap=None):
                readings.append(_field(name, age))
    return readings


def _pressure(age: float | None) -> list[Reading]:
    hint = " / ".join(_hint(f"pression_{part}", age) for part in ("systolique", "diastolique"))
    readings = read_pressure(_typed(t("tri.pressure"), state.PRESSURE, hint), age)
    _under(*readings)
    return list(readings)


def _field(name: str, age: float | None) -> Reading:
    reading = read_number(name, _typed(t(f"short.{name}"), state.of_feature(name), _hint(name, age)), age)
    _under(reading)
    return reading


def _typed(label: str, key: str, hint: str) -> str:
    """The text of a field, known when it is left or after a pause: a number still being typed is not lost either."""
    return st.text_input(label, key=key, placeholder=hint, persist_state="session", live=PAUSE) or ""


def _under(*readings: Reading) -> None:
    """The understood value with its unit; the line is always there, so that nothing moves."""
    said = [text for text in (understood.under(*readings), earlier.before(*readings)) if text]
    st.markdown(small(" · ".join(said) or "\u00a0"))


def _hint(name: str, age: float | None) -> str:
    """The usual values at this age, as a hint in the empty field; of pain the whole scale, for none is usual."""
    usual = BY_NAME[name].hard if name == "echelle_douleur" else reference_interval(name, age)
    if usual is None:
        return ""
    ends = [number(end) for end in usual]
    return ends[0] if usual[0] == usual[1] else "-".join(ends)


def _ask_about(pending: list[Reading], age: float | None) -> None:
    fields = {"age": state.AGE, "pression_systolique": state.PRESSURE, "pression_diastolique": state.PRESSURE}
    with st.container(gap="xxsmall"):  # always there, so that the button below does not move
        first = next((reading for reading in pending if understood.is_question(reading)), None)
        for reading in pending:
            field = fields.get(reading.name, state.of_feature(reading.name))
            understood.ask(reading, age, field, is_first=reading is first)


def _usable(readings: tuple[Reading, ...], age: float | None) -> dict[str, float | None]:
    return {r.name: r.value if understood.is_usable(r, age) else None for r in readings}


def _request(
    who: _Who, motif_id: str | None, ticked: tuple[str, ...], seldom: _Seldom, readings: tuple[Reading, ...]
) -> dict[str, object]:
    values = _usable(readings, who.age.value)
    answers = {r.name: r.answer for r in readings if r.answer is not None}
    return {
        "age": values.pop("age"),
        "sexe": who.sexe,
        "motif_consultation": st.session_state.get(state.MOTIF_WORDS) or None,
        "motif_id": motif_id,
        "antecedents": list(st.session_state.get(state.ANTECEDENTS) or ()),
        "modulateurs": list(ticked),
        "mode_arrivee": seldom.mode_arrivee,
        **seldom.flags,
        "mesures": {name: value for name, value in values.items() if name in _MEASURES},
        "constantes": {name: value for name, value in values.items() if name not in _MEASURES},
        "non_mesures": {name: answer for name, answer in answers.items() if answer not in METER_WORDS.values()},
        "hors_echelle": {name: answer for name, answer in answers.items() if answer in METER_WORDS.values()},
    }


def _lacking(who: _Who) -> list[str]:
    """What no evaluation goes without; a line not taken into the form yet may hold it."""
    lacking = [t("fault.line_waits")] if (st.session_state.get(state.QUICK_LINE) or "").strip() else []
    if not who.age.text.strip():
        lacking.append(t("fault.age_needed"))
    if who.sexe is None:
        lacking.append(t("fault.sexe_needed"))
    return lacking


def _contradicted(book: RuleBook, search: MotifSearch, who: _Who, motif: Motif | None) -> list[str]:
    other = motif_picker.other_motif(search, who.words, motif, who.age.value)
    if other is None or motif is None:
        return []
    chosen, named = (texts.plain(motif_picker.motif_label(book, id_)) for id_ in (motif.id, other))
    return [t("fault.motif_other", chosen=chosen, named=named)]
