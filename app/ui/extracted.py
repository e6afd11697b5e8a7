"""What was understood of a note, said in the words of the screen."""

from app.ui import texts, understood
from app.ui.motif import motif_label
from app.ui.texts import t
from triage_core.extraction.result import Extracted, Extraction, Reason, Unparsed
from triage_core.rules.catalog import RuleBook

_PRESSURES = ("pression_systolique", "pression_diastolique")


def said(book: RuleBook, name: str, extracted: Extracted) -> str:
    """One value as it is shown: ``FC 110 /min``, ``motif Malaise``."""
    value = extracted.value
    if name == "motif_consultation":
        return t("quick.reason", label=motif_label(book, str(extracted.detail.get("motif_id", value))))
    if name == "antecedents" and isinstance(value, tuple):
        return t("quick.history", items=", ".join(value))
    if name == "traumatisme":
        return t("quick.trauma" if value else "quick.no_trauma")
    if name == "mode_arrivee":
        return t("quick.arrival", value=t(f"arrival.{value}"))
    if name == "sexe":
        return t("quick.sexe", value=t(f"sexe.{value}"))
    return understood.short_text(name, float(str(value)))


def pairs(book: RuleBook, extraction: Extraction) -> str:
    """« valeur ← mots », one after the other; the two pressures have the same words and share them."""
    by_source: dict[tuple[str, bool], list[str]] = {}
    for name, extracted in extraction.values.items():
        shared = (extracted.source, name in _PRESSURES)
        by_source.setdefault(shared, []).append(texts.plain(said(book, name, extracted)))
    for name, answer in extraction.answers.items():
        told_once = by_source.setdefault((answer.source, False), [])
        told_once.append(f"{understood.short_word(name)} {t(f'answer.{answer.value}')}")
    told = [
        t("quick.pair", value=f"**{', '.join(values)}**", source=texts.plain(source))
        for (source, _), values in by_source.items()
    ]
    return " · ".join(told)


def left_words(left: Unparsed) -> str:
    """Words that gave no value, with the reason where there is one to give."""
    words = t("quote", words=texts.plain(left.text))
    return words if left.reason is Reason.NOT_READ else f"{words} ({t(f'quick.because.{left.reason}')})"
