"""What the verification of the journals found, and the digest to compare with paper. For administrators."""

import streamlit as st

from app import wiring
from app.ui import roles, state, texts
from app.ui.texts import small, t
from feedback_store.watch import Report

_NOTES = {"power": "journal.note.power", "head": "journal.note.head"}


def show_journals() -> None:
    """Is it sound, since when, what to do; then the figures of each journal."""
    keeping = wiring.services().store.keeping
    reports = keeping.reports()
    _verdict(reports)
    st.button(t("journal.check"), key="journal_check", on_click=check_now, type="primary")
    digest = keeping.current_digest()
    st.metric(t("journal.digest"), digest.code if digest.lines else t("journal.none"), help=t("journal.digest.help"))
    if digest.sheet:
        st.markdown(small(t("journal.sheet", code=digest.sheet)))
    st.dataframe([_row(report) for report in reports], hide_index=True, width="stretch")
    findings = [finding for report in reports for finding in report.findings]
    if findings:
        st.code("\n".join(findings), language=None, wrap_lines=True)


@roles.administrators_only
def check_now() -> None:
    """Verify what came since the last time."""
    wiring.services().store.keeping.check()
    st.session_state[state.NOTICE] = ("success", t("journal.checked"))


def _verdict(reports: tuple[Report, ...]) -> None:
    if any(report.refusal for report in reports):
        st.error(t("journal.refusal"))
    if any(report.findings for report in reports):
        st.error(t("journal.damaged"))
        st.markdown(t("journal.what_to_do"))
    elif all(report.is_sound for report in reports):
        lines = sum(report.acknowledged for report in reports)
        verified = sum(report.verified for report in reports)
        st.success(t("journal.sound", lines=texts.number(lines), verified=texts.number(verified)))
    if not all(report.is_complete for report in reports):
        st.info(t("journal.incomplete"))


def _row(report: Report) -> dict[str, str | int]:
    name = report.name.removesuffix(".jsonl")
    note = _NOTES.get(report.note.partition(" ")[0], "journal.note.none")
    return {
        t("journal.name"): t(f"journal.{name}") if texts.has(f"journal.{name}") else name,
        t("journal.lines"): report.acknowledged,
        t("journal.verified"): report.verified,
        t("journal.findings"): len(report.findings),
        t("journal.segments"): report.segments,
        t("journal.unchained"): report.unchained,
        t("journal.note"): t(note),
    }
