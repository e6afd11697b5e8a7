"""The model that waits: it answers beside the served one, is loaded when first asked, and is never fatal."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from triage_core.decision import ModelOpinion
from triage_core.errors import BundleError
from triage_core.levels import FrenchLevel
from triage_core.model.bundle import Stamp, folder_stamp, load_bundle
from triage_core.model.predict import Predictor
from triage_core.patient import Patient

logger = logging.getLogger(__name__)

ASK_AGAIN_S = 1.0  # how long a challenger's folder is believed; a new version may start to be asked that late
Locate = Callable[[], Path | None]


@dataclass(frozen=True)
class _Loaded:
    folder: Path | None
    stamp: Stamp
    predictor: Predictor | None


_NOTHING = _Loaded(None, (), None)


class Challenger:
    """The bundle that ``locate`` names; safe to share between threads. A broken one is logged once and not asked."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._lock = threading.Lock()
        self._loaded = _NOTHING
        self._asked_at = -ASK_AGAIN_S
        self._folder: Path | None = None

    def current(self) -> Predictor | None:
        """The challenger's predictor now, ``None`` when none waits or it cannot be used."""
        now = time.monotonic()
        if now - self._asked_at >= ASK_AGAIN_S:
            self._folder, self._asked_at = self._located(), now
        folder, loaded = self._folder, self._loaded
        if folder is None:
            return None
        stamp = folder_stamp(folder)
        if (loaded.folder, loaded.stamp) != (folder, stamp):
            with self._lock:
                if (self._loaded.folder, self._loaded.stamp) != (folder, stamp):
                    self._loaded = _load(folder, stamp)
                loaded = self._loaded
        return loaded.predictor

    def give_up(self, predictor: Predictor, broken: Exception) -> None:
        """Do not ask this bundle any more: it failed on a patient. Told once, by the kind of fault alone."""
        with self._lock:
            if self._loaded.predictor is predictor:
                logger.warning("challenger %s failed: %s", predictor.version, type(broken).__name__)
                self._loaded = replace(self._loaded, predictor=None)

    def forget(self) -> None:
        """Ask again for the folder at the next decision: an experiment began or ended."""
        self._asked_at = -ASK_AGAIN_S

    def _located(self) -> Path | None:
        try:
            return self._locate()
        except OSError as fault:
            logger.warning("challenger not looked for: %s", fault.strerror)
            return None


def opinion_of(
    predictor: Predictor, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None
) -> ModelOpinion:
    """What a model says of one patient, without explaining it: a fifth of the price."""
    prediction = predictor.predict(predictor.row(patient, motif_id, default_level))
    return ModelOpinion(prediction.at_least_by_gravity, prediction.probabilities, predictor.thresholds)


def _load(folder: Path, stamp: Stamp) -> _Loaded:
    try:
        return _Loaded(folder, stamp, Predictor(load_bundle(folder)))
    except (BundleError, ImportError) as fault:
        logger.warning("challenger not used: %s", fault)
        return _Loaded(folder, stamp, None)
