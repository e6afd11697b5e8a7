"""Behind the WebSocket: what a nurse's session sends for an administrator's page, and sessions whose person changes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from websockets.exceptions import ConnectionClosed

from feedback_store.journals import ledgers_of
from feedback_store.model_switch import ModelSwitch
from tests.attacks.conftest import Noted
from tests.attacks.house import PASSWORD, House
from tests.attacks.hurried import RECHECKED_S
from tests.attacks.intruder import Intruder, opening

pytestmark = [pytest.mark.slow, pytest.mark.attack("behind the WebSocket")]
Enter = Callable[..., Intruder]


@pytest.fixture
def enter(house: House) -> Iterator[Enter]:
    """Opens the socket of a role; all are closed when the test is over."""
    with ExitStack() as held:
        yield lambda role, as_session="": held.enter_context(opening(house, role, as_session))


def is_on(house: House) -> bool:
    return ModelSwitch(ledgers_of(house.folder / "data").switch, lambda: datetime.now(UTC)).off() is None


def strays(house: House) -> list[str]:
    """Lines of the log that are no event of ours."""
    return [line for line in house.log.splitlines() if not line.startswith(("{", "MedTriage"))]


def administrator_on_modele(enter: Enter) -> Intruder:
    administrator = enter("administrateur")
    administrator.ask("modele")
    assert "switch_off" in administrator.widgets
    return administrator


@pytest.mark.parametrize("role", ["infirmier", "medecin"])
def test_a_nurse_presses_nothing_of_an_administrator_by_name_by_hash_or_by_widget(
    house: House, enter: Enter, noted: Noted, role: str
) -> None:
    administrator = administrator_on_modele(enter)
    switch_off, script_hash = administrator.widgets["switch_off"], administrator.script_hash
    reason = next(known for known in administrator.widgets.values() if "switch_reason" in known)
    for page, told_hash in (("modele", ""), ("", script_hash), ("modele", script_hash), ("/modele", ""), ("", "")):
        nurse = enter(role)
        nurse.ask()
        assert "switch_off" not in nurse.ask(page, told_hash, nurse.press(switch_off))
    assert noted.reasons() == ["role"] * 3  # asked with a stroke before its name, it is no page at all
    # A value for a field that her session was never shown breaks that session's run, and nothing else.
    nurse = enter(role)
    nurse.ask()
    assert "switch_off" not in nurse.ask("modele", "", nurse.fill(reason, "par effraction"), nurse.press(switch_off))
    assert is_on(house) and "par effraction" not in house.log
    assert strays(house) == []  # the run that broke is told by type and place, without its message


def test_a_role_taken_away_counts_at_the_next_press_of_a_page_already_open(
    house: House, enter: Enter, noted: Noted
) -> None:
    administrator = administrator_on_modele(enter)
    house.access.accounts.change_role("administrateur", "infirmier")
    try:
        reason = administrator.fill("switch_reason", "par effraction")
        seen = administrator.ask("modele", "", reason, administrator.press("switch_off"))
    finally:
        house.access.accounts.change_role("administrateur", "administrateur")
    assert "switch_off" not in seen
    assert is_on(house)
    assert "role" in noted.reasons()


@pytest.mark.parametrize("change", ["disabled", "password", "logout"])
def test_a_session_that_is_ended_loses_its_open_socket(house: House, enter: Enter, noted: Noted, change: str) -> None:
    physician = enter("medecin")
    physician.ask()
    if change == "disabled":
        house.access.accounts.disable("medecin")
    elif change == "password":
        house.access.accounts.change_password("medecin", PASSWORD)
    else:
        house.access.sign_out(house.cookie_of("medecin"))
    house.access.accounts.disable("medecin", False)
    with pytest.raises(ConnectionClosed):
        while True:
            physician.socket.recv(timeout=RECHECKED_S * 3 + 5)
    assert noted.reasons() == ["session"]


def test_a_session_of_another_person_that_is_taken_over_shows_nothing_of_hers(house: House, enter: Enter) -> None:
    physician = enter("medecin")
    physician.ask()
    field = next(key for key in physician.widgets if "reason" in key or "motif" in key)
    physician.ask("", "", physician.fill(field, "mots d'une autre"))
    physician.socket.close()
    nurse = enter("infirmier", as_session=physician.session)
    assert "mots d'une autre" not in nurse.ask()


@pytest.mark.parametrize("kind", ["text", "not a message", "an unknown kind"])
def test_a_frame_that_is_no_message_ends_the_socket_and_not_the_server(house: House, enter: Enter, kind: str) -> None:
    intruder = enter("infirmier")
    intruder.ask()
    frame: str | bytes = {"text": "rerun", "not a message": b"\xff" * 50, "an unknown kind": b""}[kind]
    intruder.socket.send(frame)
    if frame:
        with pytest.raises(ConnectionClosed):
            while True:
                intruder.socket.recv(timeout=10)
    assert house.get("/healthz").status == 200
    assert strays(house) == []


@pytest.mark.parametrize("role", ["infirmier", "medecin"])
def test_only_who_may_import_may_leave_files_in_the_server_s_memory(
    house: House, enter: Enter, noted: Noted, role: str
) -> None:
    intruder = enter(role)
    intruder.ask()
    path = f"/_stcore/upload_file/{intruder.session}/00000000-0000-0000-0000-000000000000"
    assert house.send("PUT", path, b"x" * 1000, {"Origin": house.origin}, role).status == 403
    assert noted.reasons() == ["role"]
