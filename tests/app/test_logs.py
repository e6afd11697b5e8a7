"""Logs are JSON lines without a patient in them, whoever writes them."""

import json
import logging
from collections.abc import Iterator

import pytest

from app.logs import configure_logs, log_event, log_fault


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    """Put back what ``configure_logs`` changes."""
    names = [None, "medtriage", *logging.root.manager.loggerDict]
    before = [(logger := logging.getLogger(n), logger.handlers, logger.propagate, logger.level) for n in names]
    yield
    for logger, handlers, propagate, level in before:
        logger.handlers, logger.propagate, logger.level = handlers, propagate, level


def test_an_event_is_one_json_line_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    log_event("predicted", prediction_id="a1", latency_ms=2.5)
    told = json.loads(capsys.readouterr().err)
    assert (told["event"], told["prediction_id"], told["latency_ms"], told["level"]) == ("predicted", "a1", 2.5, "info")


def test_a_fault_tells_its_type_and_place_but_not_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    try:
        raise ValueError("temperature 39.9")
    except ValueError as broken:
        incident = log_fault("request_failed", broken, path="/triage/predict")
    line = capsys.readouterr().err
    told = json.loads(line)
    assert (told["incident"], told["error"]) == (incident, "ValueError")
    assert "test_logs.py" in told["places"][0]
    assert "39.9" not in line


def test_an_exception_logged_by_streamlit_keeps_its_message_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    streamlit = logging.getLogger("streamlit.error_util")
    configure_logs()
    streamlit.error("Uncaught app execution", exc_info=ValueError("temperature 39.9"))
    line = capsys.readouterr().err
    assert json.loads(line)["error"] == "ValueError"
    assert "39.9" not in line
