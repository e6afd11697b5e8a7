"""The list of faults, in the order of the table."""

from tests.faults.bytes_and_kills import backward_clock, cuts, flipped_bits, killed_writers
from tests.faults.disks import full_disk, power_cuts
from tests.faults.drafts import killed_draft_saves
from tests.faults.result import Fault
from tests.faults.servers import two_servers
from tests.faults.traced import failed_flushes, killed_appends, killed_purges, killed_swaps

FAULTS: tuple[Fault, ...] = (
    killed_writers,
    killed_appends,
    killed_swaps,
    killed_purges,
    killed_draft_saves,
    power_cuts,
    full_disk,
    failed_flushes,
    flipped_bits,
    cuts,
    backward_clock,
    two_servers,
)
