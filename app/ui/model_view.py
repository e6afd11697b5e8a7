"""The served model and its challengers: is it still good, since when, and what an administrator can do about it."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app import wiring
from app.shelf import Gate, Promotion, VersionInfo
from app.ui import charts, gate_reasons, roles, state, texts
from app.ui.badge import gravity_name
from app.ui.texts import small, t
from triage_core.errors import BundleError, PromotionRefused
from triage_core.levels import Gravity

RATES = ("accuracy", "rouge_recall", "under_triage_rate", "over_triage_rate")
INDICES = ("f1_macro", "qwk", "ece")
Metrics = Mapping[str, Any]  # a part of a manifest, a JSON document


def show_champion() -> None:
    """Version, figures on the frozen set, confusion matrix and calibration curve of the served model."""
    try:
        manifest = wiring.services().models.champion()
    except BundleError as unusable:
        st.warning(t("modele.none"))
        st.markdown(small(texts.plain(str(unusable))))
        return
    st.subheader(t("modele.champion", version=texts.plain(str(manifest["version"]))), anchor=False)
    frozen: Metrics = manifest.get("metrics", {}).get("frozen", {})
    _figures(frozen)
    st.markdown(small(t("modele.honesty")))
    confusion_side, calibration_side = st.columns(2)
    with confusion_side:
        _confusion(frozen.get("confusion_matrix"), manifest.get("levels", ()))
    with calibration_side:
        _calibration(frozen.get("calibration_curve"))


def show_versions(versions: Sequence[VersionInfo]) -> None:
    """Every version with its figures and the gate's verdict."""
    st.subheader(t("modele.versions"), anchor=False)
    if not versions:
        st.info(t("modele.no_version"))
        return
    st.dataframe([_version_row(version) for version in versions], hide_index=True, alt=t("modele.versions"))


def promotion(versions: Sequence[VersionInfo]) -> None:
    """Choose, confirm, promote; or roll back. The callbacks check the role themselves."""
    choices = [version.version for version in versions if version.alias != "champion" and version.gate.accepted]
    pick_side, action_side = st.columns([1, 2], vertical_alignment="bottom")
    pick_side.selectbox(t("modele.pick"), choices, index=None, key=state.MODEL_VERSION, placeholder="—")
    with action_side.container(horizontal=True, vertical_alignment="center"):
        st.checkbox(t("modele.sure"), key=state.MODEL_SURE)
        st.button(t("modele.promote"), key="model_promote", type="primary", on_click=_promote)
        st.button(t("modele.rollback"), key="model_rollback", on_click=_roll_back)


def _figures(frozen: Metrics) -> None:
    shown = [(key, texts.percent(frozen[key], 1)) for key in RATES if key in frozen]
    shown += [(key, texts.number(frozen[key], 3)) for key in INDICES if key in frozen]
    if not shown:
        return
    st.markdown(
        small(
            t("modele.figures") + (f" · {t('modele.cases', count=texts.number(frozen['n']))}" if "n" in frozen else "")
        )
    )
    for column, (key, value) in zip(st.columns(len(shown)), shown, strict=True):
        column.metric(t(f"metric.{key}"), value)


def _confusion(matrix: Sequence[Sequence[float]] | None, levels: Sequence[str]) -> None:
    if matrix:
        st.markdown(small(t("modele.confusion")))
        names = [gravity_name(Gravity(level)) for level in reversed(levels)]
        charts.confusion([list(reversed(row)) for row in reversed(matrix)], names)


def _calibration(points: Sequence[Mapping[str, float]] | None) -> None:
    if points:
        st.markdown(small(t("modele.calibration")))
        charts.calibration({gravity_name(Gravity.ROUGE): [(point["predicted"], point["observed"]) for point in points]})


def _version_row(version: VersionInfo) -> dict[str, str]:
    metrics: Metrics = version.metrics.get("frozen", {})
    alias = f"alias.{version.alias}"
    figures = {t(f"metric.{key}"): texts.percent(metrics.get(key), 1) for key in RATES}
    return {
        t("modele.version"): version.version,
        t("modele.alias"): t(alias) if texts.has(alias) else "—",
        t("modele.created"): texts.date(version.created),
        **figures,
        t("modele.gate"): _gate_text(version.gate),
    }


def _gate_text(gate: Gate) -> str:
    if gate.accepted is None:
        return t("modele.gate.none")
    word = t("modele.gate.accepted" if gate.accepted else "modele.gate.refused")
    return texts.with_semicolons((word, *map(gate_reasons.in_words, gate.reasons)))


@roles.guarded
def _promote() -> None:
    version = st.session_state.get(state.MODEL_VERSION)
    if version is None or not st.session_state.get(state.MODEL_SURE):
        st.session_state[state.NOTICE] = ("error", t("modele.sure_missing"))
        return
    try:
        promotion = wiring.services().models.promote(version, by=roles.who())
    except (PromotionRefused, BundleError):
        st.session_state[state.NOTICE] = ("error", t("modele.refused", reason=_why_not(version)))
        return
    st.session_state[state.MODEL_SURE] = False
    st.session_state[state.MODEL_VERSION] = None
    said = t("modele.promoted", version=texts.plain(version))
    st.session_state[state.NOTICE] = ("success", with_mlflow(said, promotion))


@roles.guarded
def _roll_back() -> None:
    try:
        promotion = wiring.services().models.rollback(by=roles.who())
    except (PromotionRefused, BundleError):
        known = wiring.services().models.previous() is not None
        why = t("modele.unusable" if known else "modele.no_previous")
        st.session_state[state.NOTICE] = ("error", t("modele.refused", reason=why))
    else:
        st.session_state[state.NOTICE] = ("success", with_mlflow(t("modele.rolled_back"), promotion))


def with_mlflow(said: str, promotion: Promotion) -> str:
    """What was done, and that MLflow does not know it where it could not be told."""
    return said if promotion.is_registered else f"{said} {t('degraded.mlflow.untold')}"


def _why_not(version: str) -> str:
    """Why a version that the page offered could not be served: only one other reason is known than damaged files."""
    versions = wiring.services().models.versions()
    served = next((info.version for info in versions if info.alias == "champion"), None)
    against = next((info.gate.champion_version for info in versions if info.version == version), None)
    if served is None or against in (None, served):
        return t("modele.unusable")
    return t("modele.outdated", version=texts.plain(version), against=texts.plain(against), served=texts.plain(served))
