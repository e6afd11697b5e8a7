"""Tells somebody outside of an alert, by webhook or mail, when the settings say where. No patient in the message."""

import logging

from app.logs import log_event, log_fault
from app.ui.words_watch import WORDS_WATCH
from app.wiring import Services
from feedback_store.alert_log import Alert


def send_waiting(services: Services) -> None:
    """Send in one message what stands, was not sent and nobody has acknowledged. A failure is tried again later."""
    told = services.settings.alert_urls
    waiting = [a for a in services.alerts.standing() if not a.is_sent and a.acknowledged_by is None]
    if told is None or not waiting:
        return
    if not _send(told.get_secret_value(), "\n".join(sentence(alert) for alert in waiting)):
        log_event("alerts_not_sent", count=len(waiting))
        return
    for alert in waiting:
        services.alerts.mark_sent(alert.key)
    log_event("alerts_sent", count=len(waiting))


def sentence(alert: Alert) -> str:
    """One alert in French: what is wrong, of what, its figure and its limit."""
    name = WORDS_WATCH[f"alert.{alert.kind.value}"][0]
    subject = f" ({alert.subject})" if alert.subject else ""
    return f"{name}{subject} : {alert.value:.3g}, limite {alert.limit:.3g}"


def _send(urls: str, body: str) -> bool:
    """Whether every address took it. Apprise is imported here, in the background; its log would say them."""
    logging.getLogger("apprise").disabled = True
    try:
        from apprise import Apprise

        sender = Apprise()
        is_known = bool(sender.add(urls))
        return is_known and bool(sender.notify(title=WORDS_WATCH["alert.title"][0], body=body))
    except Exception as broken:  # whatever a foreign service or its library does, triage goes on
        log_fault("alert_sending_failed", broken)
        return False
