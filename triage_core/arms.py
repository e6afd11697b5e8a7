"""Two models on one visit: which one answers, and what the other would have said. The rules' floor holds for both."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from triage_core.decision import ModelOpinion
from triage_core.levels import FrenchLevel
from triage_core.model.challenger import Challenger, opinion_of
from triage_core.model.deadline import TooSlow
from triage_core.model.predict import Predictor
from triage_core.model.served import ServedModel, ServedOpinion, explained_opinion
from triage_core.patient import Patient

Arm = Literal["champion", "challenger"]
IsAssigned = Callable[[str, str, str], bool]  # a case, the champion's and the challenger's version


@dataclass(frozen=True)
class HiddenOpinion:
    """What the model that did not answer says; recorded, never shown."""

    version: str
    opinion: ModelOpinion


@dataclass(frozen=True)
class Answer:
    """The opinion that counts, the arm it comes from, and the other one where there is one."""

    arm: Arm
    served: ServedOpinion
    hidden: HiddenOpinion | None


class Arms:
    """The served model and the challenger beside it; without a challenger the served model alone."""

    def __init__(
        self,
        champion: ServedModel,
        challenger: Challenger | None = None,
        is_assigned: IsAssigned | None = None,
        limit_s: float = math.inf,
    ) -> None:
        """``is_assigned`` tells whether a case is the challenger's; without it none is.

        A challenger that takes longer than ``limit_s`` is given up: it must not make the served model late again.
        """
        self.champion, self.challenger = champion, challenger
        self._is_assigned, self._limit_s = is_assigned, limit_s

    def ask(self, case: str, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None) -> Answer:
        """Both opinions on one patient. The served model answers whenever the challenger cannot."""
        told = patient, motif_id, default_level
        waiting = None if self.challenger is None else self.challenger.current()
        if waiting is None:
            return Answer("champion", self.champion.opinion(*told), None)
        champion, _ = self.champion.current()
        if champion is None or waiting.version == champion.version:
            return Answer("champion", self.champion.opinion(*told), None)
        started = time.monotonic()
        try:
            if self._is_assigned is not None and self._is_assigned(case, champion.version, waiting.version):
                answer = Answer("challenger", explained_opinion(waiting, *told), _hidden(champion, *told))
                self._refuse_late(started)
                return answer
            hidden = _hidden(waiting, *told)
            self._refuse_late(started)
        except Exception as broken:  # whatever is wrong with a model that only waits, the visit is answered
            self.challenger.give_up(waiting, broken)  # type: ignore[union-attr]  # it gave ``waiting``
            hidden = None
        return Answer("champion", self.champion.opinion(*told), hidden)

    def _refuse_late(self, started: float) -> None:
        if time.monotonic() - started > self._limit_s:
            raise TooSlow


def _hidden(
    predictor: Predictor, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None
) -> HiddenOpinion:
    return HiddenOpinion(predictor.version, opinion_of(predictor, patient, motif_id, default_level))
