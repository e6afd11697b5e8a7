"""For ``make bench``: decisions written down while nothing else runs, and beside a real training, in one run."""

import time
from pathlib import Path

import numpy as np

from app.jobs import RetrainRequest
from app.wiring import Services
from tests.bench_services import fresh_services
from tests.builders import a_request

TWICE = 2.0
TURN_S, PAUSE_S = 12.0, 0.01  # a nurse's questions come one by one, not as a flood that leaves no processor to anyone
SETTLE_S = 8.0  # until a run has imported its libraries and fits


Turn = list[tuple[float, float]]  # microseconds of a decision written to disk, and of its deciding alone


def beside_a_training(folder: Path) -> tuple[Turn, Turn]:
    """The decisions alone, before and after, and those beside a training."""
    services = fresh_services(folder)
    services.warm_up()
    before = _latencies(services, TURN_S)
    job = services.jobs.start(RetrainRequest(include_feedback=False, tune_minutes=2))
    try:
        time.sleep(SETTLE_S)
        beside = _latencies(services, TURN_S)
        status = services.jobs.status(job)
        if status is None or not status.is_running:
            raise RuntimeError("the training ended before the measure did")
    finally:
        services.jobs.cancel(job)
    after = _latencies(services, TURN_S / 2)
    return [*before, *after], beside


def _latencies(services: Services, seconds: float) -> Turn:
    request, spent, end = a_request(motif_id="douleur_thoracique_sca"), [], time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter_ns()
        decision = services.decide(request, source="api")
        spent.append(((time.perf_counter_ns() - start) / 1000, 1000 * decision.latency_ms))
        time.sleep(PAUSE_S)
    return spent


def p95(turn: Turn) -> tuple[float, float]:
    """The p95 of both."""
    written, decided = np.percentile(turn, 95, axis=0).tolist()
    return written, decided
