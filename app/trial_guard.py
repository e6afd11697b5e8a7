"""Stops an experiment that proves its challenger worse, or whose two models are no longer those it began with."""

from typing import Literal

from app.logs import log_event
from app.wiring import Services
from feedback_store.trials import Trial
from feedback_store.watching import errors_by_kind
from triage_core.errors import BundleError
from triage_core.monitoring.alerts import AlertKind, Change, Reading
from triage_core.monitoring.sequential import must_stop, stop_limit

OURSELVES = "medtriage"  # who stops, when nobody did
Reason = Literal["worse", "gone", "promoted"]
Why = tuple[Reason, str, float]  # the reason, its figures, the evidence


def stop_if_needed(services: Services) -> None:
    """End the running experiment if it must end; the end is an event with its reason, a log event and an alert."""
    trial = services.trials.running()
    why = None if trial is None else _why(services, trial)
    if trial is None or why is None:
        return
    reason, detail, found = why
    if services.trials.stop(trial.trial_id, OURSELVES, reason, detail):
        services.challenger.forget()
        limit = stop_limit(2) if reason == "worse" else 1.0
        services.alerts.record(Change(Reading(AlertKind.TRIAL_STOPPED, found, limit, limit, trial.challenger), True))
        log_event("trial_stopped", trial_id=trial.trial_id, version=trial.challenger, reason=reason, detail=detail)


def _why(services: Services, trial: Trial) -> Why | None:
    served = _served(services)
    if served != trial.champion:
        return "promoted", f"served: {served or 'none'}", 1.0
    challenger = services.challenger.current()
    if challenger is None or challenger.version != trial.challenger:
        return "gone", "the challenger cannot be used any more", 1.0
    stop = must_stop(errors_by_kind(*services.watching.arms(trial)), trial.share)
    if stop is None:
        return None
    counts = f"{stop.kind}: challenger {stop.errors.challenger}, champion {stop.errors.champion}, share {trial.share:g}"
    return "worse", f"{counts}, evidence {stop.evidence:.1f}", stop.evidence


def _served(services: Services) -> str | None:
    try:
        return str(services.models.champion()["version"])
    except BundleError:
        return None
