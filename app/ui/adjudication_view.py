"""The administrator's list: contradictory verdicts to settle, doubtful ones to accept or reject, each with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from app import wiring
from app.ui import roles, state, texts
from app.ui.badge import gravity_name, level_word
from app.ui.doubt_groups import Group, groups
from app.ui.motif import motif_label
from app.ui.texts import small, t
from feedback_store.doubtful import doubtful
from feedback_store.errors import JournalWriteError, ReviewRefused
from feedback_store.intake import Contradiction, gather
from feedback_store.record import FeatureValue, FeedbackRecord
from feedback_store.reviews import LEAST_REASON
from triage_core.features import AGE, VITALS, Feature
from triage_core.levels import FrenchLevel
from triage_core.training.correction import BELOW_RULES, Correction
from triage_core.training.doubt import IMPROBABLE_BATCH, IMPROBABLE_LOWERING

MOST_SHOWN = 20  # cases, and groups, at once: the list is worked off from the top

DOUBTS = {
    BELOW_RULES: "arbitrage.doubt.below_rules",
    IMPROBABLE_LOWERING: "arbitrage.doubt.improbable",
    IMPROBABLE_BATCH: "arbitrage.doubt.batch",
}


@dataclass(frozen=True)
class _Open:
    contradictions: tuple[Contradiction, ...]
    doubtful: tuple[Group, ...]


def show_all() -> None:
    """Both lists, or one sentence when there is nothing to do."""
    found = _open()
    if not found.contradictions and not found.doubtful:
        st.info(t("arbitrage.none"))
    if found.contradictions:
        st.subheader(t("arbitrage.contradictory"), anchor=False)
        st.markdown(small(t("arbitrage.contradictory.what", count=len(found.contradictions))))
        for case in found.contradictions[:MOST_SHOWN]:
            _contradiction(case)
        _more(len(found.contradictions))
    if found.doubtful:
        st.subheader(t("arbitrage.doubtful"), anchor=False)
        st.markdown(small(t("arbitrage.doubtful.what", count=sum(len(group.cases) for group in found.doubtful))))
        for group in found.doubtful[:MOST_SHOWN]:
            _group(group)
        _more(len(found.doubtful))


def _open() -> _Open:
    services = wiring.services()
    events = services.reviews.events()
    gathered = gather(services.store, events)
    return _Open(gathered.contradictions, groups(doubtful(gathered, events)))


def _more(count: int) -> None:
    if count > MOST_SHOWN:
        st.markdown(small(t("arbitrage.more", count=count - MOST_SHOWN)))


def _contradiction(case: Contradiction) -> None:
    first = case.verdicts[0]
    with st.container(border=True, key=f"arbitrage_case_{case.prediction_id}"):
        st.markdown(f"**{_who(first.features)}**")
        shown = (
            level_word(first.original_french_level)
            if first.original_french_level
            else gravity_name(first.original_gravity)
        )
        st.markdown(texts.small(_measured(first.features), t("arbitrage.shown", level=shown)))
        st.dataframe([_verdict_row(record) for record in case.verdicts], hide_index=True, alt=t("arbitrage.said"))
        level_side, reason_side, act_side = st.columns([1.2, 3, 1], vertical_alignment="bottom")
        keys = state.of_arbitrage(case.prediction_id)
        levels = list(reversed(FrenchLevel))
        level_side.selectbox(t("arbitrage.level"), levels, None, level_word, key=keys[0], placeholder="—")
        reason_side.text_input(t("arbitrage.reason"), key=keys[1], max_chars=2_000)
        act_side.button(t("arbitrage.settle"), key=f"settle_{case.prediction_id}", on_click=_settle, args=(case,))


def _group(group: Group) -> None:
    motif = _motif(group.motif_id)
    nurse = texts.plain(group.nurse or t("arbitrage.no_nurse"))
    head = t("arbitrage.group", nurse=nurse, motif=motif, gravity=gravity_name(group.gravity), count=len(group.cases))
    with st.container(border=True, key=f"arbitrage_group_{group.key}"):
        st.markdown(f"**{head}**")
        st.markdown(texts.small(texts.plain(texts.with_semicolons(map(_doubt, group.doubts)))))
        st.dataframe(_group_rows(group), hide_index=True, height=min(240, 38 + 35 * len(group.cases)), alt=head)
        keys = state.of_arbitrage(group.key)
        only_side, reason_side, act_side = st.columns([1.5, 3, 1.3], vertical_alignment="bottom")
        only_side.multiselect(t("arbitrage.only"), range(1, len(group.cases) + 1), key=keys[0], placeholder="—")
        reason_side.text_input(t("arbitrage.reason"), key=keys[1], max_chars=2_000)
        with act_side.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            for word, accept in (("accept", True), ("reject", False)):
                st.button(t(f"arbitrage.{word}"), key=f"{word}_{group.key}", on_click=_decide, args=(group, accept))


@roles.administrators_only
def _settle(case: Contradiction) -> None:
    level_key, reason_key = state.of_arbitrage(case.prediction_id)
    level = st.session_state.get(level_key)
    if level is None:
        st.session_state[state.NOTICE] = ("error", t("arbitrage.level_missing"))
    elif case not in _open().contradictions:
        st.session_state[state.NOTICE] = ("error", t("arbitrage.gone"))
    else:
        reason = str(st.session_state.get(reason_key) or "")
        _keep(
            lambda: wiring.services().reviews.settle(case.prediction_id, case.verdict_ids, level, reason, roles.who()),
            t("arbitrage.settled", level=level_word(level)),
        )


@roles.administrators_only
def _decide(group: Group, accept: bool) -> None:
    only_key, reason_key = state.of_arbitrage(group.key)
    if group not in _open().doubtful:
        st.session_state[state.NOTICE] = ("error", t("arbitrage.gone"))
        return
    chosen = st.session_state.get(only_key) or range(1, len(group.cases) + 1)
    cases = [group.cases[number - 1].correction for number in chosen]
    reason = str(st.session_state.get(reason_key) or "")

    def decide() -> None:
        for told in cases:
            wiring.services().reviews.decide(told.case_id, told.verdict_ids, accept, reason, roles.who())

    _keep(decide, t("arbitrage.accepted" if accept else "arbitrage.rejected", count=len(cases)))


def _keep(act: Callable[[], object], said: str) -> None:
    """Write a decision down and say so, or say why it was not."""
    try:
        act()
    except ReviewRefused:
        st.session_state[state.NOTICE] = ("error", t("arbitrage.reason_missing", least=LEAST_REASON))
    except JournalWriteError:
        st.session_state[state.NOTICE] = ("error", t("arbitrage.unwritten"))
    else:
        st.session_state[state.NOTICE] = ("success", said)


def _who(features: Mapping[str, FeatureValue]) -> str:
    age, motif = features["age"], features["motif_id"]
    told = texts.number(float(age)) if isinstance(age, (int, float)) else "—"
    named = _motif(motif if isinstance(motif, str) else None)
    return t("arbitrage.case", age=told, sexe=t(f"sexe.{features['sexe']}"), motif=named)


def _doubt(told: str) -> str:
    return t(DOUBTS[told]) if told in DOUBTS else texts.typographic(told)


def _motif(motif_id: str | None) -> str:
    book = wiring.services().book
    if motif_id is None or book.motif(motif_id) is None:
        return t("arbitrage.no_motif")
    return texts.plain(motif_label(book, motif_id))


def _measured(features: Mapping[str, FeatureValue]) -> str:
    told = [(vital, features[vital.name]) for vital in VITALS]
    values = [
        f"{_label(vital)} {texts.with_unit(value, vital.unit)}"
        for vital, value in told
        if isinstance(value, (int, float))
    ]
    return t("arbitrage.measured", values=", ".join(values) or "—")


def _verdict_row(record: FeedbackRecord) -> dict[str, object]:
    wanted = record.corrected_french_level
    return {
        t("arbitrage.nurse"): record.nurse_id or t("arbitrage.no_nurse"),
        t("arbitrage.said"): level_word(wanted) if wanted else gravity_name(record.corrected_gravity),
        t("arbitrage.why"): record.reason or "",
        t("retours.when"): texts.date(record.timestamp.isoformat()),
    }


def _group_rows(group: Group) -> list[dict[str, str]]:
    """One line a case: its number, its patient and what was measured."""
    return [_group_row(number, case.correction) for number, case in enumerate(group.cases, start=1)]


def _group_row(number: int, told: Correction) -> dict[str, str]:
    floor = "—" if told.floor is None else gravity_name(told.floor)
    values = {t(f"short.{f.name}"): _written(told.row[f.name]) for f in (AGE, *VITALS)}
    return {"#": str(number), t("arbitrage.floor"): floor} | values


def _written(value: object) -> str:
    return texts.number(value) if isinstance(value, (int, float)) else "—"


def _label(feature: Feature) -> str:
    return feature.label if texts.language() == "fr" else feature.label_en
