"""Verdicts as training rows and as a file for a spreadsheet. Features are always those we recorded."""

import csv
import io
from collections.abc import Iterable
from types import MappingProxyType
from typing import Protocol

from feedback_store.record import FEATURE_NAMES, FeatureValue, FeedbackRecord
from triage_core.levels import FrenchLevel, Gravity
from triage_core.training.table import TABLE_COLUMNS

# The level that stands for a gravity when the nurse gave no more: the less urgent of the pair.
REPRESENTATIVE_LEVEL = MappingProxyType(
    {
        Gravity.ROUGE: FrenchLevel.L2,
        Gravity.JAUNE: FrenchLevel.L3B,
        Gravity.VERT: FrenchLevel.L4,
        Gravity.GRIS: FrenchLevel.L5,
    }
)
ROW_FEATURES = tuple(name for name in TABLE_COLUMNS if name in FEATURE_NAMES)
VERDICT_NAMES = (
    "feedback_id",
    "timestamp",
    "prediction_id",
    "nurse_id",
    "original_gravity",
    "original_french_level",
    "feedback_type",
    "corrected_gravity",
    "corrected_french_level",
    "reason",
    "missed_symptoms",
    "confirmed",
    "model_version",
    "rules_version",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DELIMITER = ";"  # what a French spreadsheet expects


class HasCorrections(Protocol):
    """Whatever can give the verdicts that stand."""

    def corrections(self, since_days: int | None = None) -> tuple[FeedbackRecord, ...]: ...

    def opted_out(self) -> frozenset[str]: ...


def corrected_level(record: FeedbackRecord) -> FrenchLevel:
    """The FRENCH level a verdict stands for: hers, else ours when the gravity is ours, else the representative."""
    if record.corrected_french_level is not None:
        return record.corrected_french_level
    if record.original_french_level is not None and record.corrected_gravity is record.original_gravity:
        return record.original_french_level
    return REPRESENTATIVE_LEVEL[record.corrected_gravity]


def training_rows(store: HasCorrections, since_days: int | None = None) -> list[dict[str, FeatureValue]]:
    """One flat row a prediction that nurses judged; where they contradict each other, the more urgent verdict.

    A case whose patient wants it to train nothing is left out.
    """
    chosen: dict[str, FeedbackRecord] = {}
    left_out = store.opted_out()
    for record in store.corrections(since_days):
        if record.prediction_id in left_out:
            continue
        rival = chosen.get(record.prediction_id)
        if rival is None or corrected_level(record).rank > corrected_level(rival).rank:
            chosen[record.prediction_id] = record
    return [_row(record) for record in chosen.values() if record.features["age"] is not None]


def _row(record: FeedbackRecord) -> dict[str, FeatureValue]:
    told = {name: record.features[name] for name in ROW_FEATURES}
    gravity = record.corrected_gravity.value
    level = corrected_level(record).value
    return (
        {"case_id": record.prediction_id} | told | {"niveau_french": level, "gravite": gravity, "gravite_ioa": gravity}
    )


def corrections_csv(records: Iterable[FeedbackRecord]) -> bytes:
    """Verdicts and features for a spreadsheet: UTF-8 with its mark, ``;`` between cells.

    A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=DELIMITER)
    writer.writerow((*VERDICT_NAMES, *FEATURE_NAMES))
    for record in records:
        line = record.as_line()
        writer.writerow([*(_cell(line[n]) for n in VERDICT_NAMES), *(_cell(record.features[n]) for n in FEATURE_NAMES)])
    return sheet.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    """Numbers as they are, nothing for null, lists joined, and no text that starts a formula."""
    if isinstance(value, (list, tuple)):
        value = " | ".join(str(part) for part in value)
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return "'" + value
    return "" if value is None else value
