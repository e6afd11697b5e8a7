"""The real worker in its own process."""

import subprocess
import sys


def retrain(*options: str) -> int:
    """Train on the folders that the environment names; the exit code."""
    return subprocess.run([sys.executable, "-m", "app.retrain_worker", *options], check=False).returncode
