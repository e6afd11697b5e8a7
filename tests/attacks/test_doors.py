"""Every cell of the table: each route with no session, each role, each token, over HTTP and over the WebSocket."""

import pytest

from app.access.permissions import API, DOORS, ROLES, SCOPES, STREAMLIT, Door, methods
from tests.attacks.conftest import Noted
from tests.attacks.house import House

pytestmark = [pytest.mark.slow, pytest.mark.attack("a door of the table, cell by cell")]
HTTP = [door for door in DOORS if door.method != "WEBSOCKET"]
GUARDED = [door for door in HTTP if not door.is_public]
REFUSED = (401, 403)


def shown(door: Door) -> str:
    return f"{door.method} {door.path}"


def path_of(door: Door) -> str:
    return door.path.replace("{job_id}", "unknown").replace("*", "unknown")


@pytest.mark.parametrize("door", GUARDED, ids=shown)
def test_without_a_session_nothing_but_the_public_doors_opens(house: House, noted: Noted, door: Door) -> None:
    reply = house.send(door.method, path_of(door))
    assert reply.status == 401
    assert "session" in noted.reasons()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("door", GUARDED, ids=shown)
def test_a_role_opens_what_the_table_says_and_nothing_else(house: House, noted: Noted, door: Door, role: str) -> None:
    reply = house.send(door.method, path_of(door), as_role=role)
    assert (reply.status == 403) == (role not in door.roles)
    assert (noted.reasons() == ["role"]) == (role not in door.roles)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("door", [*API[1:], *STREAMLIT[1:]], ids=shown)
def test_a_token_opens_the_doors_of_its_scope_and_no_page(house: House, door: Door, scope: str) -> None:
    token = house.access.tokens.add("machine", [scope])
    reply = house.send(door.method, path_of(door), headers={"Authorization": f"Bearer {token}"})
    assert (reply.status in REFUSED) == (scope != door.scope)


@pytest.mark.parametrize("door", [door for door in HTTP if door.is_public], ids=shown)
def test_a_public_door_answers_without_a_session(house: House, door: Door) -> None:
    assert house.send(door.method, path_of(door)).status not in REFUSED


@pytest.mark.parametrize("role", ROLES)
def test_the_websocket_opens_for_every_role_and_for_nobody_else(house: House, noted: Noted, role: str) -> None:
    assert house.handshake({"Origin": house.origin}, as_role=role) == 101
    token = house.access.tokens.add("machine", SCOPES)
    assert house.handshake({"Authorization": f"Bearer {token}"}) == 403
    assert house.handshake({"Origin": house.origin}) == 403
    assert noted.reasons() == ["role", "session"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/feedback/submit", "/feedback/retrain", "/modele", "/_stcore/agent", "/unknown"])
def test_a_method_that_is_not_in_the_table_is_refused_even_to_an_administrator(
    house: House, method: str, path: str
) -> None:
    if method not in methods(path):
        assert house.send(method, path, as_role="administrateur").status in (404, 405)


def test_a_browser_without_a_session_is_shown_the_way_to_the_form(house: House) -> None:
    reply = house.get("/modele", Accept="text/html")
    assert (reply.status, reply.header("location")) == (303, "/login?next=modele")
