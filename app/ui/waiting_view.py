"""The waiting room on screen: one row a patient, what is late, what to measure, and the three ways on."""

from datetime import UTC, datetime

import streamlit as st

from app import wiring
from app.ui import reevaluation, roles, state, texts, understood
from app.ui.badge import show_badge
from app.ui.card import gravity_word
from app.ui.motif import motif_label
from app.ui.texts import small, t
from app.ui.understood import age_text
from feedback_store.errors import JournalWriteError, UnknownPrediction
from feedback_store.visits import Visit, VisitEventKind
from feedback_store.waiting import Board
from triage_core.features import MEASURES
from triage_core.levels import FrenchLevel

BADGE_WIDTH = 42  # pixels
POLL_SECONDS = 1
_MEASURED_BESIDE = frozenset(measure.name for measure in MEASURES)
WIDTHS = (0.5, 3.6, 3.0, 2.6)


def show_summary(board: Board) -> None:
    """How many wait, how many of them too long, how many to look at again."""
    now = datetime.now(UTC)
    at_once = sum(visit.level is FrenchLevel.L1 for visit in board.visits)
    late = sum(is_late(visit, now) for visit in board.visits)
    due = sum(_is_due(visit, now) for visit in board.visits)
    said = [texts.counted("room.waiting", len(board.visits)) if board.visits else t("room.waiting.none")]
    said += [f"**{t('room.at_once', count=at_once)}**"] if at_once else []
    said += [f"**{texts.counted('room.late', late)}**"] if late else []
    said += [texts.counted("room.reassess", due)] if due else []
    st.markdown(" · ".join(said))
    if board.n_expired:
        hours = texts.number(wiring.services().settings.waiting_hours)
        st.markdown(small(texts.counted("room.expired", board.n_expired, hours=hours)))


def show_board(services: wiring.Services, board: Board) -> None:
    """One row a patient; an empty room says what will stand there."""
    if not board.visits:
        st.info(t("room.empty"))
    now = datetime.now(UTC)
    with st.container(gap="xsmall"):
        for visit in board.visits:
            with st.container(border=True, gap=None, key=f"room_{visit.visit_id}"):
                _row(services, visit, now)


def show_outcome() -> None:
    """Why the last click was refused, or what it did with its undo, which stays until the next one."""
    notice = st.session_state.pop(state.NOTICE, None)
    if notice is not None:
        kind, text = notice
        (st.error if kind == "error" else st.success)(text)
    last = st.session_state.get(state.ROOM_LAST)
    if last is not None:
        _, who, kind = last
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(t("room.undo"), key="room_undo", shortcut="Alt+Z", on_click=_undo)  # first: a toast hides the end
            st.markdown(t(f"room.done.{kind}", who=who), width="content")


def follow(board: Board) -> None:
    """Redraw the page within two seconds of any change elsewhere, and each minute; otherwise draw nothing."""
    st.session_state[state.ROOM_VERSION] = _mark(board)
    _watch()


@st.fragment(run_every=POLL_SECONDS)
def _watch() -> None:
    if _mark(wiring.services().store.waiting.board()) != st.session_state.get(state.ROOM_VERSION):
        st.rerun()


def _mark(board: Board) -> tuple[int, int, int]:
    """Changes with the board and with the minute."""
    return board.version, len(board.visits), int(datetime.now(UTC).timestamp() // 60)


def _row(services: wiring.Services, visit: Visit, now: datetime) -> None:
    badge, who, time, actions = st.columns(WIDTHS, vertical_alignment="center")
    with badge:
        alt = t("room.alt", level=visit.level.value, gravity=gravity_word(visit.level.gravity))
        show_badge(visit.level, alt, provisional=visit.provisional, width=BADGE_WIDTH)
    name = name_of(services, visit)
    lines = [" · ".join((f"**{name}**", *who_text(visit), _motif_text(services, visit))), _arrival_text(visit, now)]
    who.markdown("  \n".join(lines))
    time.markdown("  \n".join(_marks(services, visit, now)))
    with actions.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        _actions(visit)


def name_of(services: wiring.Services, visit: Visit) -> str:
    """The label the ward gave to a visit, harmless inside Markdown."""
    return _label(services, visit) or t("room.unnamed")


def _label(services: wiring.Services, visit: Visit) -> str:
    labels = services.store.labels
    return texts.plain(labels.label(visit.prediction_id) or labels.label(visit.visit_id) or "")


def who_text(visit: Visit) -> tuple[str, ...]:
    """Sex and age as they are spoken, « F 34 ans »: what tells two patients without a label apart."""
    told = ("" if visit.sexe is None else t(f"sexe.{visit.sexe}"), "" if visit.age is None else age_text(visit.age))
    return (" ".join(part for part in told if part),) if any(told) else ()


def minutes_text(minutes: float) -> str:
    """A duration as it is said: minutes, or hours and minutes from one hour."""
    whole = int(abs(minutes))
    if whole < 60:
        return t("room.minutes", minutes=whole)
    return t("room.hours", hours=whole // 60, minutes=f"{whole % 60:02d}")


def _arrived_text(visit: Visit) -> str:
    key = "room.arrived.f" if visit.sexe == "F" else "room.arrived"
    return t(key, time=texts.time_of_day(visit.arrived))


def _arrival_text(visit: Visit, now: datetime) -> str:
    said = [
        gravity_word(visit.level.gravity),
        _arrived_text(visit),
        t("room.waited", waited=minutes_text(visit.waited_min(now))),
    ]
    if visit.n_evaluations > 1:
        said.append(t("room.evaluations", count=visit.n_evaluations))
    unconfirmed = f" :gray-badge[{t('room.unconfirmed')}]" if visit.verdict is None else ""
    return f":small[{' · '.join(said)}]{unconfirmed}"


def _marks(services: wiring.Services, visit: Visit, now: datetime) -> list[str]:
    """What presses: time and reassessment on one line, what to measure on the next."""
    pressing = [_time_mark(visit, now)]
    if visit.level is not FrenchLevel.L1 and _is_due(visit, now):
        pressing.append(f":orange-badge[{t('room.reassess.due')}]")
    marks = [" ".join(pressing)]
    if visit.provisional:
        marks.append(f":small[{_provisional_text(services, visit)}]")
    return marks


def _time_mark(visit: Visit, now: datetime) -> str:
    if visit.level is FrenchLevel.L1:
        return f":red-badge[{t('room.delay.now')}] {t('room.reassess.watch')}"
    overdue = visit.overdue_min(now)
    if is_late(visit, now):
        return f":red-badge[{t('room.overdue', minutes=minutes_text(max(1, overdue)))}]"
    return f"{t('room.left_time', minutes=minutes_text(overdue))} :small[({_delay_text(visit)})]"


def _provisional_text(services: wiring.Services, visit: Visit) -> str:
    names = reevaluation.to_measure(services, visit.prediction_id)
    if not names:
        is_answered = reevaluation.is_answered(services, visit.prediction_id)
        return t("room.provisional.answered" if is_answered else "room.provisional.motif")
    return t("room.provisional", names=", ".join(_short(name) for name in names))


def _short(name: str) -> str:
    if name in _MEASURED_BESIDE:  # « Depuis » alone says nothing
        return understood.label(name)
    return t(f"short.{name}").split(" (")[0] if texts.has(f"short.{name}") else understood.label(name)


def _delay_text(visit: Visit) -> str:
    return t("room.delay", minutes=visit.level.physician_delay_min)


def _motif_text(services: wiring.Services, visit: Visit) -> str:
    if visit.motif_id is None:
        return t("room.no_motif")
    return texts.plain(motif_label(services.book, visit.motif_id))


def is_late(visit: Visit, now: datetime) -> bool:
    """Whether the delay of a level has passed; level 1 has none, it is at once from the first minute on."""
    return visit.level is not FrenchLevel.L1 and visit.overdue_min(now) > 0


def _is_due(visit: Visit, now: datetime) -> bool:
    return visit.level is not FrenchLevel.L1 and visit.reassess_in_min(now) <= 0


def _actions(visit: Visit) -> None:
    key = visit.visit_id
    if st.session_state.get(state.ROOM_LEAVING) == key:
        st.markdown(t("room.gone.sure"))
        st.button(t("room.gone.yes"), key=f"gone_yes_{key}", on_click=_end, args=(visit, "left"))
        st.button(t("room.undo"), key=f"gone_no_{key}", on_click=_ask_leaving, args=(None,))
        return
    if st.button(t("room.again"), key=f"again_{key}"):
        reevaluation.start(visit)
    st.button(t("room.taken"), key=f"taken_{key}", on_click=_end, args=(visit, "taken_over"))
    st.button(t("room.gone"), key=f"gone_{key}", on_click=_ask_leaving, args=(key,))


def _ask_leaving(visit_id: str | None) -> None:
    st.session_state[state.ROOM_LEAVING] = visit_id


@roles.guarded
def _end(visit: Visit, kind: VisitEventKind) -> None:
    st.session_state[state.ROOM_LEAVING] = None
    if _is_recorded(visit.prediction_id, kind):
        services = wiring.services()
        label = _label(services, visit)
        short = label or " · ".join((t("room.unnamed"), *who_text(visit)))
        whole = label or " · ".join((short, _motif_text(services, visit), _arrived_text(visit)))
        st.session_state[state.ROOM_LAST] = (visit.prediction_id, whole, kind)
        st.toast(t(f"room.done.{kind}", who=short))  # seen from the lowest row too; the undo stands at the top


@roles.guarded
def _undo() -> None:
    last = st.session_state.pop(state.ROOM_LAST, None)
    if last is not None and _is_recorded(last[0], "returned"):
        st.session_state[state.NOTICE] = ("success", t("room.done.returned", who=last[1]))


def _is_recorded(prediction_id: str, kind: VisitEventKind) -> bool:
    """Write the event; what stops it is left as the page's message."""
    try:
        wiring.services().store.waiting.record(prediction_id, kind)
    except UnknownPrediction:
        st.session_state[state.NOTICE] = ("error", t("room.refused"))
        return False
    except JournalWriteError:
        st.session_state[state.NOTICE] = ("error", t("room.not_kept"))
        return False
    return True
