"""Asks a second thread and waits only so long: what hangs there never holds a nurse."""

import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class TooSlow(Exception):
    """The time is over; what was asked may still be at work."""


class _Job(Generic[T]):
    """One question, its answer or fault, and a lock that opens when there is one."""

    __slots__ = ("_answer", "_ask", "_fault", "_is_open")

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._answer: T | None = None
        self._fault: Exception | None = None
        self._is_open = threading.Lock()
        self._is_open.acquire()

    def do(self) -> None:
        try:
            self._answer = self._ask()
        except Exception as fault:  # handed to whoever waits
            self._fault = fault
        self._is_open.release()

    def is_done(self) -> bool:
        return not self._is_open.locked()

    def answer(self, seconds: float) -> T:
        if not self._is_open.acquire(timeout=seconds):
            raise TooSlow
        self._is_open.release()
        if self._fault is not None:
            raise self._fault
        return self._answer  # type: ignore[return-value]  # set, unless there is a fault


class Deadline:
    """One waiting thread for all questions; safe to share between threads. It ends with this object."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job[object] | None] = SimpleQueue()
        self._starting = threading.Lock()
        self._is_started = False
        self._late: _Job[object] | None = None

    def begin(self, ask: Callable[[], T], seconds: float) -> Callable[[], T]:
        """Have ``ask`` answered in the other thread. What is returned waits for it until ``seconds`` from now are over.

        It gives the answer of ``ask`` or raises its fault, or ``TooSlow``; that comes at once while a late one works.
        """
        if self._late is not None:
            if not self._late.is_done():
                raise TooSlow
            self._late = None
        if not self._is_started:
            self._start()
        job, until = _Job(ask), time.monotonic() + seconds
        self._jobs.put(job)  # type: ignore[arg-type]  # a job of any answer
        return partial(self._wait, job, until)

    def _wait(self, job: _Job[T], until: float) -> T:
        try:
            return job.answer(max(0.0, until - time.monotonic()))
        except TooSlow:
            self._late = job  # type: ignore[assignment]
            raise

    def _start(self) -> None:
        with self._starting:
            if self._is_started:
                return
            threading.Thread(target=_work, args=(self._jobs,), name="model", daemon=True).start()
            weakref.finalize(self, self._jobs.put, None)
            self._is_started = True


def _work(jobs: "SimpleQueue[_Job[object] | None]") -> None:
    while (job := jobs.get()) is not None:
        job.do()
        del job  # while it waits, the thread holds nothing of a patient
