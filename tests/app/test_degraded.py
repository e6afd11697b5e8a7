"""What is missing never stops triage, promotion or return, and is said."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import shelf as shelves
from app.degraded import missing, mlflow_trouble
from app.settings import Settings
from app.wiring import Services
from tests.app.test_shelf import FACTORY, a_challenger
from tests.builders import a_request


@pytest.fixture
def services(tmp_path: Path) -> Services:
    shutil.copytree(FACTORY, tmp_path / "models" / "factory")
    return Services(Settings(_env_file=None, data_dir=tmp_path / "data", models_dir=tmp_path / "models"))


def a_store(models: Path) -> Path:
    (models / "mlflow").mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(models / "mlflow" / "mlflow.db") as store:
        store.execute("CREATE TABLE runs (id TEXT)")
    return models / "mlflow" / "mlflow.db"


@contextmanager
def locked(store: Path) -> Iterator[None]:
    holder = sqlite3.connect(store, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.close()


def told(services: Services) -> list[str]:
    return [key for key, _ in missing(services)]


def test_nothing_is_missing_at_first(services: Services) -> None:
    assert services.decide(a_request()).ml_available
    assert told(services) == [] and mlflow_trouble(services.settings) is None


def test_a_model_that_is_gone_off_or_slow_and_broken_tables_are_named(services: Services, tmp_path: Path) -> None:
    services.decide(a_request())
    services.motif_fault = "KeyError"
    services.protocols.fault = "Permission denied"
    assert told(services) == ["degraded.motifs", "degraded.protocols"]
    (tmp_path / "models" / "champion").mkdir()
    assert told(services)[0] == "degraded.absent"
    services.model_switch.turn("off", "chef", "relève trop")
    assert told(services)[0] == "degraded.off"
    decision = services.decide(a_request())
    assert (decision.ml_available, decision.ml_error) == (False, "turned off by chef: relève trop")


def test_a_locked_a_damaged_and_a_lost_store_of_mlflow_are_told_apart(services: Services, tmp_path: Path) -> None:
    store = a_store(tmp_path / "models")
    assert mlflow_trouble(services.settings) is None
    with locked(store):
        assert mlflow_trouble(services.settings) == "locked"
    store.write_bytes(b"no database at all" * 400)
    assert mlflow_trouble(services.settings) == "gone"
    store.unlink()
    assert mlflow_trouble(services.settings) is None  # never used
    a_challenger(tmp_path / "models", 2)
    assert mlflow_trouble(services.settings) == "gone"
    elsewhere = services.settings.model_copy(update={"mlflow_tracking_uri": "https://mlflow.example"})
    assert mlflow_trouble(elsewhere) is None


@pytest.mark.slow
def test_promotion_return_and_triage_go_on_while_mlflow_is_locked(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "REGISTRY_TIMEOUT_S", 15)
    version = a_challenger(tmp_path / "models", 2)
    with locked(a_store(tmp_path / "models")):
        promotion = services.models.promote(version, by="chef")
        assert (promotion.version, promotion.is_registered) == ("v2", False)
        assert services.decide(a_request()).model_version == "v2"
        assert services.models.rollback().is_registered is False
        assert services.decide(a_request()).model_version == "factory-1"
