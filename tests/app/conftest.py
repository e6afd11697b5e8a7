"""The routes over real services in a temporary folder, without a model: the rules alone decide."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import wiring
from app.jobs import RetrainJobs
from app.settings import Settings
from tests.app.serving import Client, served

FAKE = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[wiring.Services]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "models" / "champion").mkdir(parents=True)  # a champion that cannot be read: the rules decide alone
    services = wiring.Services(Settings(_env_file=None, data_dir=folder / "data", models_dir=folder / "models"))
    wiring.use(services)
    yield services
    wiring.use(None)


@pytest.fixture(scope="module")
def client(services: wiring.Services) -> Iterator[Client]:
    assert services.settings.auth == "demo"
    with served() as client:
        yield client


@pytest.fixture
def slow_jobs(services: wiring.Services, tmp_path: Path) -> Iterator[RetrainJobs]:
    """Jobs whose worker waits for ever, with 60 corrections to learn from."""
    jobs = RetrainJobs(tmp_path / "jobs", tmp_path / "models", lambda _: 60, {"FAKE_WORKER": "wait"}, FAKE)
    before = services.jobs
    services.__dict__["jobs"] = jobs
    yield jobs
    for job_id in jobs.job_ids():
        jobs.cancel(job_id)
    services.__dict__["jobs"] = before
