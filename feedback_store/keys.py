"""The key of the journals' digests: from the environment, else a file of its owner alone, kept apart."""

import hashlib
import logging
import os
import secrets
import threading
from contextlib import suppress
from pathlib import Path

from feedback_store.errors import KeyRefused
from feedback_store.journal import PRIVATE, make_folder, sync_folder

logger = logging.getLogger(__name__)

KEY_BYTES = 32
SHORTEST = 16


class Keyring:
    """One key. Reading never makes one: a folder without journals has no key either."""

    def __init__(self, path: Path, given: str | None = None) -> None:
        """``given`` is a secret of at least 16 characters and wins over the file."""
        self.path = path
        self._key = _stretched(given) if given else None
        self._lock = threading.Lock()

    def find(self) -> bytes | None:
        """The key, ``None`` when there is none yet. Raises ``KeyRefused`` for a file that holds no key."""
        if self._key is None and self.path.exists():
            self._key = self._read()
        return self._key

    def need(self) -> bytes:
        """The key, made and flushed to disk when there was none."""
        if self._key is None:
            with self._lock:
                self._key = self.find() or self._make()
        return self._key

    def _read(self) -> bytes:
        if self.path.stat().st_mode & 0o077:
            logger.warning("%s can be read by others: chmod 600", self.path.name)
        try:
            key = bytes.fromhex(self.path.read_text(encoding="ascii").strip())
        except ValueError as fault:
            raise KeyRefused(f"{self.path}: holds no key") from fault
        if len(key) < SHORTEST:
            raise KeyRefused(f"{self.path}: key shorter than {SHORTEST} bytes")
        return key

    def _make(self) -> bytes:
        """Written whole under another name, then linked: of two processes one wins and both read the same."""
        make_folder(self.path.parent)
        self.path.parent.chmod(0o700)
        draft = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            os.write(descriptor, secrets.token_hex(KEY_BYTES).encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with suppress(FileExistsError):
            os.link(draft, self.path)
        draft.unlink()
        sync_folder(self.path.parent)
        return self._read()


def key_id(key: bytes) -> str:
    """Eight letters that tell two keys apart and nothing of either."""
    return hashlib.sha256(b"id|" + key).hexdigest()[:8]


def _stretched(given: str) -> bytes:
    if len(given) < SHORTEST:
        raise KeyRefused(f"the journal key must have at least {SHORTEST} characters")
    return hashlib.sha256(b"medtriage journal|" + given.encode()).digest()
