"""``make bench``: ratios taken in one run, never seconds in a test. Exits 1 when a goal is missed.

Run as ``python -m tests.bench``; it makes its own folders and touches nothing of the application's data.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from app.settings import ROOT
from feedback_store.head import SLOT
from tests import bench_import, bench_training
from tests.app.test_shelf import a_challenger
from tests.bench_desk import among_others, answers, empty_reruns, p95
from tests.bench_services import WARMED_UP, fresh_services, grow, modules_after
from tests.builders import a_request

NO_DEARER = 1.25  # what two medians of the same thing may differ by on a busy machine
FEW, MANY = 100, 100_000
Row = tuple[str, float, float | None, str]  # what, its figure, below what it must stay (None: told only), a note


def in_turns(*actions: Callable[[], object], times: int) -> list[float]:
    """Median microseconds of one call of each, taken in turns: whatever else the machine does burdens all alike."""
    spent: list[list[int]] = [[] for _ in actions]
    for _ in range(times):
        for action, own in zip(actions, spent, strict=True):
            start = time.perf_counter_ns()
            action()
            own.append(time.perf_counter_ns() - start)
    return [median(own) / 1000 for own in spent]


def decision_rows() -> list[Row]:
    """Full decision (validate, rules, model, quality, explanation, encode) against one bare prediction."""
    import xgboost

    generator = np.random.default_rng(0)
    matrix = generator.random((2000, 14), dtype=np.float32)
    booster = xgboost.train(
        {"objective": "multi:softprob", "num_class": 4, "nthread": 1, "max_depth": 3, "seed": 0},
        xgboost.DMatrix(matrix, generator.integers(0, 4, 2000)),
        200,
    )
    booster.set_param({"nthread": 1})
    row = matrix[:1]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        services = fresh_services(Path(folder))
        services.warm_up()  # as the server does
        a_challenger(Path(other) / "models", 2)
        shadowed = fresh_services(Path(other)).triage
        triage = services.triage
        request = a_request(motif_id="douleur_thoracique_sca", frequence_cardiaque=105)
        if not triage.triage(request).contributions:
            raise RuntimeError("no model served: this would time the rules alone")

        def full() -> object:
            return triage.triage(request).model_dump_json()

        def with_challenger() -> object:
            return shadowed.triage(request).model_dump_json()

        def bare() -> object:
            return booster.inplace_predict(row)

        if shadowed.judge(request).shadow is None:
            raise RuntimeError("no challenger asked: this would time the served model alone")
        both = in_turns(full, bare, times=3000)
        shadow = in_turns(with_challenger, full, bare, times=2000)
        alone = in_turns(full, times=2000)[0], in_turns(bare, times=2000)[0]
    note = (
        f"{both[0]:.0f} / {both[1]:.0f} us; each in a row {alone[0]:.0f} / {alone[1]:.0f} = {alone[0] / alone[1]:.2f}"
    )
    extra = f"{shadow[0]:.0f} / {shadow[2]:.0f} us; {shadow[0] - shadow[1]:.0f} us more than without"
    return [
        ("full decision / bare inplace_predict", both[0] / both[1], 3.0, note),
        ("the same with a challenger / bare", shadow[0] / shadow[2], None, extra),
    ]


def journal_rows() -> list[Row]:
    """A verdict flushed against a raw write+fsync of the same bytes; after 100,000 verdicts against after 100."""
    # Beside the code and not in /tmp, which may be memory: a flush must meet a disk.
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as folder:
        small, small_body, line = grow(Path(folder) / "small", FEW)
        large, large_body, _ = grow(Path(folder) / "large", MANY)
        (record,) = (told.record for told in small.keeping.ledgers.feedback.read(0) if told.offset == 0)
        journals = [store.keeping.ledgers.feedback for store in (small, large)]
        raw, head = (os.open(Path(folder) / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for name in ("raw", "raw2"))

        def bare() -> None:
            os.write(raw, line)
            os.fsync(raw)

        def both() -> None:
            os.write(raw, line)
            os.fsync(raw)
            os.write(head, line[:SLOT])
            os.fsync(head)

        if (small.count(), large.count()) != (FEW, MANY):
            raise RuntimeError("the stores do not hold what they should")
        for store, body in ((small, small_body), (large, large_body)):
            store.submit(body)  # the first one reads the decisions
        appends = in_turns(*[partial(journal.append, record) for journal in journals], bare, both, times=500)
        submits = in_turns(partial(small.submit, small_body), partial(large.submit, large_body), bare, times=500)
        for store in (small, large):
            store.stats()  # takes in what was just appended
        stats = in_turns(small.stats, large.stats, times=500)
        os.close(raw)
        os.close(head)
    return [
        ("verdict append / raw write+fsync", appends[0] / appends[2], 1.5, f"{appends[0]:.0f} / {appends[2]:.0f} us"),
        ("append / raw write+fsync of line and head", appends[0] / appends[3], None, f"{appends[3]:.0f} us"),
        ("append after 100,000 / after 100", appends[1] / appends[0], NO_DEARER, f"{appends[1]:.0f} us"),
        ("submit (checked) / raw write+fsync", submits[0] / submits[2], None, f"{submits[0]:.0f} us"),
        ("submit after 100,000 / after 100", submits[1] / submits[0], NO_DEARER, f"{submits[1]:.0f} us"),
        ("stats() after 100,000 / after 100", stats[1] / stats[0], NO_DEARER, f"{stats[1]:.0f} us"),
    ]


def words_rows() -> list[Row]:
    """Reasons ranked and notes read: milliseconds each, told against the goal of 20 ms a query."""
    from tests.triage_core.extraction.reading import read, search

    folder = ROOT / "tests" / "triage_core"
    queries = list(tomllib.loads((folder / "motifs" / "queries_held_out.toml").read_text("utf-8"))["requetes"])
    notes = [
        note["texte"] for note in tomllib.loads((folder / "extraction" / "notes.toml").read_text("utf-8"))["notes"]
    ]
    ranked, noted = in_turns(
        lambda: [search().rank(text) for text in queries], lambda: [read(text) for text in notes], times=5
    )
    a_query, a_note = ranked / len(queries) / 1000, noted / len(notes) / 1000
    return [
        ("a reason ranked (ms)", a_query, 20, f"{len(queries)} queries"),
        ("a note read (ms)", a_note, None, f"{len(notes)} notes"),
    ]


def server_rows() -> list[Row]:
    """The real server on its second start: seconds to healthy, then megabytes at rest after one case and one page."""
    with tempfile.TemporaryDirectory() as folder:
        with _server(Path(folder)) as (first, _, _):
            pass
        with _server(Path(folder)) as (second, port, process):
            _predict(port)
            _visit(port)
            time.sleep(5)
            status = Path(f"/proc/{process.pid}/status").read_text()
        guests = modules_after(WARMED_UP, Path(folder)) & {"mlflow", "matplotlib"}
    megabytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
    return [
        ("second start until healthy, s", second, 5.0, f"first {first:.1f} s"),
        ("idle server after a page visit, MB", megabytes, 300.0, ""),
        ("mlflow, matplotlib imported", float(len(guests)), 0.5, " ".join(sorted(guests))),
    ]


def import_rows() -> list[Row]:
    """A retraining on a million imported rows against a bare ``xgboost.train`` on the same matrix."""
    with tempfile.TemporaryDirectory(prefix="medtriage-bench-") as folder:
        bench_import.a_history(Path(folder) / "history.parquet", bench_import.ROWS)
        size = bench_import.measured("same_matrix", Path(folder))[bench_import.MATRIX_BYTES]
        # Bare before and after: what else the machine does meanwhile burdens both sides alike.
        bare, product, again = (bench_import.measured(side, Path(folder)) for side in ("bare", "product", "bare"))
    bare_cpu = (bare["cpu_s"] + again["cpu_s"]) / 2
    cpu, peak = product["cpu_s"] / bare_cpu, product["peak_bytes"] / size
    seconds = f"{product['cpu_s']:.0f} / {bare_cpu:.0f} s of processor ({bare['cpu_s']:.0f}, {again['cpu_s']:.0f})"
    megabytes = f"{product['peak_bytes'] / 1e6:.0f} / {size / 1e6:.0f} MB; bare {bare['peak_bytes'] / 1e6:.0f} MB"
    return [
        ("retraining, 1M rows / xgboost.train", cpu, 1.3, seconds),
        ("its peak memory / bytes of the matrix", peak, 2.0, megabytes),
    ]


def desk_rows() -> list[Row]:
    """From Ctrl+Enter to the painted answer in a real browser, p95, alone and among twenty, beside an empty rerun."""
    empty, ours = p95(empty_reruns()), p95(answers())
    late, busy = map(p95, among_others(19))
    return [
        ("answer painted / empty rerun, p95", ours / empty, 3.0, f"{ours:.0f} / {empty:.0f} ms"),
        ("the same among 20 nurses (ms)", busy, 300.0, f"{busy / late:.2f} empty reruns of {late:.0f} ms"),
    ]


def training_rows() -> list[Row]:
    """What a training run does to the decisions beside it."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as folder:
        turns = bench_training.beside_a_training(Path(folder))
    alone, beside = map(bench_training.p95, turns)
    names = "p95 of decisions beside a training / alone", "the same without the flush to disk"
    return [
        (name, late / usual, bench_training.TWICE, f"{late:.0f} / {usual:.0f} us, {len(turns[1])} decisions")
        for name, late, usual in zip(names, beside, alone, strict=True)
    ]


@contextmanager
def _server(folder: Path) -> Iterator[tuple[float, int, "subprocess.Popen[bytes]"]]:
    """Seconds until healthy, the port, the process; ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {"PORT": str(port), "DATA_DIR": str(folder / "data"), "MODELS_DIR": str(folder / "models")}
    environment = os.environ | {f"MEDTRIAGE_{name}": value for name, value in ours.items()}
    start = time.perf_counter()
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "app.server"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        yield time.perf_counter() - start, port, server
    finally:
        server.terminate()
        server.wait(20)


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


def _visit(port: int) -> None:
    """What a browser does when it opens the first page: ask for a run of the script and take in all it draws."""
    drawn = 0
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None
    ) as page:
        page.send(BackMsg(rerun_script=ClientState()).SerializeToString())
        for message in page:
            told = ForwardMsg.FromString(bytes(message))
            drawn += told.WhichOneof("type") == "delta"
            if told.WhichOneof("type") == "script_finished":
                break
    if not drawn:
        raise RuntimeError("the page drew nothing")


MEASURES = {
    "decision": decision_rows,
    "journal": journal_rows,
    "words": words_rows,
    "server": server_rows,
    "import": import_rows,
    "training": training_rows,
    "desk": desk_rows,
}


def main() -> int:
    """Print every figure beside its goal; 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=tuple(MEASURES), default=None)
    only, missed = parser.parse_args().only, 0
    for measure in [MEASURES[only]] if only else MEASURES.values():
        for name, value, goal, note in measure():
            is_met = goal is None or value < goal
            missed += not is_met
            aim = "" if goal is None else f"goal < {goal:g}"
            print(f"{'ok  ' if is_met else 'MISS'} {name:<38} {value:8.2f}  {aim:<11} {note}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
