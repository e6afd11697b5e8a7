"""Two files flushed at the same time: the price of one flush and a third, where one after the other costs two."""

import os
import threading
from queue import SimpleQueue


class Flusher:
    """Flushes one file here and the other in a thread of its own; both are on disk when it returns."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[int | None] = SimpleQueue()
        self._answers: SimpleQueue[OSError | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def flush(self, first: int, second: int) -> None:
        """Flush both descriptors; raises the first fault once both have ended. One caller at a time."""
        if self._thread is None:
            self._thread = threading.Thread(target=_serve, args=(self._asked, self._answers), daemon=True, name="flush")
            self._thread.start()
        self._asked.put(second)
        try:
            os.fdatasync(first)
        finally:
            fault = self._answers.get()
        if fault is not None:
            raise fault

    def close(self) -> None:
        """Let the thread end."""
        if self._thread is not None:
            self._asked.put(None)
        self.forget()

    def forget(self) -> None:
        """Start anew, as after a fork, which copies no thread."""
        self._asked, self._answers, self._thread = SimpleQueue(), SimpleQueue(), None


def _serve(asked: "SimpleQueue[int | None]", answers: "SimpleQueue[OSError | None]") -> None:
    while (descriptor := asked.get()) is not None:
        try:
            os.fdatasync(descriptor)
        except OSError as fault:
            answers.put(fault)
        else:
            answers.put(None)
