"""What the verdicts say of our decisions, and whether it is time to train again."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from feedback_store.tally import Bucket, Tally
from triage_core.levels import Gravity

LONGEST_PERIOD_DAYS = 36_500


class FeedbackThresholds(BaseModel):
    """When training again is recommended: enough verdicts, or too many errors among enough of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_feedback: int = Field(default=100, ge=1)
    max_error_rate: float = Field(default=0.15, ge=0, le=1)
    min_samples: int = Field(default=50, ge=1)  # fewer verdicts than this prove no error rate


class RetrainingReason(StrEnum):
    """Why; the screen has the French sentence of each."""

    ENOUGH_FEEDBACK = "enough_feedback"
    ERROR_RATE = "error_rate"


class LevelStats(BaseModel):
    """Verdicts on the decisions that showed one gravity."""

    model_config = ConfigDict(frozen=True)

    total: int
    correct: int
    upgrade: int
    downgrade: int
    disagree: int
    under_triage: int
    over_triage: int
    accuracy_rate: float | None


class FeedbackStats(BaseModel):
    """The body of ``GET /feedback/stats``. Rates are shares of ``total_feedback`` in 0-1, null without feedback.

    Under-triage: the nurse says more urgent than we showed; over-triage: less urgent, whatever she called it.
    """

    model_config = ConfigDict(frozen=True)

    total_predictions: int
    total_feedback: int
    accuracy_rate: float | None
    upgrade_rate: float | None
    downgrade_rate: float | None
    disagree_rate: float | None
    under_triage_rate: float | None
    over_triage_rate: float | None
    by_level: dict[Gravity, LevelStats]
    period_start: datetime | None
    period_end: datetime
    retraining_recommended: bool
    reasons: tuple[RetrainingReason, ...]


def first_day(since_days: int | None, now: datetime) -> str:
    """The first UTC day of a period of whole days that ends now; ``""``, before every day, without a period.

    Raises ``ValueError`` outside 0-36,500 days.
    """
    if since_days is None:
        return ""
    if not 0 <= since_days <= LONGEST_PERIOD_DAYS:
        raise ValueError(f"since_days must be within 0-{LONGEST_PERIOD_DAYS}, got {since_days}")
    return (now.astimezone(UTC) - timedelta(days=since_days)).date().isoformat()


def summarise(tally: Tally, thresholds: FeedbackThresholds, since_days: int | None, now: datetime) -> FeedbackStats:
    """The statistics of the period, from counters alone: the cost grows with days, not with records."""
    start = first_day(since_days, now)
    chosen = [(bucket, n) for bucket, n in tally.buckets.items() if bucket.day >= start]
    counts = _counts(chosen)
    total = counts["total"]
    reasons = _reasons(total, total - counts["correct"], thresholds)
    seen = sorted({*tally.decisions_by_day, *(bucket.day for bucket in tally.buckets)}) if not start else [start]
    return FeedbackStats(
        total_predictions=sum(n for day, n in tally.decisions_by_day.items() if day >= start),
        total_feedback=total,
        accuracy_rate=_share(counts["correct"], total),
        upgrade_rate=_share(counts["upgrade"], total),
        downgrade_rate=_share(counts["downgrade"], total),
        disagree_rate=_share(counts["disagree"], total),
        under_triage_rate=_share(counts["under_triage"], total),
        over_triage_rate=_share(counts["over_triage"], total),
        by_level={g: _level([(b, n) for b, n in chosen if b.gravity is g]) for g in reversed(Gravity)},
        period_start=_midnight(seen[0]) if seen else None,
        period_end=now.astimezone(UTC),
        retraining_recommended=bool(reasons),
        reasons=reasons,
    )


def _counts(chosen: Iterable[tuple[Bucket, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for bucket, n in chosen:
        counts["total"] += n
        counts[bucket.feedback_type] += n
        if bucket.direction:
            counts["under_triage" if bucket.direction > 0 else "over_triage"] += n
    return counts


def _level(chosen: Iterable[tuple[Bucket, int]]) -> LevelStats:
    counts = _counts(chosen)
    names = ("total", "correct", "upgrade", "downgrade", "disagree", "under_triage", "over_triage")
    return LevelStats(
        **{name: counts[name] for name in names}, accuracy_rate=_share(counts["correct"], counts["total"])
    )


def _share(part: int, total: int) -> float | None:
    return part / total if total else None


def _reasons(total: int, errors: int, thresholds: FeedbackThresholds) -> tuple[RetrainingReason, ...]:
    reasons = []
    if total >= thresholds.min_feedback:
        reasons.append(RetrainingReason.ENOUGH_FEEDBACK)
    if total >= thresholds.min_samples and errors / total > thresholds.max_error_rate:
        reasons.append(RetrainingReason.ERROR_RATE)
    return tuple(reasons)


def _midnight(day: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(day).date(), time(), UTC)
