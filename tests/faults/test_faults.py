"""The short form of every fault; ``make faults`` runs the long one."""

import pytest

from tests.faults.all import FAULTS
from tests.faults.result import Fault


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_made_for_real_loses_nothing_and_hides_nothing(fault: Fault) -> None:
    row = fault(True)
    print(row)
    assert row.failures == []
    assert row.tried or row.impossible
