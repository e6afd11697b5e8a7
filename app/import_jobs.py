"""Imports as jobs of their own process, one at a time: started, followed from their status file, never in the page."""

import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.access.options import without_secrets
from app.import_folder import waiting_path
from app.jobs import ONE_THREAD
from app.processes import ProcessMark, has_ended, mark_of
from triage_core.errors import DatasetError

STATUS_FILE, PROCESS_FILE, MAPPING_FILE = "status.json", "process.json", "mapping.toml"
DIED = "le processus d'import s'est arrêté sans rien dire"


@dataclass(frozen=True)
class ImportStatus:
    """Where an import stands. ``state``: running, done, refused, interrupted; ``progress`` 0 to 1."""

    state: str
    source: str = ""
    progress: float = 0.0
    step: str = ""
    error: str = ""
    target: str = ""
    n_kept: int = 0
    n_refused: int = 0
    refused_by_reason: Mapping[str, int] = field(default_factory=dict)
    identical: int = 0
    missing: Mapping[str, float] = field(default_factory=dict)
    suspected: tuple[str, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether its process is at work."""
        return self.state == "running"


class ImportJobs:
    """Starts and follows imports of files that wait in the drop folder."""

    def __init__(self, jobs_dir: Path, imports_dir: Path) -> None:
        self._jobs_dir, self._imports_dir = jobs_dir, imports_dir

    def start(self, name: str, mapping_toml: str) -> None:
        """Import a waiting file with this mapping. Raises ``DatasetError`` for an unknown file or while one runs."""
        source = waiting_path(self._imports_dir, name)
        latest = self.latest()
        if latest is not None and latest.is_running:
            raise DatasetError("another import is in progress")
        folder = self._jobs_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        folder.mkdir(parents=True)
        (folder / MAPPING_FILE).write_text(mapping_toml, encoding="utf-8")
        write_status(folder, {"state": "running", "progress": 0.0})
        self._launch(folder, source)

    def _launch(self, folder: Path, source: Path) -> None:
        folders = [f"--job-dir={folder}", f"--source={source}", f"--imports-dir={self._imports_dir}"]
        with (folder / "output.txt").open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
                [sys.executable, "-m", "app.import_worker", *folders],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=without_secrets(os.environ) | ONE_THREAD,
            )
        mark = mark_of(process.pid).as_dict() | {"source": source.name}
        (folder / PROCESS_FILE).write_text(json.dumps(mark), encoding="utf-8")
        threading.Thread(target=process.wait, name=f"reap-{folder.name}", daemon=True).start()

    def latest(self) -> ImportStatus | None:
        """The import started last, running or not; ``None`` when there never was one."""
        folders = sorted(path.parent for path in self._jobs_dir.glob(f"*/{PROCESS_FILE}"))
        return _status(folders[-1]) if folders else None


def write_status(folder: Path, told: Mapping[str, object]) -> None:
    """Replace the status of a job in one step."""
    draft = folder / f".{STATUS_FILE}"
    draft.write_text(json.dumps(dict(told), ensure_ascii=False), encoding="utf-8")
    draft.replace(folder / STATUS_FILE)


def _status(folder: Path) -> ImportStatus:
    mark = json.loads((folder / PROCESS_FILE).read_text(encoding="utf-8"))
    source = mark.pop("source")
    is_dead = has_ended(ProcessMark(**mark))  # asked before reading: a worker writes its last word, then ends
    told = json.loads((folder / STATUS_FILE).read_text(encoding="utf-8"))
    if told["state"] == "running" and is_dead:
        told |= {"state": "interrupted", "error": DIED}
    return ImportStatus(source=source, **told | {"suspected": tuple(told.get("suspected", ()))})
