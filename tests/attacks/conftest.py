"""One server with accounts for all attacks that do not change how it stands; those that do start their own."""

from collections.abc import Iterator

import pytest

from tests.attacks.house import House, refusals, serving


@pytest.fixture(scope="package")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with serving(tmp_path_factory.mktemp("house"), "tests.attacks.hurried") as house:
        yield house


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    """The shared server, with nobody waiting for an earlier test's wrong passwords."""
    with shared_house.access.throttle._vault.transaction() as db:
        db.execute("DELETE FROM attempts")
    shared_house.cookies.clear()
    yield shared_house


@pytest.fixture
def noted(house: House) -> "Noted":
    """What the log says of refusals since the test began."""
    return Noted(house)


class Noted:
    """Refusals in the log from now on."""

    def __init__(self, house: House) -> None:
        self._house, self._before = house, len(refusals(house))

    def reasons(self) -> list[str]:
        return [str(told["reason"]) for told in refusals(self._house)[self._before :]]
