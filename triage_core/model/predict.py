"""One row in, calibrated probabilities out; one thread, no pandas."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage_core.levels import Gravity
from triage_core.model.bundle import Bundle
from triage_core.model.columns import COLUMNS, Floats, with_motif_prior
from triage_core.model.ordinal import Probabilities, at_least, class_probabilities


@dataclass(frozen=True)
class Prediction:
    """What the model says of one patient.

    ``at_least`` is P(>= VERT), P(>= JAUNE), P(>= ROUGE), in decreasing order; ``score`` the ordinal score behind.
    """

    probabilities: dict[Gravity, float]
    at_least: tuple[float, float, float]
    score: float

    @property
    def at_least_by_gravity(self) -> dict[Gravity, float]:
        """The same cumulative probabilities by gravity: VERT, JAUNE, ROUGE."""
        return dict(zip(list(Gravity)[1:], self.at_least, strict=True))


class Predictor:
    """Serves one bundle; safe to share between threads."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    @property
    def thresholds(self) -> Mapping[Gravity, float]:
        """From which probability of "at least that severe" the model raises: VERT, JAUNE, ROUGE."""
        return self.bundle.thresholds

    @property
    def version(self) -> str:
        """The version written in the manifest."""
        return self.bundle.version

    def scores(self, rows: Floats) -> NDArray[np.float32]:
        """The ordinal score of each row of ``(n, len(COLUMNS))``, as built by ``columns.row`` or ``matrix``."""
        if rows.ndim != 2 or rows.shape[1] != len(COLUMNS):
            raise ValueError(f"wanted rows of {len(COLUMNS)} columns, got shape {rows.shape}")
        encoded = with_motif_prior(rows, self.bundle.prior_of_code)
        scores: NDArray[np.float32] = self.bundle.booster.inplace_predict(encoded, validate_features=False)
        return scores

    def cumulative(self, rows: Floats) -> Probabilities:
        """P(at least VERT, JAUNE, ROUGE) of each row, shape ``(n, 3)``."""
        return at_least(self.scores(rows), self.bundle.calibrators)

    def predict(self, row: Floats) -> Prediction:
        """The prediction for one row of shape ``(len(COLUMNS),)``."""
        return self.prediction_of(float(self.scores(row[None, :])[0]))

    def prediction_of(self, score: float) -> Prediction:
        """The calibrated prediction a score stands for."""
        cumulative = at_least([score], self.bundle.calibrators)
        by_class = class_probabilities(cumulative)[0].tolist()
        vert, jaune, rouge = cumulative[0].tolist()
        return Prediction(dict(zip(Gravity, by_class, strict=True)), (vert, jaune, rouge), score)
