"""The figures that can become alerts, each beside its limits, from the counters of both readings."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from feedback_store.tally import Fault, Tally
from feedback_store.watch_tally import WatchTally
from feedback_store.watching import Reference, drifts, verdict_periods
from triage_core.monitoring.alerts import AlertKind, Reading
from triage_core.monitoring.change import risen_recently
from triage_core.monitoring.drift import MISSING_LIMIT, Drift

CALM = 0.8  # an alert is over below this share of its limit
LEAST_DECISIONS = 200  # fewer visits show no drift
LEAST_ANSWERS = 20  # fewer decisions show no failing model and no slow answer
FAILING, RECOVERED = 0.05, 0.01  # share of the last 200 decisions without a model


class WatchLimits(BaseModel):
    """When a figure is an alert, over how many days, from how many verdicts on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_error_rate: float = Field(default=0.15, ge=0, le=1)
    max_under_triage_rate: float = Field(default=0.10, ge=0, le=1)
    max_latency_ms: float = Field(default=500, gt=0)
    min_samples: int = Field(default=50, ge=1)
    window_days: int = Field(default=30, ge=1)


@dataclass(frozen=True)
class Facts:
    """What is looked at together: both tallies, the served model, the training reference, damaged lines."""

    verdicts: Tally
    watch: WatchTally
    has_model: bool
    reference: Reference
    faults: tuple[Fault, ...]
    now: datetime


def readings(facts: Facts, limits: WatchLimits) -> tuple[Reading, ...]:
    """Every figure that is watched; a value is ``None`` where too little was seen."""
    return (
        *_rates(facts, limits),
        _stream(facts.watch, limits),
        _model(facts),
        _latency(facts.watch, limits),
        *_features(facts, limits),
        *_damage(facts.faults),
    )


def _rates(facts: Facts, limits: WatchLimits) -> Iterator[Reading]:
    periods = verdict_periods(facts.verdicts, limits.window_days, facts.now)
    n = sum(period.n for period in periods)
    told = (
        (AlertKind.ERROR_RATE, sum(period.errors for period in periods), limits.max_error_rate),
        (AlertKind.UNDER_TRIAGE, sum(period.under for period in periods), limits.max_under_triage_rate),
    )
    for kind, hits, limit in told:
        share = hits / n if n >= limits.min_samples else None
        # "Above the limit" as the statistics say it: equal to it is still allowed.
        yield Reading(kind, share, limit + 1e-9, CALM * limit)


def _stream(watch: WatchTally, limits: WatchLimits) -> Reading:
    enough = len(watch.errors) >= limits.min_samples
    value = float(risen_recently(watch.errors) is not None) if enough else None
    return Reading(AlertKind.ERROR_STREAM, value, 1.0, 1.0)


def _model(facts: Facts) -> Reading:
    recent = facts.watch.recent
    failing = sum(not told.has_model for told in recent) / len(recent) if len(recent) >= LEAST_ANSWERS else 0.0
    return Reading(AlertKind.MODEL_ABSENT, failing if facts.has_model else 1.0, FAILING, RECOVERED)


def _latency(watch: WatchTally, limits: WatchLimits) -> Reading:
    spent = sorted(told.latency_ms for told in watch.recent)
    value = spent[int(0.95 * (len(spent) - 1))] if len(spent) >= LEAST_ANSWERS else None
    return Reading(AlertKind.LATENCY, value, limits.max_latency_ms, CALM * limits.max_latency_ms)


def _features(facts: Facts, limits: WatchLimits) -> Iterator[Reading]:
    for drift in drifts(facts.watch, facts.reference, limits.window_days, facts.now):
        enough = drift.n >= LEAST_DECISIONS
        limit = drift.psi_limit
        yield Reading(AlertKind.FEATURE_DRIFT, drift.psi if enough else None, limit, CALM * limit, drift.feature)
        yield _missingness(drift, enough)


def _missingness(drift: Drift, enough: bool) -> Reading:
    """How much more often it is missing; an excess that chance explains counts as none."""
    excess = drift.missing - drift.missing_reference
    shown = excess if drift.is_missing_more or excess < MISSING_LIMIT else 0.0
    return Reading(AlertKind.MISSINGNESS, shown if enough else None, MISSING_LIMIT, CALM * MISSING_LIMIT, drift.feature)


def _damage(faults: tuple[Fault, ...]) -> Iterator[Reading]:
    """Damage does not heal, the file is never rewritten: the alert stays, acknowledged, until there is more of it."""
    by_file = Counter(fault.file for fault in faults)
    for file, n in sorted(by_file.items()):
        yield Reading(AlertKind.JOURNAL_DAMAGE, float(n), 1.0, 1.0, file)
