"""What the grid says of this patient's motif, row by row, with what each row answers to her values."""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from app.ui import texts, understood
from app.ui.badge import level_word
from app.ui.explanation import SIGNS, rule_words
from app.ui.glucose import in_form_unit
from app.ui.judging import Judged
from app.ui.motif import motif_label
from app.ui.texts import t
from triage_core.patient import Patient
from triage_core.rules.age_bands import limit_at
from triage_core.rules.catalog import Motif, Rule, RuleBook
from triage_core.rules.conditions import Condition, Reading, State, read_patient
from triage_core.rules.describe import describe_condition
from triage_core.rules.engine import evaluate

KEY = "Alt+L"
NOT_ASKED = "—"  # advice only: no box on the form asks for it


@dataclass(frozen=True)
class GridRow:
    """One row: the level it sets (``None``: advice only), its words, and its answer for this patient."""

    level: str | None
    words: str
    answer: str


def rows(motif: Motif, patient: Patient) -> list[GridRow]:
    """The rows of a motif, most urgent first, after the default level."""
    reading = read_patient(patient)
    found = []
    for rule in sorted(motif.modulators, key=lambda rule: -rule.level.rank):
        level = level_word(rule.level) if rule.effect == "set_level" else None
        found.append(GridRow(level, _words(rule, reading.age), _answer(rule, reading)))
    return found


def _answer(rule: Rule, reading: Reading) -> str:
    """What a row answers; a box nobody ticked answers nothing, a « non » would be a finding nobody made."""
    if rule.kind != "measured" and rule.id not in reading.ticked:
        return t("rows.unticked") if rule.effect == "set_level" else NOT_ASKED
    answer = evaluate(rule, reading)
    if answer.state is not State.UNKNOWN:
        return t(f"rows.{answer.state.value}")
    return _lacking(answer.missing)


def _lacking(missing: Iterable[str]) -> str:
    return texts.with_colon(t("rows.indetermine"), ", ".join(understood.label(name) for name in sorted(missing)))


def floor_rows(judged: Judged, book: RuleBook) -> list[GridRow]:
    """The general thresholds that fired or cannot say, most urgent first; the others are silent."""
    fired = {finding.rule_id for finding in judged.decision.findings}
    missing = {rule.rule_id: rule.missing for rule in judged.decision.not_evaluable}
    found, age = [], judged.patient.age
    for rule in sorted(book.floor_at(age), key=lambda rule: -rule.level.rank):
        if rule.id in fired:
            found.append(GridRow(level_word(rule.level), rule_words(rule, age), t("rows.declenche")))
        elif rule.id in missing:
            found.append(GridRow(level_word(rule.level), rule_words(rule, age), _lacking(missing[rule.id])))
    return found


def _words(rule: Rule, age: float) -> str:
    words, condition = rule_words(rule, age), rule.condition
    if condition is None or limit_at(condition, age) is not None or _is_told(condition, rule.label):
        return words
    return f"{words} ({texts.of_rule(in_form_unit(describe_condition(condition), marked=False))})"


def _is_told(condition: Condition, label: str) -> bool:
    """Whether a label gives the limit itself: in words after it, it would say the same twice."""
    said = describe_condition(condition)
    for word, sign in SIGNS.items():
        said = said.replace(word.replace("_", " "), sign)
    return said.casefold() in label.casefold()


def show(judged: Judged, book: RuleBook) -> None:
    """Open the rows over the page; Escape closes them."""

    @st.dialog(t("rows.title"), width="large")
    def dialog() -> None:
        motif = None if judged.decision.motif_id is None else book.motif(judged.decision.motif_id)
        if motif is None:
            st.markdown(t("rows.no_motif"))
        else:
            head = f"**{texts.plain(motif_label(book, motif.id))}**"
            st.markdown(texts.with_colon(head, level_word(motif.default_level)))
            _table(rows(motif, judged.patient))
        st.markdown(f"**{t('rows.floor')}**")
        _table(floor_rows(judged, book))

    dialog()


def _table(found: list[GridRow]) -> None:
    if not found:
        st.markdown(t("rows.none"))
        return
    head = f"| {t('rows.level')} | {t('rows.words')} | {t('rows.answer')} |\n|---|---|---|"
    lines = [
        f"| {row.level or t('rows.advice')} | {texts.plain(row.words)} | {texts.plain(row.answer)} |" for row in found
    ]
    st.markdown("\n".join([head, *lines]))
