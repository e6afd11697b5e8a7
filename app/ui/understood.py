"""Says what was understood of each field, and asks where a value may not be used as it stands."""

import streamlit as st

from app.ui import state, texts
from app.ui.numbers import Fault, Reading
from app.ui.texts import t
from triage_core.features import BY_NAME


def label(name: str) -> str:
    """The name of a feature in the session's language; unknown names are shown as they are."""
    if name == "sexe":
        return t("tri.sexe")
    feature = BY_NAME.get(name)
    if feature is None:
        return name
    return feature.label if texts.language() == "fr" else feature.label_en


def value_text(name: str, value: float) -> str:
    """A value as it is said: months below two years, otherwise number and unit."""
    if name == "age":
        return age_text(value)
    return texts.with_unit(value, BY_NAME[name].unit)


def age_text(years: float) -> str:
    """Age in words: ``18 mois`` below two years, whole years from there."""
    if years < 2:
        return t("age.months", value=texts.number(round(12 * years, 1)))
    return t("age.years", value=texts.number(round(years, 1)))


def confirmation(reading: Reading, age: float | None) -> str:
    """What one confirmation is bound to: a new text or another age asks again."""
    return f"{reading.name}|{reading.text}|{age}"


def is_usable(reading: Reading, age: float | None) -> bool:
    """Whether the reading may enter an evaluation: no fault, or an unusual value the nurse has confirmed."""
    if reading.fault is None:
        return True
    return reading.fault is Fault.CONFIRM and confirmation(reading, age) in st.session_state.get(state.CONFIRMED, ())


def echo(readings: tuple[Reading, ...]) -> str:
    """One line with every understood value and its unit; the pressure as it is spoken."""
    values = {r.name: r.value for r in readings if r.value is not None and r.fault in (None, Fault.CONFIRM)}
    high, low = values.pop("pression_systolique", None), values.pop("pression_diastolique", None)
    said = [short_text(name, value) for name, value in values.items()]
    if high is not None:
        pressure = texts.number(high) if low is None else f"{texts.number(high)}/{texts.number(low)}"
        said.insert(1 if "age" in values else 0, f"{pressure}\u202fmmHg")
    return " · ".join(said)


def short_text(name: str, value: float) -> str:
    """A value with its short name and unit, as it is spoken: ``FC 118 /min``."""
    if name == "age":
        return age_text(value)
    word = t(f"short.{name}").split(" (")[0]
    return f"{word} {value_text(name, value)}"


def fault_text(reading: Reading) -> str:
    """The sentence for one faulty reading: what was read and what is allowed."""
    low, high = reading.bounds or (0.0, 0.0)
    unit = BY_NAME[reading.name].unit
    key = "fault.confirm_unit" if reading.fault is Fault.CONFIRM and reading.proposal else f"fault.{reading.fault}"
    example = {"age": "example.age", "pression_systolique": "example.pression"}.get(reading.name, "example.number")
    return t(
        key,
        label=label(reading.name),
        text=texts.plain(reading.text.strip()[:40]),
        low=texts.number(low),
        high=texts.number(high),
        unit=unit,
        example=t(example),
        proposal=reading.proposal or "",
        value="" if reading.value is None else value_text(reading.name, reading.value),
    )


def ask(reading: Reading, age: float | None, field_key: str) -> None:
    """Show one faulty reading with the one-click answers it allows."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":orange-badge[!] {fault_text(reading)}", width="stretch")
        if reading.proposal is not None:
            st.button(
                t("fault.use", proposal=reading.proposal),
                key=f"use_{reading.name}",
                on_click=_use,
                args=(field_key, reading.proposal),
            )
        if reading.fault is Fault.CONFIRM and reading.value is not None:
            st.button(
                t("fault.keep", value=value_text(reading.name, reading.value)),
                key=f"keep_{reading.name}",
                on_click=_keep,
                args=(confirmation(reading, age),),
            )


def _use(field_key: str, proposal: str) -> None:
    st.session_state[field_key] = proposal


def _keep(mark: str) -> None:
    st.session_state[state.CONFIRMED] = (*st.session_state.get(state.CONFIRMED, ()), mark)
