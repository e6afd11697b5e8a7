"""Half-filled forms on disk, so that no typing is lost: one private file a session, gone when the patient is done.

A draft belongs to a *station* (a browser, known by a cookie) and, once there are accounts, to an owner as well. A new
session of that station takes over a draft whose own session is no longer there: two open screens never share one.
"""

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from app.logs import log_event

Value = bool | str | list[str] | None
_SUFFIX = ".draft"


class Draft(BaseModel):
    """What a form held, by session key; ``saved_at`` in seconds since 1970."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session: str
    owner: str | None
    saved_at: float
    contents: dict[str, Value]


class Drafts:
    """The drafts of one data folder; files are readable by their owner alone and end after ``hours``."""

    def __init__(self, folder: Path, hours: float, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._seconds, self._clock = folder, hours * 3600, clock
        self._lock = threading.Lock()

    def keep(
        self, name: str | None, station: str, session: str, contents: dict[str, Value], owner: str | None = None
    ) -> str | None:
        """Write a draft and return its name; ``None`` when the disk refused it, which is logged and stops nobody."""
        name = name or self.name_for(station)
        draft = Draft(session=session, owner=owner, saved_at=self._clock(), contents=contents)
        try:
            self._write(self._folder / name, draft.model_dump_json().encode())
        except OSError as fault:
            log_event("draft_not_kept", reason=fault.strerror)
            return None
        return name

    @staticmethod
    def name_for(station: str) -> str:
        """A name nobody can guess for a new draft of this station."""
        return f"{_digest(station)}-{secrets.token_hex(8)}{_SUFFIX}"

    def take_over(
        self, station: str, session: str, is_free: Callable[[Draft], bool], owner: str | None = None
    ) -> tuple[str, Draft] | None:
        """The newest draft of this station and owner that is free to take, from now on this session's."""
        with self._lock:
            self._drop_expired()
            left = [(path, d) for path, d in self._of(station) if d.owner == owner and is_free(d)]
            if not left:
                return None
            path, draft = max(left, key=lambda pair: pair[1].saved_at)
            name = self.keep(None, station, session, draft.contents, owner)
            if name is None:
                return None
            path.unlink(missing_ok=True)
            return name, draft

    def drop(self, name: str) -> None:
        """Remove a draft; one that is gone already is fine."""
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as fault:
            log_event("draft_not_dropped", reason=fault.strerror)

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def _of(self, station: str) -> Iterator[tuple[Path, Draft]]:
        for path in self._folder.glob(f"{_digest(station)}-*{_SUFFIX}"):
            try:
                yield path, Draft.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                log_event("draft_unreadable", name=path.name)

    def _drop_expired(self) -> None:
        for path in [*self._folder.glob(f"*{_SUFFIX}"), *self._folder.glob("*.tmp")]:
            try:
                if path.stat().st_mtime < self._clock() - self._seconds:
                    path.unlink()
            except OSError as fault:
                log_event("draft_not_dropped", reason=fault.strerror)


def _digest(station: str) -> str:
    return hashlib.sha256(station.encode()).hexdigest()[:32]
