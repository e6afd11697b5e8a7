"""The server's background look: a light thread that wakes now and then, and ends with the server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.logs import log_fault
from app.watch_round import look
from app.wiring import Services

ENDING_S = 5.0  # how long a look at work is waited for when the server ends


@contextmanager
def watching_in_background(get_services: Callable[[], Services]) -> Iterator[None]:
    """Look every ``MEDTRIAGE_WATCH_PERIOD_S`` seconds while the block lasts; 0 never looks."""
    ending = threading.Event()
    thread = threading.Thread(target=_watch, args=(get_services, ending), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(ENDING_S)


def _watch(get_services: Callable[[], Services], ending: threading.Event) -> None:
    period = get_services().settings.watch_period_s
    while period and not ending.wait(period):
        try:
            look(get_services())
        except Exception as broken:  # a look that fails must not end the watch, nor the server
            log_fault("watch_failed", broken)
