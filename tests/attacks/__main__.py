"""Every attack on a real server, and the table of what was tried and what held: ``make attacks``."""

import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent


class Tally:
    """Counts the cases of each kind of attack, and those that were refused as they should be."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.tried: Counter[str] = Counter()
        self.held: Counter[str] = Counter()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            mark = item.get_closest_marker("attack")
            self.kinds[item.nodeid] = mark.args[0] if mark else "what must still work"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        kind = self.kinds[report.nodeid]
        if report.when == "call" or report.failed:
            self.tried[kind] += 1
            self.held[kind] += report.passed

    def table(self) -> str:
        """One line a kind, and the sum."""
        lines = [f"{'attack':<40}{'tried':>8}{'held':>8}"]
        lines += [f"{kind:<40}{self.tried[kind]:>8}{self.held[kind]:>8}" for kind in sorted(self.tried)]
        return "\n".join([*lines, f"{'all':<40}{self.tried.total():>8}{self.held.total():>8}"])


def main() -> int:
    """0 when every attack was held."""
    tally = Tally()
    code = pytest.main([str(HERE), "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--no-header"], plugins=[tally])
    print(tally.table())
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
