"""The routes over real services in a temporary folder, without a model: the rules alone decide."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import wiring
from app.jobs import RetrainJobs
from app.settings import ROOT, Settings, load_settings
from tests.app.serving import Client, served
from tests.app.watched import MakeServices
from triage_core.model import challenger as challengers

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


@pytest.fixture
def make_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeServices]:
    """Services that are looked at, with trainings that wait for ever and ``corrections`` to learn from."""
    monkeypatch.setattr(challengers, "ASK_AGAIN_S", 0.0)
    made: list[wiring.Services] = []

    def make(corrections: int = 60, **settings: object) -> wiring.Services:
        folders = {"data_dir": tmp_path / "data", "models_dir": tmp_path / "models"}
        services = wiring.Services(Settings(_env_file=None, min_feedback=10, min_samples=10, **folders, **settings))
        jobs_dir, environment = services.settings.jobs_dir, {"FAKE_WORKER": "wait"}
        services.__dict__["jobs"] = RetrainJobs(jobs_dir, tmp_path / "models", lambda _: corrections, environment, FAKE)
        made.append(services)
        return services

    yield make
    for services in made:
        for job_id in services.jobs.job_ids():
            services.jobs.cancel(job_id)


@pytest.fixture
def learning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> wiring.Services:
    """Services with the shipped model, over folders that the processes started by a test share."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "factory").symlink_to(ROOT / "models" / "factory")
    monkeypatch.setenv("MEDTRIAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MEDTRIAGE_MODELS_DIR", str(tmp_path / "models"))
    return wiring.Services(load_settings())
