"""What a person was typing when the session locked: it waits for its owner, in the memory of this server alone."""

import threading
import time
from collections.abc import Callable, Mapping

KEPT_S = 12 * 3600.0


class Drafts:
    """At most one draft a person; never written to disk, for it may hold anything about a patient."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._kept: dict[str, tuple[float, Mapping[str, object]]] = {}

    def keep(self, user_id: str, values: Mapping[str, object]) -> None:
        """Keep a draft in the place of an earlier one; an empty one is no draft."""
        with self._lock:
            if values:
                self._kept[user_id] = (self._clock(), dict(values))

    def take(self, user_id: str) -> Mapping[str, object]:
        """The draft of this person, once; empty when there is none or it is from another shift."""
        with self._lock:
            kept_at, values = self._kept.pop(user_id, (0.0, {}))
        return values if self._clock() - kept_at < KEPT_S else {}
