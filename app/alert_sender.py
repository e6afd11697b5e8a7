"""Tells somebody outside of an alert, by webhook or mail, when the settings say where. No patient in the message."""

import hashlib
import logging
from collections.abc import Sequence

from app.logs import log_event, log_fault
from app.ui.words_watch import WORDS_WATCH
from app.wiring import Services
from feedback_store.alert_log import Alert

MARK_LENGTH = 8  # enough to tell addresses apart, too little to say one


def send_waiting(services: Services) -> None:
    """Send each address in one message what stands, it was not sent and nobody has acknowledged.

    An address that failed is tried again at the next look; those that took the message are left alone.
    """
    told = services.settings.alert_urls
    for url in told.get_secret_value().split() if told is not None else ():
        mark = hashlib.sha256(url.encode()).hexdigest()[:MARK_LENGTH]
        waiting = [a for a in services.alerts.standing() if mark not in a.sent_to and a.acknowledged_by is None]
        if waiting:
            _tell(services, url, mark, waiting)


def _tell(services: Services, url: str, mark: str, waiting: Sequence[Alert]) -> None:
    if not _send(url, "\n".join(sentence(alert) for alert in waiting)):
        log_event("alerts_not_sent", count=len(waiting), address=mark)
        return
    for alert in waiting:
        services.alerts.mark_sent(alert.key, mark)
    log_event("alerts_sent", count=len(waiting), address=mark)


def sentence(alert: Alert) -> str:
    """One alert in French: what is wrong, of what, its figure and its limit."""
    name = WORDS_WATCH[f"alert.{alert.kind.value}"]
    subject = f" ({alert.subject})" if alert.subject else ""
    return f"{name}{subject} : {alert.value:.3g}, limite {alert.limit:.3g}"


def _send(url: str, body: str) -> bool:
    """Whether the address took it. Apprise is imported here, in the background; its log would say them."""
    logging.getLogger("apprise").disabled = True
    try:
        from apprise import Apprise

        sender = Apprise()
        is_known = bool(sender.add(url))
        return is_known and bool(sender.notify(title=WORDS_WATCH["alert.title"], body=body))
    except Exception as broken:  # whatever a foreign service or its library does, triage goes on
        log_fault("alert_sending_failed", broken)
        return False
