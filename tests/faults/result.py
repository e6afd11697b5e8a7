"""One row of the table: what was tried how often, how often it held, and what did not."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Tried:
    """``impossible`` says why a fault could not be made on this machine; it is told, never passed over."""

    what: str
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    note: str = ""
    impossible: str = ""

    @property
    def held(self) -> int:
        return self.tried - len(self.failures)

    def check(self, *faults: str) -> None:
        """Count one trial; an empty text is no fault."""
        self.tried += 1
        found = [fault for fault in faults if fault]
        if found:
            self.failures.append("; ".join(found))

    def __str__(self) -> str:
        state = "----" if self.impossible else "ok  " if not self.failures else "LOST"
        counts = f"{self.tried:>7} tried {self.held:>7} held"
        told = f"impossible here: {self.impossible}" if self.impossible else self.note
        return "\n  ".join([f"{state} {self.what:<52} {counts}  {told}", *self.failures[:5]])


Fault = Callable[[bool], Tried]
