"""For ``make bench``: a store with many earlier verdicts, and what the serving process has imported."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from app.settings import ROOT, Settings
from app.wiring import Services
from feedback_store.chain import seal_line
from feedback_store.journals import FEEDBACK
from feedback_store.ledger import Ledger
from feedback_store.store import FeedbackStore
from tests.builders import a_request


def fresh_services(folder: Path) -> Services:
    """Real services with empty data and the shipped factory model."""
    return Services(Settings(_env_file=None, data_dir=folder / "data", models_dir=folder / "models"))


def verdict_on(decision_id: str, gravity: str) -> dict[str, object]:
    """The body of a nurse's "correct"."""
    return {
        "prediction_id": decision_id,
        "original_gravity": gravity,
        "feedback_type": "correct",
        "corrected_gravity": gravity,
    }


def grow(folder: Path, times: int) -> tuple[FeedbackStore, dict[str, object], bytes]:
    """A store with ``times`` decisions and as many verdicts; a verdict to submit and the bytes of its line."""
    services = fresh_services(folder)
    decision = services.decide(a_request())
    body = verdict_on(decision.prediction_id, decision.gravity_level.value)
    verdict = services.store.submit(body)
    line = (folder / "data" / FEEDBACK).read_bytes()
    decisions, feedback = services.store.keeping.ledgers[:2]
    repeat(decisions, times - 1, (decision.prediction_id,))
    repeat(feedback, times - 1, (verdict.prediction_id, verdict.feedback_id))
    return FeedbackStore(folder / "data"), body, line


def repeat(ledger: Ledger, times: int, ids: tuple[str, ...], over_days: int = 0) -> None:
    """Append the last record again, each time under ids of its own: chained, and flushed once at the end.

    Spread evenly over the last ``over_days``, the oldest first, when asked.
    """
    *_, last = ledger.read()
    assert last.record is not None
    payload, key, now = orjson.dumps(last.record), ledger.keys.need(), datetime.now(UTC)
    stamp = str(last.record["timestamp"])[:10].encode()
    with ledger.held() as head, ledger.path.open("ab", buffering=1 << 20) as file:
        start = end = head.end
        seq, link = head.seq, head.link
        for number in range(times):
            day = (now - timedelta(days=over_days - number * over_days // times)).date().isoformat().encode()
            copy = payload.replace(stamp, day)
            for told in ids:
                copy = copy.replace(told.encode(), f"{number:032x}".encode())
            seq += 1
            raw, link = seal_line(key, seq, link, copy)
            start, end = end, end + len(raw)
            file.write(raw)
        file.flush()
        ledger.head.replace(replace(head, seq=seq, link=link, end=end, start=start), key)


IMPORTED = "import sys; import app.server; print(*sys.modules)"
WARMED_UP = """
import sys, app.server
from app import wiring
from streamlit.testing.v1 import AppTest
app.server.build_app()
wiring.services().warm_up()
visit = AppTest.from_file(str(app.server.MAIN_PAGE), default_timeout=60).run()
assert not visit.exception, visit.exception
assert wiring.services().triage.model.current()[0] is not None
print(*sys.modules)
"""


def modules_after(code: str, folder: Path) -> set[str]:
    """The top-level modules a new process has imported once it ran ``code`` over folders of its own."""
    environment = os.environ | {"MEDTRIAGE_DATA_DIR": str(folder / "data"), "MEDTRIAGE_MODELS_DIR": str(folder / "m")}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    return {name.split(".")[0] for name in told.stdout.splitlines()[-1].split()}
