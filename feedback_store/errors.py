"""What this room refuses, under the one tree of ``triage_core.errors``.

MedTriageError
├── JournalWriteError    a line that is not safely on disk: nothing was acknowledged
├── JournalRefuses       a flush failed: no more appends until this process starts again
├── KeyRefused           the key of the digests cannot be used
├── PurgeRefused         a line that cannot be emptied in its place
├── UnknownPrediction    a verdict on a prediction we never recorded
├── UnknownSchema        a line written by a newer program than this one
├── ReviewRefused        an administrator's decision without its reason
├── NothingToWithdraw    the verdict to take back is not the one that stands
└── InvalidVerdict       a verdict with faulty fields, all of them
"""

from triage_core.errors import FieldError, MedTriageError


class JournalWriteError(MedTriageError):
    """A record could not be put safely on disk; the file was taken back to its old length."""


class JournalRefuses(JournalWriteError):
    """After a failed flush nobody knows what is on disk: nothing more is accepted until a new start has looked."""


class KeyRefused(MedTriageError):
    """The file or the variable that should hold the journals' key does not."""


class PurgeRefused(MedTriageError):
    """A record cannot be erased without moving what stands behind it; nothing was changed."""


class UnknownPrediction(MedTriageError):
    """No decision of ours bears this ``prediction_id``."""


class UnknownSchema(MedTriageError):
    """The ``schema_version`` of a line is not one this program knows how to read."""


class ReviewRefused(MedTriageError):
    """A decision on a doubtful or contradictory verdict lacks its reason."""


class NothingToWithdraw(MedTriageError):
    """The verdict is not the one that stands: it was replaced or taken back already."""


class InvalidVerdict(MedTriageError):
    """A verdict with faulty fields; ``errors`` names all of them at once."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__(f"{len(errors)} faulty field(s): {', '.join(e.field for e in errors)}")
        self.errors = errors
