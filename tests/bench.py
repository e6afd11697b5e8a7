"""``make bench``: ratios taken in one run, never seconds in a test. Exits 1 when a goal is missed.

Run as ``python -m tests.bench``; it makes its own folders and touches nothing of the application's data.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from feedback_store.journal import Journal
from tests.builders import a_request

ROOT = Path(__file__).parents[1]


def microseconds(action: Callable[[], object], times: int) -> float:
    """Median time of one call in microseconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter_ns()
        action()
        spent.append(time.perf_counter_ns() - start)
    return median(spent) / 1000


def decision_ratio() -> tuple[float, float, float]:
    """Full decision (validate, rules, model, quality, explanation, encode) against one bare prediction."""
    import xgboost

    from app.wiring import Services
    from tests.bench_services import fresh_services

    generator = np.random.default_rng(0)
    matrix = generator.random((2000, 14), dtype=np.float32)
    booster = xgboost.train(
        {"objective": "multi:softprob", "num_class": 4, "nthread": 1, "max_depth": 3, "seed": 0},
        xgboost.DMatrix(matrix, generator.integers(0, 4, 2000)),
        200,
    )
    booster.set_param({"nthread": 1})
    row = matrix[:1]
    with tempfile.TemporaryDirectory() as folder:
        services: Services = fresh_services(Path(folder))
        request = a_request(motif_id="douleur_thoracique_sca", frequence_cardiaque=105)
        encode = lambda: services.triage.triage(request).model_dump_json()  # noqa: E731 - timed as one call
        encode()
        booster.inplace_predict(row)
        bare = microseconds(lambda: booster.inplace_predict(row), 2000)
        full = microseconds(encode, 2000)
    return full / bare, full, bare


def append_ratios() -> tuple[float, float]:
    """A flushed journal append against a raw write+fsync of the same bytes, and 100,000 records against 100."""
    record = {"prediction_id": "0" * 32, "text": "é" * 400, "numbers": list(range(40))}
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        journal = Journal(Path(folder) / "a.jsonl")
        for _ in range(100):
            journal.append(record)
        line = (Path(folder) / "a.jsonl").read_bytes().splitlines(keepends=True)[0]
        raw = os.open(Path(folder) / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        at_100, bare = _interleaved(lambda: journal.append(record), lambda: (os.write(raw, line), os.fsync(raw)))
        os.close(raw)
        big = Path(folder) / "big.jsonl"
        big.write_bytes(line * 100_000)
        large = Journal(big)
        large.append(record)
        at_100k, again = _interleaved(lambda: large.append(record), lambda: journal.append(record))
    return at_100 / bare, at_100k / again


def _interleaved(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    one, two = [], []
    for _ in range(300):
        one.append(microseconds(first, 1))
        two.append(microseconds(second, 1))
    return median(one), median(two)


def idle_server() -> tuple[float, float, list[str]]:
    """Start the real server; seconds to healthy, idle megabytes, and heavy guests found in its memory map."""
    with socket.socket() as probe, tempfile.TemporaryDirectory() as folder:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = os.environ | {"MEDTRIAGE_PORT": str(port), "MEDTRIAGE_DATA_DIR": f"{folder}/data"}
        start = time.perf_counter()
        server = subprocess.Popen([sys.executable, "-m", "app.server"], cwd=ROOT, env=environment)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            ready = time.perf_counter() - start
            _predict(port)
            time.sleep(6)
            maps = Path(f"/proc/{server.pid}/maps").read_text()
            rss = next(x for x in Path(f"/proc/{server.pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
            heavy = [name for name in ("mlflow", "matplotlib", "pyarrow/lib.", "sklearn") if f"/{name}" in maps]
        finally:
            server.terminate()
            server.wait(20)
    return ready, int(rss.split()[1]) / 1024, heavy


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).read()  # noqa: S310 - our own loopback server
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def _predict(port: int) -> None:
    body = json.dumps(a_request()).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/triage/predict", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=30).read()  # noqa: S310 - our own loopback server


def main() -> int:
    """Print every figure beside its goal; 1 when one is missed."""
    decision, full, bare = decision_ratio()
    append, growth = append_ratios()
    ready, megabytes, heavy = idle_server()
    rows = [
        ("full decision / bare inplace_predict", decision, 3.0, f"{full:.0f} us / {bare:.0f} us"),
        ("journal append / raw write+fsync", append, 1.5, ""),
        ("append at 100,000 records / at 100", growth, 1.25, "goal: no dearer"),
        ("idle server, MB", megabytes, 300.0, f"healthy after {ready:.1f} s"),
        ("mlflow, matplotlib, sklearn loaded", float(len(heavy)), 0.5, ", ".join(heavy)),
    ]
    for name, value, goal, note in rows:
        print(f"{'ok  ' if value < goal else 'MISS'} {name:<42} {value:8.2f}  goal < {goal:<6} {note}")
    return 0 if all(value < goal for _, value, goal, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
