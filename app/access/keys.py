"""The keys that sign our cookies: from ``MEDTRIAGE_SECRET`` or a file of its owner's, the newest first to sign.

Older keys still open what they signed, so that a rotation signs nobody out; a key that is dropped ends its cookies.
"""

import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.access.errors import UnsafeFile
from app.access.vault import FILE_MODE, make_private, refuse_open_file

KEPT_KEYS = 2
SHORTEST_KEY = 32  # characters
_CREATING = threading.Lock()


class Keys:
    """The keys of one data folder; ``given`` (MEDTRIAGE_SECRET, spaces between) replaces the file."""

    def __init__(self, folder: Path, given: str | None = None) -> None:
        self._path = folder / "secret"
        self._given = given

    def newest_first(self) -> tuple[str, ...]:
        """All keys that count. Raises ``UnsafeFile`` for a file others can read, or a key too short to protect."""
        keys = tuple(self._given.split()) if self._given else self._from_file()
        if not keys or any(len(key) < SHORTEST_KEY for key in keys):
            where = "MEDTRIAGE_SECRET" if self._given else str(self._path)
            raise UnsafeFile(f"{where}: a key needs at least {SHORTEST_KEY} characters")
        return keys

    def rotate(self) -> None:
        """Make a new key; the last one still opens what it signed, those before it are dropped."""
        before = self.newest_first()
        self._write((secrets.token_urlsafe(48), *before)[:KEPT_KEYS])

    def _from_file(self) -> tuple[str, ...]:
        with _CREATING:
            if not self._path.exists():
                self._write((secrets.token_urlsafe(48),))
        refuse_open_file(self._path)
        return tuple(self._path.read_text(encoding="ascii").split())

    def _write(self, keys: tuple[str, ...]) -> None:
        draft = self._path.with_suffix(f".{os.getpid()}")
        make_private(draft)
        draft.chmod(FILE_MODE)
        draft.write_text("\n".join(keys) + "\n", encoding="ascii")
        draft.replace(self._path)


class Seal:
    """Signs short texts for one purpose, so that what was signed for one is worth nothing for another."""

    def __init__(self, keys: Callable[[], tuple[str, ...]], purpose: str) -> None:
        self._keys, self._purpose = keys, purpose

    def sign(self, text: str) -> str:
        """The text with its signature and the time."""
        return str(self._serializer().dumps(text))

    def open(self, signed: str, max_age_s: float) -> str | None:
        """The text, or ``None`` for a forged, foreign or old signature."""
        try:
            text = self._serializer().loads(signed, max_age=int(max_age_s))
        except BadSignature:
            return None
        return text if isinstance(text, str) else None

    def _serializer(self) -> URLSafeTimedSerializer:
        oldest_first = list(reversed(self._keys()))
        return URLSafeTimedSerializer(
            oldest_first, salt=f"medtriage.{self._purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )


def digest(secret: str) -> str:
    """What is kept of a random secret of ours: enough to know it again, not enough to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
