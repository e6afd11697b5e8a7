"""The card of a version, with what was decided about it; to read and to take away."""

from collections.abc import Iterator, Mapping, Sequence

import streamlit as st

from app import wiring
from app.shelf import VersionInfo
from app.ui import state, texts
from app.ui.texts import t
from triage_core.errors import BundleError
from triage_core.model.card import card_of
from triage_core.model.manifest import read_manifest

ACTS = {"promote": "mise en service", "rollback": "remise en service"}
OVERRIDDEN = "mise en service malgré la comparaison"
NOBODY = "un auteur non identifié"


def show_card(versions: Sequence[VersionInfo]) -> None:
    """Choose a version (the served one first) and read its card."""
    ordered = sorted(versions, key=lambda info: info.alias != "champion")
    if not ordered:
        return
    with st.expander(t("card.model")):
        names = [info.version for info in ordered]
        chosen = st.selectbox(t("card.model.pick"), names, key=state.CARD_VERSION, placeholder="—")
        info = next((info for info in ordered if info.version == chosen), ordered[0])
        card = full_card(info)
        if card is None:
            st.warning(t("modele.unusable"))
            return
        st.download_button(
            t("card.model.download"), card, f"MODEL_CARD_{info.version}.md", "text/markdown", on_click="ignore"
        )
        st.markdown(card.replace("\n# ", "\n#### ").replace("\n## ", "\n##### ").replace("# Model", "#### Model", 1))


def full_card(info: VersionInfo) -> str | None:
    """The card of a version's manifest and the ledger's word on it; ``None`` when the version cannot be read."""
    try:
        card = card_of(read_manifest(info.folder))
    except BundleError:
        return None
    return "\n".join((card, "## Décisions sur cette version", "", *_decisions(info), ""))


def _decisions(info: VersionInfo) -> Iterator[str]:
    """What the gate said, then who put it in service, when and why, as far as the ledger keeps it."""
    if info.gate.accepted is not None:
        word = "acceptée" if info.gate.accepted else "refusée"
        yield f"- comparaison au modèle servi ({info.gate.champion_version}) : {word} ; {' ; '.join(info.gate.reasons)}"
    acts = wiring.services().models.history(info.version)
    yield from (_act(act) for act in acts)
    if not acts:
        yield "- jamais mise en service"


def _act(act: Mapping[str, object]) -> str:
    told, day, reason = str(act.get("act")), str(act.get("timestamp"))[:10], act.get("override")
    deed = OVERRIDDEN if reason else ACTS.get(told, told)
    who = texts.plain(str(act["by"])) if act.get("by") else NOBODY
    why = f", raison : {texts.plain(str(reason))}" if reason else ""
    return f"- {day} : {deed} par {who}, à la place de {act.get('previous') or 'aucune'}{why}"
