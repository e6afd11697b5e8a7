"""Begins an experiment only with what the gate let pass; ends one that proves worse or whose models have changed."""

from typing import Literal

from app.logs import log_event
from app.wiring import Services
from feedback_store.trials import Trial, TrialAlreadyRuns
from feedback_store.watching import errors_by_kind
from triage_core.errors import BundleError
from triage_core.monitoring.alerts import AlertKind, Change, Reading
from triage_core.monitoring.sequential import must_stop, stop_limit

OURSELVES = "medtriage"  # who stops, when nobody did
Reason = Literal["worse", "gone", "promoted"]
Refusal = Literal["changed", "outdated", "running"]
Why = tuple[Reason, str, float]  # the reason, its figures, the evidence


def begin(services: Services, challenger: str, champion: str, share: float, by: str) -> Refusal | None:
    """Begin an experiment with the versions somebody saw on a screen; why not, when it did not begin.

    ``changed``: these are not the models that serve and wait now; ``outdated``: the gate compared the challenger with
    another champion; ``running``: one runs already. Raises ``ValueError`` for a share outside 0-0.5.
    """
    waiting, served = services.challenger.current(), _served(services)
    if waiting is None or (waiting.version, served) != (challenger, champion):
        return "changed"
    info = next((info for info in services.models.versions() if info.version == challenger), None)
    if info is None or not info.gate.accepted or info.gate.champion_version not in (None, champion):
        return "outdated"
    try:
        services.trials.start(challenger, champion, share, by)
    except TrialAlreadyRuns:
        return "running"
    services.challenger.forget()
    log_event("trial_started", version=challenger, champion=champion, share=share)
    return None


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
