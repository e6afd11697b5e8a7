"""Statistics and corrections of the nurses: how often they agree, what they change, and the table to take away."""

from typing import TYPE_CHECKING

import streamlit as st

from app import wiring
from app.ui import charts, roles, state, texts
from app.ui.badge import gravity_name, level_word
from app.ui.texts import small, t
from feedback_store.corrections import corrections_csv
from feedback_store.spreadsheet import without_formula
from feedback_store.stats import FeedbackStats
from feedback_store.tally import Wanted
from triage_core.levels import Gravity

if TYPE_CHECKING:
    from feedback_store.record import FeedbackRecord

PERIODS = (7, 30, 90, 0)
KINDS = ("correct", "upgrade", "downgrade", "disagree")
ROW_HEIGHT = 28  # pixels
MOST_ROWS = 200  # on the screen; however long the journal is, the page costs the same
GRAVITIES = tuple(reversed(Gravity))


def pick_period() -> int | None:
    """How many days back to look; ``None`` for everything."""
    days = st.segmented_control(
        t("retours.period"),
        PERIODS,
        default=30,
        required=True,
        format_func=lambda d: texts.choice(t(f"retours.period.{d}")),
        key=state.FEEDBACK_DAYS,
        label_visibility="collapsed",
    )
    return days or None


def show_statistics(stats: FeedbackStats) -> None:
    """Is it still good (figures and alerts), then where (verdicts by level)."""
    shown = {
        "retours.predictions": texts.number(stats.total_predictions),
        "retours.count": texts.number(stats.total_feedback),
        "retours.accuracy": texts.percent(stats.accuracy_rate, 1),
        "retours.under": texts.percent(stats.under_triage_rate, 1),
        "retours.over": texts.percent(stats.over_triage_rate, 1),
        "retours.disagree": texts.percent(stats.disagree_rate, 1),
    }
    for column, (key, value) in zip(st.columns(len(shown)), shown.items(), strict=True):
        column.metric(t(key), value)
    if not stats.total_feedback:
        st.info(t("retours.empty"))
        return
    if stats.retraining_recommended:
        st.warning(t("retours.retrain", reasons=", ".join(t(f"reason.{reason.value}") for reason in stats.reasons)))
    else:
        st.markdown(small(t("retours.steady")))
    st.markdown(small(t("retours.by_level")))
    charts.levels({gravity_name(gravity): level.total for gravity, level in stats.by_level.items()})


def show_corrections(since_days: int | None) -> None:
    """The verdicts that stand, newest first, filtered, and the same rows as CSV, all of them."""
    store = wiring.services().store
    if not store.newest_corrections(since_days, 0)[0]:
        return
    st.subheader(t("retours.corrections"), anchor=False)
    level_side, kind_side = st.columns(2)
    levels = level_side.pills(
        t("retours.level"),
        GRAVITIES,
        selection_mode="multi",
        format_func=lambda gravity: texts.choice(gravity_name(gravity)),
        key=state.FEEDBACK_LEVELS,
    )
    kinds = kind_side.pills(
        t("retours.kind"),
        KINDS,
        selection_mode="multi",
        format_func=lambda kind: texts.choice(t(f"kind.{kind}")),
        key=state.FEEDBACK_KIND,
    )
    total, newest = store.newest_corrections(since_days, MOST_ROWS, tuple(levels), tuple(kinds))
    if not newest:
        st.info(t("retours.none_left"))
        return
    if total > len(newest):
        st.markdown(small(t("retours.newest", n=texts.number(len(newest)), total=texts.number(total))))
    rows = [_row(record) for record in newest]
    config = st.column_config
    columns = {
        t("retours.when"): config.DatetimeColumn(format=texts.moment_format()),
        t("verdict.reason"): config.Column(width="large"),
        t("retours.missed"): config.Column(width="small"),
        t("modele.version"): config.Column(width="small"),
    }
    st.dataframe(
        rows,
        hide_index=True,
        height=min(320, 2 + ROW_HEIGHT * (1 + len(rows))),
        row_height=ROW_HEIGHT,
        column_config=columns,
        alt=t("retours.corrections"),
    )
    who = roles.who()

    def export() -> bytes:
        wanted = Wanted("", tuple(levels), tuple(kinds))
        kept = [record for record in store.corrections(since_days) if wanted.takes(record)]
        wiring.services().access_log.note(who, "export", str(len(kept)))
        return corrections_csv(kept)

    st.download_button(t("retours.csv"), export, file_name="corrections.csv", mime="text/csv", on_click="ignore")


def _row(record: "FeedbackRecord") -> dict[str, object]:
    shown, wanted = record.original_french_level, record.corrected_french_level
    return {
        t("retours.when"): record.timestamp.astimezone(texts.zone()).replace(tzinfo=None),
        t("retours.level"): level_word(shown) if shown else gravity_name(record.original_gravity),
        t("retours.kind"): t(f"kind.{record.feedback_type}"),
        t("retours.wanted"): level_word(wanted) if wanted else gravity_name(record.corrected_gravity),
        t("verdict.reason"): without_formula(record.reason or ""),  # the browser saves a table as CSV by itself
        t("retours.missed"): without_formula(", ".join(record.missed_symptoms)),
        t("modele.version"): record.model_version or "—",
    }
