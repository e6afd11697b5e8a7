"""A worker that keeps the protocol of a training run without training: what it does is told by ``FAKE_WORKER``."""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path


def main() -> int:
    """finish, refuse_to_stop, wait or die."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--job-dir", type=Path, required=True)
    told, rest = parser.parse_known_args()
    deed = os.environ["FAKE_WORKER"]
    (told.job_dir / "arguments.json").write_text(json.dumps(rest))
    (told.job_dir / "log.txt").write_text("première ligne\ndernière ligne\n", encoding="utf-8")
    if deed == "refuse_to_stop":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if deed == "finish":
        _write(told.job_dir, {"state": "done", "progress": 1.0, "run_id": "r1", "version": "v2", "error": None})
        return 0
    _write(told.job_dir, {"state": "running", "progress": 0.4, "step": "ajustement", "eta_s": 3.0})
    if deed == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
    return 0


def _write(folder: Path, status: dict[str, object]) -> None:
    draft = folder / "draft"
    draft.write_text(json.dumps(status), encoding="utf-8")
    draft.replace(folder / "status.json")


if __name__ == "__main__":
    sys.exit(main())
