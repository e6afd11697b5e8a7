"""How far a prediction can be trusted: counts what is missing, knows nothing of plausibility or of the model."""

from dataclasses import dataclass
from enum import StrEnum

from triage_core.features import BY_NAME, IMPORTANT_NAMES, REQUIRED_NAMES
from triage_core.patient import Patient

MOST_MISSING_FOR_LOW = 2  # one or two required features missing is low, more is insufficient (design, 2)


class QualityGrade(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INSUFFICIENT = "insufficient"

    @property
    def cap(self) -> float:
        """The highest confidence a decision of this quality may show."""
        return {"high": 1.0, "medium": 0.8, "low": 0.5, "insufficient": 0.0}[self.value]


@dataclass(frozen=True)
class Quality:
    """A grade and the names of the required and important features that were not measured, in table order."""

    grade: QualityGrade
    missing: tuple[str, ...]


def assess_quality(patient: Patient) -> Quality:
    """Grade how far a prediction for this patient can be trusted.

    A missing required feature gives at best ``LOW``, a missing important one at best ``MEDIUM``.
    """
    required = tuple(n for n in REQUIRED_NAMES if n in BY_NAME and patient.measured(n) is None)
    important = tuple(n for n in IMPORTANT_NAMES if patient.measured(n) is None)
    return Quality(_grade(len(required), len(important)), required + important)


def _grade(required: int, important: int) -> QualityGrade:
    if required > MOST_MISSING_FOR_LOW:
        return QualityGrade.INSUFFICIENT
    if required:
        return QualityGrade.LOW
    return QualityGrade.MEDIUM if important else QualityGrade.HIGH
