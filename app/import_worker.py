"""The importing process: one file, one confirmed mapping; keeps ``status.json`` true until it ends."""

import argparse
import os
import sys
from pathlib import Path

from app.import_jobs import MAPPING_FILE, write_status
from app.imports import import_table
from triage_core.errors import DatasetError
from triage_core.history.importing import Imported


def main(arguments: list[str] | None = None) -> int:
    """Run one import; 0 when rows were kept, 1 on a refusal that the status explains."""
    parser = argparse.ArgumentParser(prog="python -m app.import_worker", description=__doc__)
    for name in ("--job-dir", "--source", "--imports-dir"):
        parser.add_argument(name, type=Path, required=True)
    told = parser.parse_args(arguments)
    os.nice(10)  # the nurse's screen comes first

    def report(share: float, step: str) -> None:
        write_status(told.job_dir, {"state": "running", "progress": round(share, 3), "step": step})

    try:
        done = import_table(told.source, told.imports_dir, told.job_dir / MAPPING_FILE, report)
    except (DatasetError, OSError) as refusal:
        write_status(told.job_dir, {"state": "refused", "error": str(refusal)})
        return 1
    write_status(told.job_dir, {"state": "done", "progress": 1.0} | _told(done))
    return 0


def _told(done: Imported) -> dict[str, object]:
    report = done.report
    return {
        "target": report.target,
        "n_kept": report.n_kept,
        "n_refused": report.n_refused,
        "refused_by_reason": dict(report.refused_by_reason),
        "identical": report.identical,
        "missing": dict(report.missing),
        "suspected": list(report.suspected),
    }


if __name__ == "__main__":
    sys.exit(main())
