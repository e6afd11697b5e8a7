"""The whole path of a training nobody asked for: real verdicts, real worker, a challenger and never a champion."""

import time
from pathlib import Path

import pytest

from app.settings import Settings
from app.watch_round import look
from app.wiring import Services
from tests.app.test_watch import judge

pytestmark = pytest.mark.slow


def test_errors_of_the_ward_train_a_challenger_by_themselves_and_the_champion_stays(tmp_path: Path) -> None:
    folders = {"data_dir": tmp_path / "data", "models_dir": tmp_path / "models"}
    services = Services(Settings(_env_file=None, min_feedback=50, **folders))
    for place in range(60):
        judge(services, "upgrade" if place % 3 else "correct")
    look(services)
    job = services.jobs.current()
    assert job is not None
    deadline = time.monotonic() + 180
    while services.jobs.current() is not None and time.monotonic() < deadline:
        time.sleep(0.5)
    ended = services.jobs.status(job.job_id)
    assert ended is not None
    assert (ended.state in ("done", "refused"), ended.trigger, ended.version) == (True, "error_rate", "v1")
    assert services.models.champion()["version"] == "factory-1"
    assert (tmp_path / "models" / "challengers" / "v1" / "bundle" / "MODEL_CARD.md").is_file()
    assert services.decide({"age": 40, "sexe": "F", "constantes": {}}).model_version == "factory-1"
