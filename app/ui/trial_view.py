"""Experiments: give the waiting model a share of the visits, see both arms, and end it with one click."""

from typing import TYPE_CHECKING

import streamlit as st

from app import trial_guard, wiring
from app.ui import roles, state, texts, watch_view
from app.ui.texts import small, t
from feedback_store.trials import Trial
from feedback_store.watching import Arm, errors_by_kind
from triage_core.monitoring.sequential import evidence, stop_limit

if TYPE_CHECKING:
    from app.wiring import Services

SHARES = (0.1, 0.2, 0.3, 0.5)


def show_trial() -> None:
    """The running experiment with its stop button, else what starts one; then those that ended."""
    st.subheader(t("trial.title"), anchor=False)
    services = wiring.services()
    trial = services.trials.running()
    if trial is not None:
        _running(services, trial)
    else:
        _start_panel(services)
    ended = [told for told in reversed(services.trials.all()) if not told.is_running]
    if ended:
        st.markdown(small(t("trial.past")))
        st.dataframe([_past_row(told) for told in ended], hide_index=True, alt=t("trial.past"))


def _running(services: "Services", trial: Trial) -> None:
    day, share = texts.date(trial.started_at.isoformat()), texts.percent(trial.share)
    st.info(t("trial.running", day=day, version=texts.plain(trial.challenger), share=share))
    st.button(t("trial.stop"), key="trial_stop", type="primary", on_click=_stop, args=(trial.trial_id,))
    if watch_view.is_read():
        _show_arms(trial, services.watching.arms(trial))
    else:
        st.info(t("watch.reading"))


def _show_arms(trial: Trial, arms: tuple[Arm, Arm]) -> None:
    names = f"{t('trial.champion')} ({trial.champion})", f"{t('trial.challenger')} ({trial.challenger})"
    st.dataframe([_arm_row(n, a) for n, a in zip(names, arms, strict=True)], hide_index=True, alt=t("trial.title"))
    kinds = errors_by_kind(*arms)
    found = max(evidence(errors, trial.share) for errors in kinds.values())
    st.markdown(small(t("trial.evidence", value=texts.number(found, 1), limit=texts.number(stop_limit(len(kinds))))))


def _start_panel(services: "Services") -> None:
    challenger = services.challenger.current()
    champion, _ = services.triage.model.current()
    if challenger is None or champion is None:
        st.info(t("trial.none"))
        return
    st.markdown(small(t("trial.explain")))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("trial.share"), SHARES, format_func=texts.percent, key=state.TRIAL_SHARE, width=140)
        told = (challenger.version, champion.version)
        st.button(t("trial.start"), key="trial_start", on_click=_start, args=told)
        st.markdown(small(t("trial.version", version=texts.plain(challenger.version))))


def _arm_row(name: str, arm: Arm) -> dict[str, str]:
    return {
        t("trial.arm"): name,
        t("trial.verdicts"): texts.number(arm.verdicts),
        t("watch.error"): _count(arm.errors, arm.verdicts),
        t("watch.under"): _count(arm.under, arm.verdicts),
    }


def _count(part: int, n: int) -> str:
    return f"{texts.number(part)} ({texts.percent(part / n if n else None, 1)})"


def _past_row(trial: Trial) -> dict[str, str]:
    reason = f"trial.reason.{trial.reason}"
    return {
        t("modele.version"): trial.challenger,
        t("trial.share"): texts.percent(trial.share),
        t("trial.when"): texts.date(trial.started_at.isoformat()),
        t("trial.until"): texts.date(trial.stopped_at.isoformat() if trial.stopped_at else None),
        t("trial.reason"): t(reason, who=trial.stopped_by) if texts.has(reason) else "—",
    }


@roles.administrators_only
def _start(challenger: str, champion: str) -> None:
    """Begin with the versions that were on the screen, if they are still those."""
    share = st.session_state.get(state.TRIAL_SHARE) or SHARES[0]
    refusal = trial_guard.begin(wiring.services(), challenger, champion, share, roles.who())
    if refusal is not None:
        st.session_state[state.NOTICE] = ("error", t(f"trial.refused.{refusal}"))
        return
    st.session_state[state.NOTICE] = ("success", t("trial.started", version=texts.plain(challenger)))


@roles.administrators_only
def _stop(trial_id: str) -> None:
    services = wiring.services()
    services.trials.stop(trial_id, roles.who(), "asked")
    services.challenger.forget()
    st.session_state[state.NOTICE] = ("success", t("trial.stopped"))
