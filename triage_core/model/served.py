"""The model that is served right now: loaded when first asked, exchanged as soon as its files change, never fatal."""

import threading
from dataclasses import dataclass
from pathlib import Path

from triage_core.decision import ModelOpinion
from triage_core.errors import BundleError
from triage_core.levels import FrenchLevel
from triage_core.model.bundle import Stamp, bundle_stamp, load_served
from triage_core.model.explain import FeatureEffect, explain
from triage_core.model.predict import Predictor
from triage_core.patient import Patient


@dataclass(frozen=True)
class ServedOpinion:
    """The model's opinion with what made it; without one, ``error`` says why and rules stand alone."""

    opinion: ModelOpinion | None
    contributions: tuple[FeatureEffect, ...]
    version: str | None
    error: str | None


@dataclass(frozen=True)
class _Loaded:
    stamp: Stamp
    predictor: Predictor | None
    error: str | None


class ServedModel:
    """The bundle under ``models_dir`` (champion, else factory); safe to share between threads."""

    def __init__(self, models_dir: Path) -> None:
        self._models_dir = models_dir
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    def current(self) -> tuple[Predictor | None, str | None]:
        """The predictor served now, or ``None`` and the reason."""
        loaded = self._loaded
        stamp = bundle_stamp(self._models_dir)
        if loaded is None or loaded.stamp != stamp:
            with self._lock:
                if self._loaded is None or self._loaded.stamp != stamp:
                    self._loaded = self._load(stamp)
                loaded = self._loaded
        return loaded.predictor, loaded.error

    def _load(self, stamp: Stamp) -> _Loaded:
        try:
            return _Loaded(stamp, Predictor(load_served(self._models_dir)), None)
        except (BundleError, ImportError) as fault:
            return _Loaded(stamp, None, str(fault))

    def mark_threshold(self, version: str | None) -> float | None:
        """The second reader's threshold of this very version; ``None`` when another or none is served by now."""
        predictor, _ = self.current()
        return predictor.mark_threshold if predictor is not None and predictor.version == version else None

    def opinion(self, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None) -> ServedOpinion:
        """Predict and explain one patient in one pass of the model; never raises for want of a model."""
        predictor, error = self.current()
        if predictor is None:
            return ServedOpinion(None, (), None, error)
        return explained_opinion(predictor, patient, motif_id, default_level)


def explained_opinion(
    predictor: Predictor, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None
) -> ServedOpinion:
    """What one model says of one patient, with what made it."""
    explained = explain(predictor, patient, motif_id, default_level)
    prediction = explained.prediction
    opinion = ModelOpinion(prediction.at_least_by_gravity, prediction.probabilities, predictor.thresholds)
    return ServedOpinion(opinion, explained.contributions, predictor.version, None)
