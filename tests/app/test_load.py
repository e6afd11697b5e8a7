"""The short form of the load: several nurses at once, no error, no lost record. Times are `make load`'s business."""

import pytest

from tests.load.run import load

pytestmark = pytest.mark.slow


def test_eight_nurses_at_once_lose_nothing_and_see_no_error() -> None:
    measured = load(minutes=0.05, nurses=8, think=(0.02, 0.1))
    assert measured.errors == []
    assert measured.kept == measured.acknowledged >= 8
