"""The real service for tests of decisions, and a model whose opinion the test chooses."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from triage_core.decision import ModelOpinion
from triage_core.levels import FrenchLevel, Gravity
from triage_core.model.served import ServedModel, ServedOpinion
from triage_core.motifs.search import MotifSearch
from triage_core.patient import Patient
from triage_core.rules.catalog import load_rulebook
from triage_core.service import TriageService

MODELS = Path(__file__).parents[2] / "models"
THRESHOLDS = {Gravity.VERT: 0.9, Gravity.JAUNE: 0.6, Gravity.ROUGE: 0.3}


@cache
def service() -> TriageService:
    """Rules, words and the factory model, as served."""
    return TriageService(load_rulebook(), MotifSearch(load_rulebook()), ServedModel(MODELS / "factory-alone"))


def an_opinion(vert: float = 0.0, jaune: float = 0.0, rouge: float = 0.0) -> ModelOpinion:
    """An opinion by its probabilities of "at least VERT, JAUNE, ROUGE"; raises from 0.9, 0.6 and 0.3 on."""
    at_least = {Gravity.VERT: vert, Gravity.JAUNE: jaune, Gravity.ROUGE: rouge}
    steps = (1.0, vert, jaune, rouge, 0.0)
    by_level: Mapping[Gravity, float] = {g: steps[g.rank] - steps[g.rank + 1] for g in Gravity}
    return ModelOpinion(at_least, by_level, THRESHOLDS)


class FakeModel(ServedModel):
    """Always of the same opinion; without one it is absent and says why."""

    def __init__(self, told: ModelOpinion | None, error: str | None = None) -> None:
        super().__init__(MODELS)
        self.told, self.error = told, error

    def opinion(self, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None) -> ServedOpinion:
        return ServedOpinion(self.told, (), None if self.told is None else "essai", self.error)


def service_with(told: ModelOpinion | None, error: str | None = None) -> TriageService:
    """The real rules beside a model of a chosen opinion."""
    return TriageService(service().book, service().search, FakeModel(told, error))
