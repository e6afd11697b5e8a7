"""Starts a training by itself when the verdicts or a drift ask for it. It makes a challenger, never a champion."""

from datetime import UTC, datetime

from app.jobs import RetrainRequest
from app.logs import log_event
from app.wiring import Services
from feedback_store.automatic import AutomaticRun, Trigger
from feedback_store.watching import verdict_periods
from triage_core.errors import RetrainingBusy, TooFewFeedbacks
from triage_core.monitoring.alerts import AlertKind

LOOKED_BACK_DAYS = 45  # day by day; older verdicts speak of another model
DRIFTS = (AlertKind.FEATURE_DRIFT, AlertKind.ERROR_STREAM)


def start_if_due(services: Services) -> str | None:
    """Start a run when one is due; its job id, or ``None``. The caller holds the lock of the watch.

    Not more often than ``MEDTRIAGE_AUTO_RETRAIN_HOURS``; a run that somebody else started is waited for.
    """
    if not services.settings.auto_retrain or not services.automatic_runs.may_start(
        services.settings.auto_retrain_hours
    ):
        return None
    trigger = due(services, services.automatic_runs.last())
    if trigger is None:
        return None
    try:
        job_id = services.jobs.start(RetrainRequest(run_name=f"auto-{trigger.value}", trigger=trigger.value))
    except RetrainingBusy:
        return None
    except TooFewFeedbacks as too_few:
        services.automatic_runs.record(trigger, None, str(too_few))
        log_event("automatic_retraining_not_started", trigger=trigger.value, reason=str(too_few))
        return None
    services.automatic_runs.record(trigger, job_id)
    log_event("automatic_retraining_started", trigger=trigger.value, job_id=job_id)
    return job_id


def due(services: Services, last: AutomaticRun | None) -> Trigger | None:
    """Why a run is due: too many errors among enough verdicts since the last one, or a drift told since then."""
    since = "" if last is None else last.timestamp.date().isoformat()
    with services.store.counted() as tally:
        periods = [p for p in verdict_periods(tally, LOOKED_BACK_DAYS, datetime.now(UTC)) if p.start > since]
    n, errors = sum(period.n for period in periods), sum(period.errors for period in periods)
    if n >= services.settings.min_feedback and errors / n > services.settings.max_error_rate:
        return Trigger.ERROR_RATE
    standing = services.alerts.standing()
    is_new = any(a.kind in DRIFTS and (last is None or a.raised_at > last.timestamp) for a in standing)
    return Trigger.DRIFT if is_new else None
