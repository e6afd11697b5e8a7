"""A refused version is served only with a written reason, and that reason stays on the page."""

from collections.abc import Sequence

import streamlit as st

from app import wiring
from app.overrides import LEAST_REASON
from app.shelf import VersionInfo
from app.ui import model_view, roles, state, texts
from app.ui.texts import small, t
from triage_core.errors import BundleError, PromotionRefused


def show_overrides() -> None:
    """Every version that was served against the gate, why, when and by whom; nothing when there is none."""
    for told in wiring.services().models.overrides().values():
        st.warning(
            t(
                "gate.override.shown",
                version=texts.plain(told.version),
                day=texts.date(told.timestamp),
                by=texts.plain(told.by or t("gate.by.unknown")),
                reason=texts.plain(told.reason),
            )
        )


def override(versions: Sequence[VersionInfo]) -> None:
    """Choose a refused version, write why, serve it; the callback checks the role itself. None refused: no form."""
    refused = [info.version for info in versions if info.gate.accepted is False and info.alias != "champion"]
    if not refused:
        return
    with st.expander(t("gate.override.title")):
        st.markdown(small(t("gate.override.what")))
        st.selectbox(t("gate.override.pick"), refused, index=None, key=state.OVERRIDE_VERSION, placeholder="—")
        st.text_area(t("gate.override.reason"), key=state.OVERRIDE_REASON, max_chars=2_000, height=80)
        st.button(t("gate.override.act"), key="model_override", on_click=_override)


@roles.administrators_only
def _override() -> None:
    version = st.session_state.get(state.OVERRIDE_VERSION)
    reason = str(st.session_state.get(state.OVERRIDE_REASON) or "")
    try:
        if version is None:
            raise PromotionRefused("no version chosen")
        promotion = wiring.services().models.promote(version, override=reason, by=roles.who())
    except PromotionRefused:
        st.session_state[state.NOTICE] = ("error", t("gate.override.missing", least=LEAST_REASON))
        return
    except BundleError:
        st.session_state[state.NOTICE] = ("error", t("modele.refused", reason=t("modele.unusable")))
        return
    st.session_state[state.OVERRIDE_VERSION], st.session_state[state.OVERRIDE_REASON] = None, ""
    said = t("gate.override.done", version=texts.plain(version))
    st.session_state[state.NOTICE] = ("success", model_view.with_mlflow(said, promotion))
