"""``make faults``: every fault made for real, and what held. Exits 1 when anything was lost or an alteration passed."""

import logging
import sys
import time

from tests.faults.all import FAULTS


def main(is_short: bool) -> int:
    """Print one row a fault as it ends."""
    logging.getLogger("feedback_store").setLevel(logging.ERROR)
    failed = 0
    for fault in FAULTS:
        start = time.monotonic()
        row = fault(is_short)
        print(f"{row}  [{time.monotonic() - start:.0f} s]", flush=True)
        failed += bool(row.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
