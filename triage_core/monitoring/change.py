"""Whether the stream of verdicts has changed: ADWIN over "the nurse corrected us", oldest first."""

from collections.abc import Sequence

DELTA = 0.002  # ADWIN's own default: about one false alarm in 500 stationary windows
RECENT = 200  # a rise within this many last verdicts is news


def risen_recently(errors: Sequence[bool]) -> int | None:
    """How many verdicts ago the error rate was last seen to rise, ``None`` when not within the last 200.

    River is imported here, at the first look of the background thread.
    """
    from river.drift import ADWIN

    window, before, seen = ADWIN(delta=DELTA), 0.0, None
    for place, is_error in enumerate(errors):
        window.update(int(is_error))
        if window.drift_detected and window.estimation > before:
            seen = place
        before = window.estimation
    ago = None if seen is None else len(errors) - 1 - seen
    return ago if ago is not None and ago < RECENT else None
