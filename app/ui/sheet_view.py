"""Puts one recorded decision into the words of the printed sheet."""

import textwrap
from collections.abc import Sequence
from itertools import islice

import streamlit as st

from app import wiring
from app.sheet import SheetContent, sheet_pdf
from app.ui import explanation, reevaluation, roles, texts, understood
from app.ui.badge import LOOKS
from app.ui.card import delay_text, gravity_word
from app.ui.motif import motif_label
from app.ui.texts import t
from feedback_store.record import DecisionRecord, FeatureValue, request_of
from feedback_store.visits import Visit
from triage_core.errors import InvalidPatient
from triage_core.features import BY_NAME, VITALS
from triage_core.levels import FrenchLevel

SHOWN_REASONS = 6
SHORT_ID = 12
LONGEST_WORDS = 120
LONGEST_HISTORY = 240  # letters: three lines of the sheet


def sheet_button(services: wiring.Services, prediction_id: str, to_check: Sequence[str] = ()) -> None:
    """Offer the sheet of a decision; it is drawn when it is asked for. ``to_check``: what the card still asks."""

    who = roles.who()

    def draw() -> bytes:
        services.access_log.note(who, "sheet", prediction_id)
        content = sheet_content(services, prediction_id, to_check)
        return b"" if content is None else sheet_pdf(content)

    st.download_button(
        t("sheet.download"),
        texts.as_here(draw),
        file_name=f"tri-{prediction_id[:SHORT_ID]}.pdf",
        mime="application/pdf",
        key=f"sheet_{prediction_id}",
        on_click="ignore",
        shortcut="Alt+P",
    )


def sheet_content(services: wiring.Services, prediction_id: str, to_check: Sequence[str] = ()) -> SheetContent | None:
    """The words of the sheet; ``None`` for a decision that is not recorded."""
    record = services.store.decision(prediction_id)
    if record is None:
        return None
    visit = services.store.waiting.visit(prediction_id)
    level = record.french_level if visit is None else visit.level
    look = LOOKS[level]
    label = services.store.labels.label(prediction_id)
    return SheetContent(
        title=t("sheet.title"),
        case=t("sheet.case", label=label) if label else t("room.unnamed"),
        moment=t("sheet.at", day=texts.date(record.timestamp.isoformat()), time=texts.time_of_day(record.timestamp)),
        level=level.value,
        shape=look.shape,
        fill=look.fill,
        ink=look.ink,
        headline=t("sheet.level", level=level.value, gravity=gravity_word(level.gravity)),
        delay=delay_text(level),
        status=(*_status(services, record, visit, level), *map(texts.unmarked, to_check)),
        blocks=(
            (t("sheet.motif"), _motif(services, record)),
            (t("sheet.history"), _history(record.features)),
            (t("sheet.why"), _why(services, record)),
        ),
        vitals=(t("sheet.vitals"), _vitals(record.features)),
        again=t("sheet.again"),
        footer=(*_footer(record), *_digest(services)),
        is_provisional=record.provisional,
    )


def _status(
    services: wiring.Services, record: DecisionRecord, visit: Visit | None, level: FrenchLevel
) -> Sequence[str]:
    """What the reader must know before the level: whose it is, and what it still lacks."""
    told = []
    if visit is None or visit.verdict is None:
        told.append(t("sheet.unconfirmed"))
    elif level is not record.french_level:
        told.append(t("sheet.nurse", level=level.value, ours=record.french_level.value))
    if record.provisional:
        names = ", ".join(understood.label(name) for name in reevaluation.to_measure(services, record.prediction_id))
        told.append(t("room.provisional", names=names) if names else t("room.provisional.motif"))
    return told


def _motif(services: wiring.Services, record: DecisionRecord) -> list[str]:
    motif, words = record.features.get("motif_id"), record.features.get("motif_consultation")
    told = [motif_label(services.book, motif)] if isinstance(motif, str) else [t("room.no_motif")]
    if isinstance(words, str) and words.strip():
        told.append(t("sheet.words", words=words.strip()[:LONGEST_WORDS]))
    return told


def _vitals(features: dict[str, FeatureValue]) -> list[tuple[str, str]]:
    told = [(t("tri.age"), _value("age", features.get("age"))), (t("tri.sexe"), t(f"sexe.{features.get('sexe')}"))]
    return told + [
        (t(f"short.{vital.name}").split(" (")[0], _value(vital.name, features.get(vital.name))) for vital in VITALS
    ]


def _value(name: str, value: FeatureValue) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return t("sheet.not_measured")
    return understood.age_text(value) if name == "age" else texts.with_unit(value, BY_NAME[name].unit)


def _history(features: dict[str, FeatureValue]) -> list[str]:
    told = features.get("antecedents") or None
    return [textwrap.shorten(", ".join(told), LONGEST_HISTORY, placeholder=" …")] if isinstance(told, tuple) else []


def _why(services: wiring.Services, record: DecisionRecord) -> list[str]:
    """The rules that fire on what was recorded, most urgent first, with her values as the card tells them."""
    try:
        judged = services.triage.judge(request_of(record.features))
    except InvalidPatient:
        return []
    reasons = (explanation.reason(one, judged.patient, services.book) for one in judged.decision.findings)
    return [f"{told.facts} ({told.source})" for told in islice(reasons, SHOWN_REASONS)]


def _digest(services: wiring.Services) -> Sequence[str]:
    """What lets this sheet bear witness of the journal as it is now."""
    code = services.store.keeping.current_digest().sheet
    return (t("journal.on_sheet", code=code),) if code else ()


def _footer(record: DecisionRecord) -> list[str]:
    versions = t(
        "sheet.versions",
        id=record.prediction_id[:SHORT_ID],
        model=record.model_version or "—",
        rules=record.rules_version,
    )
    return [versions, t("sheet.notice")]
