"""A doorkeeper over an empty folder, and a clock that a test moves by hand."""

from pathlib import Path

import pytest

from app.access.door import Access
from app.settings import Settings

PASSWORD = "un mot de passe de test"  # noqa: S105 - of accounts that live as long as a test


class Clock:
    """Seconds since the epoch, as told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(tmp_path: Path, clock: Clock) -> Access:
    """``local``, idle after ten minutes, over after twelve hours. Cookies are signed with the real clock's time."""
    return Access(tmp_path / "access", Settings(auth="local"), clock)


def with_nurse(access: Access, name: str = "alice") -> str:
    """An account and the cookie of its open session."""
    return access.sessions.start(access.accounts.add(name, "infirmier", PASSWORD))
