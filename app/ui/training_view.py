"""The training page's pieces: options, start, and the live state that is read from the job's own files."""

import streamlit as st

from app import wiring
from app.jobs import JobStatus, RetrainRequest
from app.ui import roles, state, texts
from app.ui.texts import t
from triage_core.errors import RetrainingBusy, TooFewFeedbacks

POLL_S = 2
SHOWN_LOG_LINES = 12
DEFAULT_MINIMUM = "50"


def options_and_start() -> None:
    """The options of the command line as fields, and the one primary button."""
    services = wiring.services()
    st.caption(t("train.available", count=services.store.count()))
    feedback, minimum, name = st.columns([1.4, 1, 1.4], vertical_alignment="bottom")
    feedback.checkbox(t("train.feedback"), value=True, key=state.TRAIN_FEEDBACK, persist_state="session")
    minimum.text_input(t("train.minimum"), value=DEFAULT_MINIMUM, key=state.TRAIN_MINIMUM, persist_state="session")
    name.text_input(t("train.name"), key=state.TRAIN_NAME, max_chars=80, persist_state="session")
    latest = services.jobs.latest()
    is_running = latest is not None and latest.is_running
    st.button(t("train.start"), key="train_start", type="primary", disabled=is_running, on_click=_start)


@st.fragment(run_every=POLL_S)
def live_status() -> None:
    """Where the last job stands, read anew every two seconds; a reload or a restart of the server changes nothing."""
    status = wiring.services().jobs.latest()
    if status is None:
        st.info(t("train.never"))
        return
    if status.is_running:
        _running(status)
    else:
        _outcome(status)
    log = wiring.services().jobs.log(status.job_id, SHOWN_LOG_LINES)
    if log:
        st.caption(t("train.log"))
        st.code("\n".join(log), language=None, height=220)


def time_left(eta_s: float | None) -> str:
    """The time left in words."""
    if eta_s is None:
        return t("train.left_unknown")
    minutes, seconds = divmod(round(eta_s), 60)
    return t("train.left", minutes=minutes, seconds=seconds)


def _running(status: JobStatus) -> None:
    st.progress(min(max(status.progress, 0.0), 1.0), text=t("train.running", step=texts.plain(status.step)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{texts.percent(status.progress)} · {time_left(status.eta_s)}")
        st.button(t("train.cancel"), key="train_cancel", on_click=_cancel, args=(status.job_id,))


def _outcome(status: JobStatus) -> None:
    reason = texts.plain(status.error or "")
    if status.state == "done":
        st.success(t("train.done", version=status.version or "—"))
        reasons = texts.plain(" ; ".join(status.reasons))
        said = t("train.accepted" if status.accepted else "train.not_accepted", reasons=reasons)
        (st.info if status.accepted else st.warning)(said)
    elif status.state in ("refused", "failed"):
        st.error(t(f"train.{status.state}", reason=reason))
    else:
        st.warning(t(f"train.{status.state}"))


@roles.administrators_only
def _start() -> None:
    minimum = str(st.session_state.get(state.TRAIN_MINIMUM) or "").strip()
    if not (minimum.isascii() and minimum.isdigit() and int(minimum) > 0):
        st.session_state[state.NOTICE] = ("error", t("train.bad_number", label=t("train.minimum")))
        return
    asked = RetrainRequest(
        include_feedback=bool(st.session_state.get(state.TRAIN_FEEDBACK)),
        min_feedback_samples=int(minimum),
        run_name=str(st.session_state.get(state.TRAIN_NAME) or "").strip() or None,
    )
    try:
        wiring.services().jobs.start(asked)
    except RetrainingBusy:
        st.session_state[state.NOTICE] = ("error", t("train.busy"))
    except TooFewFeedbacks:
        st.session_state[state.NOTICE] = ("error", t("train.too_few", wanted=minimum))


@roles.administrators_only
def _cancel(job_id: str) -> None:
    wiring.services().jobs.cancel(job_id)
