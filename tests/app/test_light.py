"""The serving process stays light: who is never let in, and who only when called for."""

from pathlib import Path

import pytest

from tests.bench_services import IMPORTED, WARMED_UP, modules_after

pytestmark = pytest.mark.slow  # each test starts a process of its own


def test_a_server_that_decided_and_showed_a_page_has_imported_no_heavy_guest(tmp_path: Path) -> None:
    loaded = modules_after(WARMED_UP, tmp_path)
    assert "xgboost" in loaded  # the model was really served
    assert not loaded & {"mlflow", "matplotlib"}


def test_the_model_is_imported_by_the_warm_up_and_not_by_the_start(tmp_path: Path) -> None:
    # scikit-learn comes with ``import xgboost``, which takes it wherever it is installed, and not before.
    assert not modules_after(IMPORTED, tmp_path) & {"xgboost", "sklearn", "mlflow", "matplotlib"}
