"""``python -m tests.bench_millions [LINES]``: start, statistics, lookups, pages with millions of journal lines.

Half decisions, half verdicts, over five years. Beside them the figures with 5,000 lines: the goal is no difference.
Takes a quarter of an hour and 7 GB beside the code.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from app.settings import ROOT
from feedback_store.store import FeedbackStore
from tests import bench_pages
from tests.bench_services import fresh_services, repeat, verdict_on
from tests.builders import a_request

FEW, MANY = 5_000, 5_000_000
DAYS = 5 * 365


def grow(folder: Path, lines: int) -> str:
    """Decisions and verdicts, half each; returns the id of one in the middle."""
    services = fresh_services(folder)
    decision = services.decide(a_request())
    verdict = services.store.submit(verdict_on(decision.prediction_id, decision.gravity_level.value))
    decisions, feedback = services.store.keeping.ledgers[:2]
    repeat(decisions, lines // 2, (decision.prediction_id,), DAYS)
    repeat(feedback, lines // 2, (verdict.prediction_id, verdict.feedback_id), DAYS)
    return f"{lines // 4:032x}"


STARTED = """
import sys, time; start = time.perf_counter()
from pathlib import Path
from app.settings import Settings
from app.wiring import Services
services = Services(Settings(_env_file=None, data_dir=Path(sys.argv[1]), models_dir=Path(sys.argv[2])))
services.store
ready = time.perf_counter() - start
stats = services.store.stats()
assert stats.total_feedback == int(sys.argv[3]), stats.total_feedback
first = time.perf_counter() - start
with services.watching.current():
    watched = time.perf_counter() - start
services.warm_up()
import resource
print(ready, first, watched, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def start(folder: Path, lines: int) -> list[float]:
    """Seconds until the store answers, its statistics do, the monitoring does, all is warm; megabytes."""
    command = [sys.executable, "-c", STARTED, str(folder / "data"), str(folder / "models"), str(lines // 2 + 1)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [float(part) for part in told.splitlines()[-1].split()]


def measure(folder: Path, lines: int) -> None:
    """Print every figure for one size."""
    began = time.perf_counter()
    case = grow(folder, lines)
    print(f"{lines:>9} lines written in {time.perf_counter() - began:.0f} s", flush=True)
    for which in ("first", "second"):
        ready, first, watched, warm, memory = start(folder, lines)
        told = f"store {ready:.2f} s, statistics {first:.2f} s, monitoring {watched:.2f} s, warm {warm:.2f} s"
        told += f", {memory:.0f} MB"
        print(f"{lines:>9} {which} start: {told}", flush=True)
    store = FeedbackStore(folder / "data")
    assert store.decision(case) is not None and store.decision("f" * 32) is None
    store.stats()
    for name, action in {
        "lookup of an old decision": lambda: store.decision(case),
        "statistics of 30 days": lambda: store.stats(30),
        "statistics of everything": lambda: store.stats(),
        "verdicts of 7 days": lambda: store.corrections(7)[:1],
        "waiting room": lambda: store.waiting.board(),
        "verdict submitted": lambda: store.submit(verdict_on(case, str(store.decision(case).gravity_level.value))),  # type: ignore[union-attr]
    }.items():
        print(f"{lines:>9} {name:<28} {_median_ms(action):10.2f} ms", flush=True)


def _median_ms(action: object) -> float:
    spent = []
    for _ in range(15):
        began = time.perf_counter()
        action()  # type: ignore[operator]
        spent.append(time.perf_counter() - began)
    return 1000 * median(spent)


def main(many: int) -> None:
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as folder:
        places = [Path(folder) / str(lines) for lines in (FEW, many)]
        for place, lines in zip(places, (FEW, many), strict=True):
            measure(place, lines)
        few, large = map(bench_pages.visits, places)
        print("\n".join(bench_pages.told(few, large)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
