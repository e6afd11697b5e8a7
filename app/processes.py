"""Is that process still the one we started? A pid alone lies once it is given to another process."""

import os
import subprocess
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProcessMark:
    """A process by its pid and the moment it started, as the system writes it (``None``: the system cannot say)."""

    pid: int
    started: str | None

    def as_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return asdict(self)


def mark_of(pid: int) -> ProcessMark:
    """The mark of a process that runs now."""
    seen = _look_at(pid)
    return ProcessMark(pid, seen[1] if seen else None)


def has_ended(mark: ProcessMark | None) -> bool:
    """Whether a process is gone, a zombie, or replaced by another that bears its pid. No mark counts as gone."""
    if mark is None:
        return True
    seen = _look_at(mark.pid)
    if seen is None:
        return True
    state, started = seen
    return state.startswith("Z") or (mark.started is not None and started != mark.started)


def signal_session(mark: ProcessMark | None, number: int) -> None:
    """Send a signal to the session of a process of ours; nothing when it has ended."""
    if mark is not None and not has_ended(mark):
        with suppress(ProcessLookupError):
            os.killpg(mark.pid, number)


def _look_at(pid: int) -> tuple[str, str] | None:
    """State letter and start of a process; ``None`` when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.parent.parent.joinpath("self").exists():
        return _ask_ps(pid)
    try:
        fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[0], fields[19]  # state, and starttime in clock ticks (proc(5), fields 3 and 22)


def _ask_ps(pid: int) -> tuple[str, str] | None:
    """The same where there is no /proc (macOS)."""
    told = subprocess.run(  # noqa: S603 - fixed program, a number of ours
        ["/bin/ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return (told[0], told[1].strip()) if len(told) == 2 else None
