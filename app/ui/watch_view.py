"""The monitoring page's pieces: alerts first, then figures over time with their limits, then the patients."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from app import wiring
from app.ui import roles, state, texts, watch_charts
from app.ui.badge import gravity_name
from app.ui.texts import small, t
from feedback_store.alert_log import Alert
from feedback_store.readings import LEAST_DECISIONS
from feedback_store.watching import Period, activity, drifts, overrides, verdict_periods
from triage_core.features import BY_NAME
from triage_core.monitoring.alerts import AlertKind
from triage_core.monitoring.drift import Drift
from triage_core.monitoring.proportions import p_chart

PERIODS = (30, 90, 365)
AS_SHARES = (AlertKind.ERROR_RATE, AlertKind.UNDER_TRIAGE, AlertKind.MISSINGNESS, AlertKind.MODEL_ABSENT)


def show_alerts() -> None:
    """What is wrong now, like with like, each figure beside its limit, and one button a row to say it was seen."""
    st.subheader(t("watch.alerts"), anchor=False)
    standing = wiring.services().alerts.standing()
    if not standing:
        st.success(t("watch.calm"))
    unseen = tuple(alert.key for alert in standing if alert.acknowledged_by is None)
    if len(unseen) > 1:
        st.button(t("watch.acknowledge_all"), key="ack_all", on_click=_acknowledge, args=unseen)
    rows: dict[tuple[AlertKind, str | None], list[Alert]] = {}
    for alert in standing:
        rows.setdefault((alert.kind, alert.acknowledged_by), []).append(alert)
    with st.container(gap="xsmall"):
        for (kind, seen_by), alerts in rows.items():
            _alert_row(kind, seen_by, alerts)


def pick_period() -> int:
    """Over how many days to look back."""
    chosen = st.segmented_control(
        t("watch.days"),
        PERIODS,
        default=PERIODS[0],
        format_func=lambda days: texts.choice(t(f"watch.days.{days}")),
        key=state.WATCH_DAYS,
        required=True,
    )
    return chosen or PERIODS[0]


def is_read() -> bool:
    """Whether the monitoring knows the journals; where no look runs in the background, the page itself reads them."""
    services = wiring.services()
    return not services.settings.watch_period_s or not services.watching.is_behind()


def show_verdicts(days: int) -> None:
    """Corrections, under- and over-triage over time with control limits; then which levels are changed most."""
    services, now = wiring.services(), datetime.now(UTC)
    with services.store.counted() as tally:
        periods = verdict_periods(tally, days, now)
        changed = overrides(tally, days, now)
    if not periods:
        st.info(t("watch.no_verdict"))
        return
    limits = services.settings.watch_limits
    _control_charts(periods, {"error": limits.max_error_rate, "under": limits.max_under_triage_rate, "over": None})
    st.markdown(small(t("watch.control")))
    told = {gravity_name(gravity): (part / n if n else 0.0, part, n) for gravity, (part, n) in changed.items()}
    rows = [(name, share, f"{texts.percent(share)} ({part}/{n})") for name, (share, part, n) in told.items()]
    st.markdown(small(t("watch.overrides")))
    said = ", ".join(f"{name} {text}" for name, _, text in rows)
    watch_charts.shares("overrides", rows, t("watch.overrides.alt", items=said))


def show_decisions(days: int) -> None:
    """How often the model raises or stays silent, and how long an answer takes."""
    if not is_read():
        st.info(t("watch.reading"))
        return
    with wiring.services().watching.current() as watch:
        periods = activity(watch, days, datetime.now(UTC))
    if not periods:
        st.info(t("watch.no_decision"))
        return
    model_side, time_side = st.columns(2)
    with model_side:
        st.markdown(small(t("watch.activity")))
        watch_charts.model_activity(periods)
    with time_side:
        st.markdown(small(t("watch.latency")))
        watch_charts.latency(periods)


def show_drift(days: int) -> None:
    """How far today's patients are from those of the training, feature by feature, and what is measured less."""
    services = wiring.services()
    predictor, _ = services.triage.model.current()
    reference = {} if predictor is None else predictor.bundle.manifest.get("reference", {})
    if not reference:
        st.info(t("watch.drift.none"))
        return
    if not is_read():
        return
    with services.watching.current() as watch:
        found = drifts(watch, reference, days, datetime.now(UTC))
    st.markdown(small(t("watch.drift")))
    n = max((drift.n for drift in found), default=0)
    if n < LEAST_DECISIONS:
        st.info(t("watch.drift.few", n=texts.number(n), least=texts.number(LEAST_DECISIONS)))
        return
    rows = [(feature_name(drift.feature), drift.psi, texts.number(drift.psi, 2)) for drift in found]
    said = ", ".join(f"{name} {text}" for name, _, text in rows)
    watch_charts.shares("drift", rows, t("watch.drift.alt", items=said), [drift.psi_limit for drift in found])
    st.markdown(small(t("watch.missing")))
    _missing(found)


def feature_name(feature: str) -> str:
    """The name of a watched feature in the session's language."""
    known = BY_NAME.get(feature)
    if known is None:
        return t(f"feature.{feature}")
    return known.label if texts.language() == "fr" else known.label_en


def _control_charts(periods: Sequence[Period], limits: dict[str, float | None]) -> None:
    counts = {
        "error": [(p.start, p.errors, p.n) for p in periods],
        "under": [(p.start, p.under, p.n) for p in periods],
        "over": [(p.start, p.over, p.n) for p in periods],
    }
    for side, (key, own) in zip(st.columns(len(counts)), counts.items(), strict=True):
        centre, points = p_chart(own)
        if centre is not None:
            with side:
                st.metric(t(f"watch.{key}"), texts.percent(centre, 1))
                watch_charts.control(key, t(f"watch.{key}"), points, centre, limits[key])


def _missing(found: Sequence[Drift]) -> None:
    gone = [drift for drift in found if drift.is_missing_more]
    for drift in gone:
        now, then = texts.percent(drift.missing), texts.percent(drift.missing_reference)
        st.markdown(t("watch.missing.row", name=feature_name(drift.feature), now=now, then=then))
    if not gone:
        st.markdown(t("watch.missing.none"))


def _alert_row(kind: AlertKind, seen_by: str | None, alerts: Sequence[Alert]) -> None:
    """What is wrong, since when, who has seen it; under it where, with what figures."""
    since = texts.date(min(alert.raised_at for alert in alerts).isoformat())
    told = [f"**{t(f'alert.{kind.value}')}**", t("watch.since", day=since)]
    told += [] if seen_by is None else [t("watch.acknowledged", who=texts.plain(seen_by))]
    figures = [text for text in map(_where, alerts) if text]
    with st.container(border=True, key=f"alert_{kind.value}_{seen_by is None}"):
        words, act = st.columns([8, 1], vertical_alignment="center")
        words.markdown("  \n".join([" · ".join(told), *([small(texts.with_semicolons(figures))] if figures else [])]))
        if seen_by is None:
            keys = tuple(alert.key for alert in alerts)
            with act.container(horizontal=True, horizontal_alignment="right"):
                st.button(t("watch.acknowledge"), key=f"ack_{kind.value}", on_click=_acknowledge, args=keys)


def _where(alert: Alert) -> str:
    """What an alert is about and its figure beside its limit; empty when its kind says it all."""
    is_feature = alert.kind in (AlertKind.FEATURE_DRIFT, AlertKind.MISSINGNESS)
    subject = feature_name(alert.subject) if alert.subject and is_feature else texts.plain(alert.subject or "")
    if alert.kind in (AlertKind.ERROR_STREAM, AlertKind.TRIAL_STOPPED):
        return subject
    return (
        f"{subject} {t('watch.figure', value=_figure(alert, alert.value), limit=_figure(alert, alert.limit))}".strip()
    )


def _figure(alert: Alert, value: float) -> str:
    if alert.kind in AS_SHARES:
        return texts.percent(value, 1)
    if alert.kind is AlertKind.LATENCY:
        return texts.with_unit(value, t("watch.ms"), 0)
    return texts.number(value, 0 if alert.kind is AlertKind.JOURNAL_DAMAGE else 2)


@roles.administrators_only
def _acknowledge(*keys: str) -> None:
    for key in keys:
        wiring.services().alerts.acknowledge(key, roles.who())
