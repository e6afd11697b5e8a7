"""Structured logs, one JSON object a line on standard error: ids, versions, durations, counts; never a patient."""

import json
import logging
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

_FOREIGN = ("streamlit", "uvicorn", "websockets")
_LOGGER = logging.getLogger("medtriage")


class JsonLines(logging.Formatter):
    """A record as one JSON object. An exception gives its type and places, not its message, which may hold values."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields |= _anonymous(record.exc_info[1])
        fields |= getattr(record, "fields", {})
        return json.dumps(fields, ensure_ascii=False)


def configure_logs() -> None:
    """Send our events, and those of the server and of Streamlit, to standard error as JSON lines.

    Streamlit gives each of its loggers a handler of its own, which would print an exception's message, and with it
    a patient's value: called again once Streamlit is up, this takes them all.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    known = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in _FOREIGN]
    for name in ("medtriage", "feedback_store", "triage_core", "uvicorn", *known):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)  # we log what happened, not each request


def log_event(event: str, **fields: str | float | int | None) -> None:
    """Log something that happened."""
    _LOGGER.info(event, extra={"fields": fields})


def log_fault(event: str, broken: BaseException, **fields: str) -> str:
    """Log a fault of ours by its type and place; returns the incident's id, to be shown to whoever asked."""
    incident = secrets.token_hex(4)
    _LOGGER.error(event, extra={"fields": {"incident": incident, **_anonymous(broken), **fields}})
    return incident


def _anonymous(broken: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(broken.__traceback__)[-6:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(broken).__name__, "places": places}
