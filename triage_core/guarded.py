"""The models behind three guards: an administrator's switch, a time limit, a breaker. Without them the rules answer.

A decision waits for the models no longer than the limit. A model that was late or failed is left out for a while,
longer each time, then asked again.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from triage_core.arms import Answer, Arms
from triage_core.levels import FrenchLevel
from triage_core.model.deadline import Deadline, TooSlow
from triage_core.model.served import ServedOpinion
from triage_core.patient import Patient

logger = logging.getLogger(__name__)

PAUSE_S, LONGEST_PAUSE_S = 10.0, 300.0  # how long a model that failed is left out: the first time, and at most
FIRST_S = 20.0  # the first question of a process loads the library and the model; a server asks it before any nurse
Kind = Literal["off", "slow", "failed", "absent"]
Silence = Callable[[], str | None]


@dataclass(frozen=True)
class Trouble:
    """Why no model speaks now: a word for the screens, and the sentence told in ``ml_error``."""

    kind: Kind
    detail: str


class GuardedArms:
    """Asks ``Arms`` when they may speak; safe to share between threads."""

    def __init__(
        self,
        arms: Arms,
        silence: Silence | None = None,
        limit_s: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``silence`` tells why no model may speak; ``limit_s`` of infinity waits for ever and lets faults through."""
        self._arms, self._silence, self._limit_s, self._clock = arms, silence, limit_s, clock
        self._deadline = Deadline()
        self._is_first = True
        self._failures = 0
        self._again_at = -math.inf
        self._trouble: Trouble | None = None

    def begin(
        self, case: str, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None
    ) -> Callable[[], Answer]:
        """Ask the models, and go on with the rules meanwhile; what is returned gives the answer of ``Arms.ask``.

        Without an opinion, and with the reason, when no model may or can speak in time.
        """
        stopped = self._stopped()
        if stopped is not None:
            return partial(_rules_alone, stopped)
        asked = partial(self._arms.ask, case, patient, motif_id, default_level)
        if math.isinf(self._limit_s):
            return asked
        within = max(self._limit_s, FIRST_S) if self._is_first else self._limit_s
        self._is_first = False
        try:
            return partial(self._answer, self._deadline.begin(asked, within), within)
        except TooSlow:
            return partial(self._leave_out, "slow", "the model is still busy with an earlier question")

    def _answer(self, wait: Callable[[], Answer], within: float) -> Answer:
        try:
            answer = wait()
        except TooSlow:
            return self._leave_out("slow", f"the model did not answer within {1000 * within:g} ms")
        except Exception as broken:  # whatever is wrong with a model, the visit is answered
            return self._leave_out("failed", f"the model failed ({type(broken).__name__})")
        self._failures, self._trouble = 0, None
        return answer

    def trouble(self) -> Trouble | None:
        """Why no model would speak now; ``None``: it would."""
        stopped = self._stopped()
        if stopped is not None:
            return stopped
        predictor, error = self._arms.champion.current()
        return None if predictor is not None else Trouble("absent", str(error))

    def _stopped(self) -> Trouble | None:
        told = None if self._silence is None else self._silence()
        if told is not None:
            return Trouble("off", told)
        return self._trouble if self._clock() < self._again_at else None

    def _leave_out(self, kind: Kind, what: str) -> Answer:
        pause = min(PAUSE_S * 2**self._failures, LONGEST_PAUSE_S)
        self._failures = min(self._failures + 1, 10)
        self._trouble = Trouble(kind, f"{what}; it is asked again in {pause:g} s")
        self._again_at = self._clock() + pause
        logger.warning("%s; rules alone for %g s", what, pause)
        return _rules_alone(self._trouble)


def _rules_alone(why: Trouble) -> Answer:
    return Answer("champion", ServedOpinion(None, (), None, why.detail), None)
