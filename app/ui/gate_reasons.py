"""What the gate says of a challenger, in the language of the screen.

The core tells its reasons in French sentences, since the bundle keeps them; a reason nobody put into words here is
shown as it is.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.ui import texts
from app.ui.texts import t

_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "rappel ROUGE": "rouge_recall",
        "probabilité ROUGE des vrais ROUGE": "rouge_probability",
        "sous-triage": "under_triage",
        "erreur de calibration": "calibration",
        "sentinelles, probabilité ROUGE": "sentinel_rouge",
        "sentinelles, probabilité JAUNE ou plus": "sentinel_jaune",
        "sentinelles, famille la plus touchée": "sentinel_family",
    }
)
_TRENDS: Mapping[str, str] = MappingProxyType(
    {" sans preuve suffisante": "unproven", " en hausse": "up", " en baisse": "down"}
)
_LABEL = rf"(?P<label>{'|'.join(map(re.escape, sorted(_LABELS, key=len, reverse=True)))})(?P<family> \([^)]*\))?"
_LOSS = re.compile(
    rf"{_LABEL}(?P<trend>{'|'.join(_TRENDS)})? : perte (?P<loss>\S+) \[(?P<low>\S+) ; (?P<high>\S+)\],"
    r" marge (?P<margin>\S+) points"
)
_UNTOLD = re.compile(rf"{_LABEL} : impossible à juger, aucun cas ne peut le dire")
_OTHERS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "bypassed": re.compile("comparaison désactivée pour cet essai : rien n'est démontré"),
        "law": re.compile(r"loi de monotonie rompue : (?P<names>.*)"),
        "columns": re.compile("l'ordre des colonnes change la réponse"),
    }
)


def in_words(reason: str) -> str:
    """A reason of the gate for this session."""
    if (found := _LOSS.fullmatch(reason)) is not None:
        figures = {name: _number(found[name]) for name in ("loss", "low", "high", "margin")}
        trend = "" if found["trend"] is None else t(f"gate.trend.{_TRENDS[found['trend']]}")
        return t("gate.why.loss", label=_label(found), trend=trend, **figures)
    if (found := _UNTOLD.fullmatch(reason)) is not None:
        return t("gate.why.untold", label=_label(found))
    for name, pattern in _OTHERS.items():
        if (found := pattern.fullmatch(reason)) is not None:
            return t(f"gate.why.{name}", **found.groupdict())
    return texts.typographic(reason)


def _label(found: re.Match[str]) -> str:
    return t(f"gate.label.{_LABELS[found['label']]}") + (found["family"] or "")


def _number(written: str) -> str:
    return written if texts.language() == "fr" else written.replace(",", ".")
