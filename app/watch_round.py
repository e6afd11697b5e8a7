"""One look at the model in use: alerts raised and cleared, a bad experiment stopped, a due training started, told."""

from datetime import UTC, datetime

from filelock import FileLock, Timeout

from app import alert_sender, auto_retraining, trial_guard
from app.logs import log_event
from app.wiring import Services
from feedback_store.readings import Facts, readings
from triage_core.monitoring.alerts import Change, changes

LOCK = "watch.lock"


def look(services: Services) -> bool:
    """Look once; ``False`` when another server on the same folder is looking, and nothing is done."""
    folder = services.settings.data_dir / "watch"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0):
            _look(services)
    except Timeout:
        return False
    return True


def _look(services: Services) -> None:
    for change in found_changes(services):
        services.alerts.record(change)
        _log(change)
    trial_guard.stop_if_needed(services)
    auto_retraining.start_if_due(services)
    alert_sender.send_waiting(services)


def found_changes(services: Services) -> tuple[Change, ...]:
    """What today's figures change among the alerts that stand."""
    predictor, _ = services.triage.model.current()
    reference = {} if predictor is None else predictor.bundle.manifest.get("reference", {})
    faults = services.store.faults()
    with services.store.counted() as verdicts, services.watching.current() as watch:
        facts = Facts(verdicts, watch, predictor is not None, reference, faults, datetime.now(UTC))
        found = readings(facts, services.settings.watch_limits)
    return changes(found, services.alerts.known())


def _log(change: Change) -> None:
    told = change.reading
    event = "alert_raised" if change.is_raised else "alert_cleared"
    log_event(event, kind=told.kind.value, subject=told.subject, value=told.value, limit=told.raised_at)
