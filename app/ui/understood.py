"""Says what was understood of each field, and asks where a value may not be used as it stands."""

import streamlit as st

from app.ui import state, texts
from app.ui.numbers import Fault, Reading
from app.ui.texts import t
from triage_core.features import BY_NAME

KEEP_KEY, USE_KEY = "Alt+O", "Alt+U"  # oui ; utiliser
ASKED = (Fault.CONFIRM, Fault.REPEATED)  # usable once the nurse has said that it is so


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
    return f"{reading.name}|{reading.text}|{age}|{reading.same_as or ''}"


def is_usable(reading: Reading, age: float | None) -> bool:
    """Whether the reading may enter an evaluation: no fault, or an unusual value the nurse has confirmed."""
    if reading.fault is None:
        return True
    return reading.fault in ASKED and confirmation(reading, age) in st.session_state.get(state.CONFIRMED, ())


def is_question(reading: Reading) -> bool:
    """Whether one key answers it: an unusual value to confirm, or another unit to read it in."""
    return reading.fault in ASKED or reading.proposal is not None


def under(*readings: Reading) -> str:
    """What stands under a field: the understood value with its unit, the answer in words, or nothing.

    The two pressures stand under one field, as they are spoken.
    """
    told = [reading for reading in readings if reading.text.strip()]
    if not told or any(reading.fault not in (None, *ASKED) for reading in told):
        return t("field.unread") if told else ""
    if all(reading.answer is not None for reading in told):
        return t(f"answer.{told[0].answer}")
    parts = [_part(reading) for reading in told]
    return f"{'/'.join(parts)}\u202f{BY_NAME[told[0].name].unit}" if told[0].name != "age" else parts[0]


def _part(reading: Reading) -> str:
    if reading.value is None:
        return t(f"answer.short.{reading.answer}")
    return age_text(reading.value) if reading.name == "age" else texts.number(reading.value)


def short_text(name: str, value: float) -> str:
    """A value with its short name and unit, as it is spoken: ``FC 118 /min``."""
    if name == "age":
        return age_text(value)
    return f"{short_word(name)} {value_text(name, value)}"


def short_word(name: str) -> str:
    """The short name of a feature without its unit: ``FC``."""
    return t(f"short.{name}").split(" (")[0]


def fault_text(reading: Reading) -> str:
    """The sentence for one faulty reading: what was read and what is allowed."""
    low, high = reading.bounds or (0.0, 0.0)
    unit = BY_NAME[reading.name].unit
    key = "fault.confirm_unit" if reading.fault is Fault.CONFIRM and reading.proposal else f"fault.{reading.fault}"
    whole = "example.number" if BY_NAME[reading.name].decimals else "example.whole"
    example = {"age": "example.age", "pression_systolique": "example.pression"}.get(reading.name, whole)
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
        other=_other(reading.same_as),
    )


def _other(same_as: str | None) -> str:
    return t("fault.previous") if same_as == "previous" else label(same_as) if same_as else ""


def ask(reading: Reading, age: float | None, field_key: str, *, is_first: bool) -> None:
    """Show one faulty reading with the answers it allows, one key each for the first question on the page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":orange-badge[!] {texts.small(fault_text(reading))}", width="stretch")
        if reading.proposal is not None:
            st.button(
                t("fault.use", proposal=reading.proposal),
                key=f"use_{reading.name}",
                shortcut=USE_KEY if is_first else None,
                on_click=_use,
                args=(field_key, reading.proposal),
            )
        if reading.fault in ASKED and reading.value is not None:
            st.button(
                t("fault.keep", value=value_text(reading.name, reading.value)),
                key=f"keep_{reading.name}",
                shortcut=KEEP_KEY if is_first else None,
                on_click=_keep,
                args=(confirmation(reading, age),),
            )


def _use(field_key: str, proposal: str) -> None:
    st.session_state[field_key] = proposal
    _answered()


def _keep(mark: str) -> None:
    st.session_state[state.CONFIRMED] = (*st.session_state.get(state.CONFIRMED, ()), mark)
    _answered()


def _answered() -> None:
    """The evaluation that waited for answers is done with; what is still asked stands beside its field."""
    if st.session_state.get(state.ONLY_ASKED):
        st.session_state[state.REFUSED] = ()
