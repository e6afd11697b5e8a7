"""The training page's pieces: options, start, and the live state that is read from the job's own files."""

from collections.abc import Mapping

import streamlit as st

from app import import_folder, wiring
from app.jobs import JobStatus, RetrainRequest
from app.ui import gate_reasons, roles, state, texts
from app.ui.texts import small, t
from triage_core.errors import RetrainingBusy, TooFewFeedbacks

POLL_S = 2
SHOWN_LOG_LINES = 12
DEFAULT_MINIMUM = "50"
BASE_TABLE = ""  # the choice that stands for the table the product came with
DEFAULT_MINUTES = "5"
MOST_TUNE_MINUTES = 24 * 60


def options_and_start() -> None:
    """The options of the command line as fields, and the one primary button."""
    services = wiring.services()
    st.markdown(small(t("train.available", count=services.store.count())))
    st.checkbox(t("train.feedback"), value=True, key=state.TRAIN_FEEDBACK, persist_state="session")
    tables = (BASE_TABLE, *import_folder.imported_tables(services.settings.imports_dir))
    if st.session_state.get(state.TRAIN_TABLE) not in tables:
        st.session_state[state.TRAIN_TABLE] = BASE_TABLE
    st.selectbox(
        t("train.table"),
        tables,
        format_func=_table_name,
        key=state.TRAIN_TABLE,
        placeholder="—",
        persist_state="session",
    )
    minimum, trees, depth, name = st.columns([1, 1, 1, 1.6])
    minimum.text_input(t("train.minimum"), value=DEFAULT_MINIMUM, key=state.TRAIN_MINIMUM, persist_state="session")
    for side, words, key in ((trees, "train.trees", state.TRAIN_TREES), (depth, "train.depth", state.TRAIN_DEPTH)):
        side.text_input(t(words), key=key, placeholder=t("train.usual"), persist_state="session")
    name.text_input(t("train.name"), key=state.TRAIN_NAME, max_chars=80, persist_state="session")
    tune_side, minutes_side = st.columns([1, 2.6], vertical_alignment="bottom")
    tune_side.checkbox(t("train.tune"), key=state.TRAIN_TUNE, persist_state="session")
    minutes_side.text_input(
        t("train.tune_minutes"), value=DEFAULT_MINUTES, key=state.TRAIN_TUNE_MINUTES, persist_state="session", width=240
    )
    is_running = services.jobs.current() is not None
    st.session_state[state.TRAIN_LOCKED] = is_running
    st.button(t("train.start"), key="train_start", type="primary", disabled=is_running, on_click=_start)


def automatic() -> None:
    """Whether trainings start by themselves, and what started the last one."""
    services = wiring.services()
    if not services.settings.auto_retrain:
        st.markdown(small(t("train.auto.off")))
        return
    st.markdown(small(t("train.auto.on", hours=texts.number(services.settings.auto_retrain_hours))))
    last = services.automatic_runs.last()
    if last is not None:
        key = "train.auto.last" if last.job_id is not None else "train.auto.failed"
        why = t(f"reason.{last.trigger.value}" if last.trigger.value == "error_rate" else "watch.reason.drift")
        st.markdown(small(t(key, day=texts.date(last.timestamp.isoformat()), why=why)))


@st.fragment(run_every=POLL_S)
def live_status() -> None:
    """Where the last job stands, read anew every two seconds; a reload or a restart of the server changes nothing."""
    status = wiring.services().jobs.latest()
    if status is None:
        st.info(t("train.never"))
        return
    if status.is_running is not st.session_state.get(state.TRAIN_LOCKED):
        st.rerun()  # the start button stands outside this fragment
    if status.trigger is not None:
        st.markdown(small(t(f"train.trigger.{status.trigger}")))
    if status.is_running:
        _running(status)
    else:
        _outcome(status)
        _feedback(status.feedback)
    log = wiring.services().jobs.log(status.job_id, SHOWN_LOG_LINES)
    if log:
        st.markdown(small(t("train.log")))
        st.code("\n".join(log), language=None, height=220)


def _table_name(table: str) -> str:
    return table or t("train.table.base")


def time_left(eta_s: float | None) -> str:
    """The time left in words."""
    if eta_s is None:
        return t("train.left_unknown")
    minutes, seconds = divmod(round(eta_s), 60)
    return t("train.left", minutes=minutes, seconds=seconds)


def _running(status: JobStatus) -> None:
    st.progress(min(max(status.progress, 0.0), 1.0), text=t("train.running", step=texts.plain(status.step)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(small(f"{texts.percent(status.progress)} · {time_left(status.eta_s)}"))
        st.button(t("train.cancel"), key="train_cancel", on_click=_cancel, args=(status.job_id,))


def _feedback(counts: Mapping[str, float]) -> None:
    """What became of the nurses' verdicts; nothing for a run without them."""
    if counts.get("received"):
        told = {name: texts.number(counts.get(name, 0)) for name in ("learned", "set_aside", "contradictory")}
        nouns = {"received": "received", "duplicates": "duplicates", "capped": "capped_nurses"}
        told |= {word: texts.counted(f"train.{word}", int(counts.get(name, 0))) for word, name in nouns.items()}
        st.markdown(small(t("train.feedback_counts", **told)))


def _outcome(status: JobStatus) -> None:
    reason = texts.plain(status.error or "")
    version = texts.plain(status.version or "—")
    reasons = "\n".join(f"- {texts.plain(gate_reasons.in_words(reason))}" for reason in status.reasons)
    if status.state == "done" and status.accepted:
        st.success(t("train.done", version=version))
        st.info(t("train.accepted", reasons=reasons))
    elif status.state == "done" or (status.state == "refused" and status.version):
        st.warning(t("train.not_accepted", version=version, reasons=reasons))
    elif status.state in ("refused", "failed"):
        st.error(t(f"train.{status.state}", reason=reason))
    else:
        st.warning(t(f"train.{status.state}"))


@roles.guarded
def _start() -> None:
    fields = {"train.minimum": state.TRAIN_MINIMUM, "train.trees": state.TRAIN_TREES, "train.depth": state.TRAIN_DEPTH}
    is_tuned = bool(st.session_state.get(state.TRAIN_TUNE))
    fields |= {"train.tune_minutes": state.TRAIN_TUNE_MINUTES} if is_tuned else {}
    typed = {label: str(st.session_state.get(key) or "").strip() for label, key in fields.items()}
    optional = ("train.trees", "train.depth")
    wrong = [label for label, text in typed.items() if not (is_count(text) or (label in optional and not text))]
    if wrong:
        st.session_state[state.NOTICE] = ("error", t("train.bad_number", label=", ".join(t(label) for label in wrong)))
        return
    table = str(st.session_state.get(state.TRAIN_TABLE) or BASE_TABLE)
    folder = wiring.services().settings.imports_dir
    asked = RetrainRequest(
        data=import_folder.table_path(folder, table) if table else None,
        include_feedback=bool(st.session_state.get(state.TRAIN_FEEDBACK)),
        min_feedback_samples=int(typed["train.minimum"]),
        run_name=str(st.session_state.get(state.TRAIN_NAME) or "").strip() or None,
        n_estimators=int(typed["train.trees"]) if typed["train.trees"] else None,
        max_depth=int(typed["train.depth"]) if typed["train.depth"] else None,
        tune_minutes=min(int(typed["train.tune_minutes"]), MOST_TUNE_MINUTES) if is_tuned else None,
    )
    try:
        wiring.services().jobs.start(asked)
    except RetrainingBusy:
        st.session_state[state.NOTICE] = ("error", t("train.busy"))
    except TooFewFeedbacks:
        st.session_state[state.NOTICE] = ("error", t("train.too_few", wanted=asked.min_feedback_samples))


def is_count(text: str) -> bool:
    """Whether a text is a whole number from 1 to 9999, in plain digits."""
    return text.isascii() and text.isdigit() and len(text) <= 4 and int(text) > 0


@roles.guarded
def _cancel(job_id: str) -> None:
    wiring.services().jobs.cancel(job_id)
