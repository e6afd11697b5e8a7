"""A line that this program cannot use is named with its reason, whatever its chain says of it."""

import pytest

from feedback_store.journal import FaultReason, Line, parse
from feedback_store.journals import ALERTS, AUTOMATIC, LABELS, PROMOTIONS, REVIEWS, SWITCH, TRIALS
from feedback_store.readable import fault_in

ACTS = [REVIEWS, TRIALS, ALERTS, AUTOMATIC, SWITCH, PROMOTIONS]


@pytest.mark.parametrize("path", ACTS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{broken\n", FaultReason.NOT_JSON),
        (b'{"schema_version":1}\n', FaultReason.INVALID_RECORD),
        (b'{"schema_version":9,"act":"promote","version":"v2"}\n', FaultReason.INVALID_RECORD),
        (b'{"schema_version":9,"event":"stop","trial_id":"t","key":"k"}\n', FaultReason.INVALID_RECORD),
        (b'{"schema_version":9,"event":"sent","key":"k"}\n', FaultReason.INVALID_RECORD),
        (b'{"torn', FaultReason.TORN),
    ],
)
def test_what_cannot_be_read_is_said(path, raw: bytes, reason: FaultReason) -> None:
    assert fault_in(path.name, parse(raw, 0)) is reason


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        (TRIALS, b'{"schema_version":1,"event":"stop","trial_id":"t"}\n'),
        (ALERTS, b'{"schema_version":1,"event":"acknowledged","key":"k","by":"Anne"}\n'),
        (PROMOTIONS, b'{"act":"rollback","version":"v2"}\n'),
        (LABELS, b'{"nobody":"judges"}\n'),
    ],
)
def test_what_can_be_read_is_no_fault(path, raw: bytes) -> None:
    assert fault_in(path.name, parse(raw, 0)) is None


def test_a_purged_line_is_no_fault() -> None:
    assert fault_in(REVIEWS.name, Line(0, 9, None, is_purged=True)) is None
