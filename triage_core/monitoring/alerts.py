"""When a figure becomes an alert and when it stops being one. Two limits for each, so that none flaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

WORSE = 1.25  # an acknowledged alert that has grown by a quarter is told again


class AlertKind(StrEnum):
    """What can be wrong; the screens have the French words of each."""

    ERROR_RATE = "error_rate"
    UNDER_TRIAGE = "under_triage"
    FEATURE_DRIFT = "feature_drift"
    MISSINGNESS = "missingness"
    ERROR_STREAM = "error_stream"
    MODEL_ABSENT = "model_absent"
    TRIAL_STOPPED = "trial_stopped"
    LATENCY = "latency"
    JOURNAL_DAMAGE = "journal_damage"


@dataclass(frozen=True)
class Reading:
    """A figure beside its two limits. ``value`` ``None``: too little is known to say anything, nothing changes."""

    kind: AlertKind
    value: float | None
    raised_at: float  # this and above is an alert
    cleared_at: float  # below this it is over
    subject: str = ""  # a feature, a file; never a patient

    @property
    def key(self) -> str:
        """What tells one alert from another."""
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True)
class Known:
    """What is known of an alert that stands."""

    value: float
    is_acknowledged: bool


@dataclass(frozen=True)
class Change:
    """An alert to raise (``is_raised``) or to clear."""

    reading: Reading
    is_raised: bool


def changes(readings: Iterable[Reading], standing: Mapping[str, Known]) -> tuple[Change, ...]:
    """What the readings change among the alerts that stand, by key."""
    found = (_change(reading, standing.get(reading.key)) for reading in readings)
    return tuple(change for change in found if change is not None)


def _change(reading: Reading, known: Known | None) -> Change | None:
    if reading.value is None:
        return None
    if known is None:
        return Change(reading, True) if reading.value >= reading.raised_at else None
    if reading.value < reading.cleared_at:
        return Change(reading, False)
    is_worse = known.is_acknowledged and reading.value >= max(WORSE * known.value, reading.raised_at)
    return Change(reading, True) if is_worse else None
