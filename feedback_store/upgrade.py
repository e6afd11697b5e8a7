"""Reads what older programs wrote: one step for each schema number, never a rewrite of the file."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from feedback_store.errors import UnknownSchema
from feedback_store.record import SCHEMA_VERSION

Step = Callable[[dict[str, object]], dict[str, object]]


def upgrade(record: Mapping[str, object]) -> dict[str, object]:
    """The same record in today's shape; no ``schema_version`` is 0, the lines kept before records bore one.

    Raises ``UnknownSchema`` for a number this program does not know: it was written by a newer one.
    """
    version = record.get("schema_version", 0)
    if isinstance(version, bool) or not isinstance(version, int) or not 0 <= version <= SCHEMA_VERSION:
        raise UnknownSchema(f"schema_version must be 0 to {SCHEMA_VERSION}, got {version!r}")
    current = dict(record)
    for number in range(version, SCHEMA_VERSION):
        current = _STEPS[number](current)
    return current


def _from_the_first_form(record: dict[str, object]) -> dict[str, object]:
    """0 -> 1: a verdict as first posted. The features sent by the client are not ours, so they are dropped."""
    told = {key: value for key, value in record.items() if key != "patient_features"}
    absent: dict[str, object] = dict.fromkeys(
        (
            "model_version",
            "rules_version",
            "nurse_id",
            "original_french_level",
            "corrected_french_level",
            "reason",
            "confirmed",
        )
    )
    known = {"schema_version": 1, "feedback_id": _derived_id(record), "missed_symptoms": (), "features": {}}
    return absent | known | told | {"timestamp": _as_utc(record.get("timestamp"))}


def _derived_id(record: Mapping[str, object]) -> str:
    """The same old line always gets the same id."""
    parts = (record.get("prediction_id"), record.get("nurse_id"), record.get("timestamp"))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _as_utc(stamp: object) -> object:
    """A time without a zone was UTC; anything unreadable is left for validation to refuse."""
    try:
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        return stamp
    return moment.replace(tzinfo=UTC).isoformat() if moment is not None and moment.tzinfo is None else stamp


def _before_two_models(record: dict[str, object]) -> dict[str, object]:
    """1 -> 2: one model answered, nothing was re-evaluated; what is new has these as its defaults."""
    return record | {"schema_version": 2}


_STEPS: Mapping[int, Step] = MappingProxyType({0: _from_the_first_form, 1: _before_two_models})
