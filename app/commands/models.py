"""Models: train, promote, roll back, measure, look at past runs."""

import argparse
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from app.commands.command import OK, REFUSED, Add, hand_on
from app.settings import Settings

if TYPE_CHECKING:
    from app.shelf import ModelShelf, Promotion


def register(add: Add) -> None:
    """The commands of this area."""
    add("retrain", _retrain, "train a challenger in the foreground and judge it", hands_on=True)
    promote = add("promote", _promote, "serve a challenger the gate accepted")
    promote.add_argument("version", nargs="?")
    promote.add_argument("--override", metavar="REASON", help="serve it although the gate refused; the reason is kept")
    promote.add_argument("--by", help="who decides")
    rollback = add("rollback", _rollback, "serve again what was served before the last promotion")
    rollback.add_argument("--by", help="who decides")
    benchmark = add(
        "benchmark",
        _benchmark,
        "measure on public data [--data FILE] [--json FILE] [--details FILE] [--repeats N] [--quick]",
        hands_on=True,
    )
    benchmark.add_argument("dataset", choices=["ktas"])
    add("ui", _ui, "look at past runs in MLflow's own pages, on loopback")
    add("synthetic", _synthetic, "write the synthetic base table", hands_on=True)
    add("factory", _factory, "fit the factory model anew from the base table", hands_on=True)


def _retrain(told: argparse.Namespace, settings: Settings) -> int:
    from app.retrain_worker import main as train

    os.environ.update(settings.environment())  # MLflow's own code reads the environment, not our .env
    return train(told.passed_on, echo=sys.stdout)


def _promote(told: argparse.Namespace, settings: Settings) -> int:
    return _tell(_shelf(settings).promote(told.version, told.override, told.by))


def _rollback(told: argparse.Namespace, settings: Settings) -> int:
    return _tell(_shelf(settings).rollback(told.by))


def _shelf(settings: Settings) -> "ModelShelf":
    from app.shelf import ModelShelf
    from feedback_store.journals import ledgers_of

    promotions = ledgers_of(settings.data_dir, settings.journal_secret, settings.models_dir).promotions
    return ModelShelf(settings.models_dir, promotions, settings.environment())


def _tell(promotion: "Promotion") -> int:
    print(f"{promotion.version} is served (before: {promotion.previous or 'none'})")
    if not promotion.is_registered:
        print("medtriage: MLflow could not be told; its alias still shows the version before", file=sys.stderr)
    return OK


def _benchmark(told: argparse.Namespace, _settings: Settings) -> int:
    return hand_on("triage_core.training.benchmark_ktas", told.passed_on)


def _ui(_told: argparse.Namespace, settings: Settings) -> int:
    """MLflow's pages on a free loopback port, until interrupted."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = settings.mlflow_tracking_uri or f"sqlite:///{settings.models_dir / 'mlflow' / 'mlflow.db'}"
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "ui",
        "--host=127.0.0.1",
        f"--port={port}",
        f"--backend-store-uri={store}",
    ]
    print(f"http://127.0.0.1:{port}", flush=True)
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    return OK if subprocess.run(command, env=os.environ | quiet, check=False).returncode == 0 else REFUSED  # noqa: S603 - our own interpreter


def _synthetic(told: argparse.Namespace, _settings: Settings) -> int:
    return hand_on("triage_core.training.synthetic", told.passed_on)


def _factory(told: argparse.Namespace, _settings: Settings) -> int:
    return hand_on("triage_core.training.factory", told.passed_on)
