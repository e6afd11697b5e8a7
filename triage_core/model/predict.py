"""One row in, calibrated probabilities out; one thread, no pandas."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from triage_core.levels import FrenchLevel, Gravity
from triage_core.model import columns
from triage_core.model.bundle import Bundle
from triage_core.model.columns import COLUMNS, Floats, with_motif_prior
from triage_core.model.ordinal import Margins, Probabilities, at_least, at_least_of_one, expected_rank, raw_margins
from triage_core.model.words import MARGIN_COLUMNS, document_of
from triage_core.patient import Patient


@dataclass(frozen=True)
class Prediction:
    """What the model says of one patient.

    ``at_least`` is P(>= VERT), P(>= JAUNE), P(>= ROUGE), in decreasing order; ``score`` the mean rank (0 to 3)
    before calibration.
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

    @property
    def mark_threshold(self) -> float | None:
        """From which P(more urgent than the nurse) a verdict is quietly marked; ``None`` in bundles without one."""
        told = self.bundle.manifest.get("second_reader")
        return float(told["threshold"]) if isinstance(told, dict) else None

    def row(self, patient: Patient, motif_id: str | None, default_level: FrenchLevel | None) -> Floats:
        """The columns of one patient for this bundle: ``columns.row``, then the margins of the words it knows."""
        told = columns.row(patient, motif_id, default_level)
        if self.bundle.words is None:
            return told
        margins = self.bundle.words.margins(document_of(patient, motif_id))
        return np.concatenate([told, np.array(margins, dtype=np.float32)])

    def margins(self, rows: Floats) -> Margins:
        """The margins, ``(n, 3)``, of rows as built by ``row``, ``columns.matrix`` or ``evaluate.bundle_rows``.

        Rows without words are read by a bundle that knows words as visits where nothing was written.
        """
        width, extra = len(COLUMNS), len(MARGIN_COLUMNS) if self.bundle.words is not None else 0
        if rows.ndim != 2 or rows.shape[1] not in (width, width + extra):
            raise ValueError(f"wanted rows of {width} columns (or {width + extra}), got shape {rows.shape}")
        if rows.shape[1] < width + extra:
            rows = np.hstack([rows, np.full((len(rows), extra), np.nan, dtype=np.float32)])
        return raw_margins(self.bundle.booster, with_motif_prior(rows, self.bundle.prior_of_code))

    def cumulative(self, rows: Floats) -> Probabilities:
        """P(at least VERT, JAUNE, ROUGE) of each row, shape ``(n, 3)``."""
        return at_least(self.margins(rows), self.bundle.calibrators)

    def predict(self, row: Floats) -> Prediction:
        """The prediction for one row, as ``row`` builds it."""
        return self.prediction_of(self.margins(row[None, :]))

    def prediction_of(self, margins: Margins) -> Prediction:
        """The calibrated prediction of one row of margins, shape ``(1, 3)``."""
        vert, jaune, rouge = at_least_of_one(margins[0].tolist(), self.bundle.calibrators)
        by_level = (1.0 - vert, vert - jaune, jaune - rouge, rouge)
        score = float(expected_rank(margins)[0])
        return Prediction(dict(zip(Gravity, by_level, strict=True)), (vert, jaune, rouge), score)
