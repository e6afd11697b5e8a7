"""One small tree of errors.

MedTriageError
├── InvalidPatient       a request with faulty fields, all of them
├── RuleFileError        a rule file that cannot be read (file, rule, field)
├── BundleError          a model bundle that cannot be served
├── DatasetError         a training table that cannot be used
├── TooFewFeedbacks      not enough corrections to train on
├── RetrainingBusy       a training run is in progress
└── PromotionRefused     the gate or the registry says no
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One faulty field. ``message`` holds no patient value; ``code`` selects the French sentence of the screen."""

    field: str
    message: str
    code: str


class MedTriageError(Exception):
    """Base of every error this project raises on purpose."""


class InvalidPatient(MedTriageError):
    """A request with faulty fields; ``errors`` names all of them at once."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__(f"{len(errors)} faulty field(s): {', '.join(e.field for e in errors)}")
        self.errors = errors


class RuleFileError(MedTriageError):
    """A rule file is wrong; the message names file, rule and field."""


class BundleError(MedTriageError):
    """A model bundle is absent, altered, or older than the features of this code."""


class DatasetError(MedTriageError):
    """A training table lacks columns or holds no usable row."""


class TooFewFeedbacks(MedTriageError):
    """There are fewer usable corrections than the run asks for."""


class RetrainingBusy(MedTriageError):
    """Another training run holds the lock."""


class PromotionRefused(MedTriageError):
    """A version cannot be promoted; the message gives the reasons."""
