"""Marked values and words go in through every door; no log, status or access file of the run holds one of them."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import wiring
from app.logs import configure_logs
from app.ui import state
from tests.app.assistant import an_assistant, saying
from tests.app.serving import JSON_TYPE, Client, a_prediction, a_verdict
from tests.app.test_server import client as client  # the real server
from tests.app.test_server import logs as logs
from tests.builders import a_request
from tests.pages.conftest import fill
from tests.pages.conftest import services as services
from tests.pages.test_quick_line import with_assistant

# Only here in so many words: Streamlit may log the source of a line it complains of.
VALUES = ("39.37", "39,37", "187.5", "93.25")  # no duration, id or count looks like these
WORDS = ("zorglubite", "quinquengrogne", "brimborion")
NOT_LOGS = {"triage", "feedback", "index", "heads", "secrets", "imports", "raw", "access"}  # where patients' data live


def marks_in(text: str) -> list[str]:
    return [mark for mark in (*VALUES, *WORDS) if mark in text]


def log_files(folder: Path) -> Iterator[Path]:
    """Every file the run left outside the journals and the models."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if path.is_file() and inside[0] != "models" and not (inside[0] == "data" and inside[1] in NOT_LOGS):
            yield path


@pytest.mark.slow
def test_no_log_of_a_real_server_holds_what_came_in_through_its_routes(client: Client, logs: Path) -> None:
    marked = a_request(temperature=39.37, saturation_oxygene=93.25, motif_id=None, motif_consultation=WORDS[0])
    told = a_prediction(client, temperature=39.37, motif_consultation=WORDS[0], antecedents=[WORDS[1]])
    bodies: list[tuple[str, object]] = [
        ("/triage/predict", marked),
        ("/triage/predict", marked | {"sexe": WORDS[1], "age": 187.5}),
        ("/triage/predict", {WORDS[2]: 39.37}),
        ("/triage/extract", {"text": f"T 39,37 {WORDS[0]}"}),
        ("/triage/extract", {"text": 39.37, WORDS[1]: 1}),
        ("/feedback/submit", a_verdict(told, reason=WORDS[2], missed_symptoms=[WORDS[0]])),
        ("/feedback/submit", a_verdict(told, feedback_type="upgrade", reason=WORDS[2])),
        ("/feedback/retrain", {"include_feedback": False, "run_name": "essai"}),
    ]
    answers = [client.post(path, body).status for path, body in bodies]
    assert {200, 201, 202, 422} <= set(answers)
    for broken in (b'{"temperature": 39.37, ', f"{WORDS[0]}".encode(), b"\xff39.37"):
        assert client.send("POST", "/triage/predict", broken, JSON_TYPE).status == 400
    assert client.get(f"/feedback/retrain/{WORDS[0]}").status == 404
    read = {path.name: marks_in(path.read_text(encoding="utf-8", errors="replace")) for path in log_files(logs.parent)}
    assert {"stderr.txt", "status.json", "output.txt"} <= set(read), read
    assert any(name.startswith("20") for name in read), "the log of who saw what"
    assert {name: found for name, found in read.items() if found} == {}


@pytest.fixture
def heard(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The loggers of a server for one test."""
    names = [None, *logging.root.manager.loggerDict]
    before = [(logger := logging.getLogger(n), logger.handlers, logger.propagate, logger.level) for n in names]
    configure_logs()
    yield
    for logger, handlers, propagate, level in before:
        logger.handlers, logger.propagate, logger.level = handlers, propagate, level


def test_no_log_holds_what_was_typed_or_answered_on_the_screens(
    heard: None, services: wiring.Services, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer = {"values": {"temperature": {"value": float(VALUES[0]), "source": VALUES[1]}}, "note": WORDS[1]}
    with an_assistant(saying(answer)) as assistant:
        screen = with_assistant(services, assistant.address)
        screen.text_input(key=state.QUICK_LINE).set_value(f"H 65 T {VALUES[1]} {WORDS[0]}").run()
        screen.button(key="quick_assistant").click().run()
        fill(screen, "plaie", f"{VALUES[2]}/80", {"temperature": VALUES[1], "age": WORDS[2]})
        screen.button(key="tri_evaluate").click().run()
        screen.button(key="quick_discard").click().run()  # a line that was not taken stops the evaluation
        fill(screen, "plaie", "130/80", {"temperature": VALUES[1]})
        screen.text_input(key=state.MOTIF_WORDS).set_value(WORDS[0]).run()
        screen.button(key="tri_evaluate").click().run()
    kept = (tmp_path / "data" / "triage" / "decisions.jsonl").read_text(encoding="utf-8")
    assert json.loads(kept.splitlines()[0])["features"]["temperature"] == float(VALUES[0])
    out, err = capfd.readouterr()
    seen = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "data" / "seen").iterdir())
    assert '"decision"' in seen and marks_in(out + err + seen) == []


def test_the_marks_would_be_found(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("medtriage").warning("%s %s", VALUES[0], WORDS[0])
    assert marks_in(caplog.text) == [VALUES[0], WORDS[0]]
