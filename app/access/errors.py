"""What this room refuses, under the one tree of ``triage_core.errors``.

MedTriageError
├── AccessRefused     wrong name or password, spent token, unknown role: the message says nothing that helps a stranger
├── TooManyAttempts   a name or an address has to wait; the attempt was not even looked at
├── AccountFault      an order to ``medtriage users`` that cannot be followed
└── UnsafeFile        a secret that others of this machine could read
"""

from triage_core.errors import MedTriageError


class AccessRefused(MedTriageError):
    """Nobody was let in."""


class TooManyAttempts(AccessRefused):
    """Wait ``retry_after_s`` seconds, whatever the password."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many attempts, wait {retry_after_s} s")
        self.retry_after_s = retry_after_s


class AccountFault(MedTriageError):
    """An account or a token cannot be made or changed so."""


class UnsafeFile(MedTriageError):
    """A file of secrets is open to other users of this machine."""
