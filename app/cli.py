"""The console script ``medtriage``: 0 on success, 1 on a refusal it explains, 2 on wrong usage.

Every command imports what it needs when it runs: ``medtriage motif`` must not wait for MLflow.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings, SettingsError, load_settings
from triage_core.errors import MedTriageError

if TYPE_CHECKING:
    from app.shelf import ModelShelf, Promotion

OK, REFUSED, WRONG_USAGE = 0, 1, 2
Command = Callable[[argparse.Namespace, Settings], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    told = list(sys.argv[1:] if arguments is None else arguments)
    command, own, passed_on = _parse(told)
    try:
        settings = load_settings()
    except SettingsError as wrong:
        return _explain(wrong, WRONG_USAGE)
    own.passed_on = passed_on
    try:
        return command(own, settings)
    except MedTriageError as refusal:
        return _explain(refusal, REFUSED)
    except OSError as fault:
        return _explain(fault, REFUSED)
    except KeyboardInterrupt:
        return REFUSED


def _parse(told: list[str]) -> tuple[Command, argparse.Namespace, list[str]]:
    """The command, its arguments, and those it hands on to a program of its own."""
    parser = _parser()
    own, passed_on = parser.parse_known_args(told)
    if passed_on and not own.hands_on:
        parser.error(f"unrecognized arguments: {' '.join(passed_on)}")
    command: Command = own.command
    return command, own, passed_on


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="medtriage", description="Aide au tri infirmier, échelle FRENCH")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Command, text: str, hands_on: bool = False) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, add_help=not hands_on)
        sub.set_defaults(command=command, hands_on=hands_on)
        return sub

    add("serve", _serve, "serve the pages and the routes on MEDTRIAGE_HOST:MEDTRIAGE_PORT")
    add("retrain", _retrain, "train a challenger in the foreground and judge it", hands_on=True)
    add("promote", _promote, "serve a challenger the gate accepted").add_argument("version", nargs="?")
    add("rollback", _rollback, "serve again what was served before the last promotion")
    benchmark = add("benchmark", _benchmark, "measure on public data [--data FILE] [--json FILE]", hands_on=True)
    benchmark.add_argument("dataset", choices=["ktas"])
    add("verify", _verify, "read every journal line and check the digests of the served model")
    imported = add("import-data", _import_data, "check a table row by row and keep the valid rows for training")
    imported.add_argument("file", type=Path, help="CSV with the columns of the base table")
    motif = add("motif", _motif, "rank the motifs some words may mean")
    motif.add_argument("words")
    motif.add_argument("--json", action="store_true", help="as JSON: [{id, label, score}]")
    add("ui", _ui, "look at past runs in MLflow's own pages, on loopback")
    add("synthetic", _synthetic, "write the synthetic base table", hands_on=True)
    add("factory", _factory, "fit the factory model anew from the base table", hands_on=True)
    return parser


def _serve(_told: argparse.Namespace, _settings: Settings) -> int:
    from app.server import main as serve

    return serve()


def _retrain(told: argparse.Namespace, settings: Settings) -> int:
    from app.retrain_worker import main as train

    os.environ.update(settings.environment())  # MLflow's own code reads the environment, not our .env
    return train(told.passed_on, echo=sys.stdout)


def _promote(told: argparse.Namespace, settings: Settings) -> int:
    return _tell(_shelf(settings).promote(told.version))


def _rollback(_told: argparse.Namespace, settings: Settings) -> int:
    return _tell(_shelf(settings).rollback())


def _shelf(settings: Settings) -> "ModelShelf":
    from app.shelf import ModelShelf

    return ModelShelf(settings.models_dir, settings.environment())


def _tell(promotion: "Promotion") -> int:
    print(f"{promotion.version} is served (before: {promotion.previous or 'none'})")
    if not promotion.is_registered:
        print("medtriage: MLflow could not be told; its alias still shows the version before", file=sys.stderr)
    return OK


def _benchmark(told: argparse.Namespace, _settings: Settings) -> int:
    return _hand_on("triage_core.training.benchmark_ktas", told.passed_on)


def _verify(_told: argparse.Namespace, settings: Settings) -> int:
    from app.verification import verify

    report = verify(settings)
    print("\n".join(report.lines))
    return OK if report.is_sound else REFUSED


def _import_data(told: argparse.Namespace, settings: Settings) -> int:
    from app.imports import import_table

    outcome = import_table(told.file, settings.data_dir / "imports")
    for row in outcome.refused:
        print(f"row {row.row + 2} ({row.case_id or 'no case_id'}): {'; '.join(row.reasons)}", file=sys.stderr)
    print(f"{outcome.n_kept} rows kept in {outcome.target}, {len(outcome.refused)} refused")
    return OK


def _motif(told: argparse.Namespace, _settings: Settings) -> int:
    from triage_core.motifs.search import MotifSearch
    from triage_core.rules.catalog import load_rulebook

    candidates = MotifSearch(load_rulebook()).rank(told.words)
    if told.json:
        told_as = [{"id": c.id, "label": c.label, "score": round(c.score, 4)} for c in candidates]
        print(json.dumps(told_as, ensure_ascii=False))
    else:
        print("\n".join(f"{c.score:.2f}  {c.id}  {c.label}" for c in candidates) or "no motif is near these words")
    return OK


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
    return _hand_on("triage_core.training.synthetic", told.passed_on)


def _factory(told: argparse.Namespace, _settings: Settings) -> int:
    return _hand_on("triage_core.training.factory", told.passed_on)


def _hand_on(module: str, arguments: list[str]) -> int:
    """Run the ``main`` of a program of ours that reads its own arguments."""
    return int(import_module(module).main(arguments))


def _explain(reason: BaseException, code: int) -> int:
    print(f"medtriage: {reason}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
