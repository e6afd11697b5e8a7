"""Verdicts as training rows and as a file for a spreadsheet. Features are always those we recorded."""

from collections.abc import Iterable
from types import MappingProxyType

from feedback_store.record import FEATURE_NAMES, FeatureValue, FeedbackRecord
from feedback_store.spreadsheet import safe_csv
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


def corrected_level(record: FeedbackRecord) -> FrenchLevel:
    """The FRENCH level a verdict stands for: hers, else ours when the gravity is ours, else the representative."""
    if record.corrected_french_level is not None:
        return record.corrected_french_level
    if record.original_french_level is not None and record.corrected_gravity is record.original_gravity:
        return record.original_french_level
    return REPRESENTATIVE_LEVEL[record.corrected_gravity]


def training_row(record: FeedbackRecord, level: FrenchLevel) -> dict[str, FeatureValue]:
    """The flat row of a judged case at a FRENCH level, with the features we recorded."""
    told = {name: record.features[name] for name in ROW_FEATURES}
    gravity = level.gravity.value
    labels = {"niveau_french": level.value, "gravite": gravity, "gravite_ioa": gravity}
    return {"case_id": record.prediction_id} | told | labels


def corrections_csv(records: Iterable[FeedbackRecord]) -> bytes:
    """Verdicts and features for a spreadsheet, safe against formulas."""
    return safe_csv((*VERDICT_NAMES, *FEATURE_NAMES), map(_csv_row, records))


def _csv_row(record: FeedbackRecord) -> tuple[object, ...]:
    line = record.as_line()
    return (*(line[name] for name in VERDICT_NAMES), *(record.features[name] for name in FEATURE_NAMES))
