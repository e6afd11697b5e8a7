"""An open WebSocket ends with its session; a body that never ends is given up."""

import asyncio
from collections.abc import Callable

import pytest

from app.access import middleware
from app.access.door import COOKIE, Access
from app.access.middleware import AccessGuard
from app.access.patience import BodyDeadline
from app.guards import LoopbackGuard, Message, Receive, Scope, Send
from tests.app.access.conftest import Clock, with_nurse

HOST = (b"host", b"127.0.0.1:8501")


def socket_scope(cookie: str) -> Scope:
    headers = [HOST, (b"origin", b"http://127.0.0.1:8501"), (b"cookie", f"{COOKIE}={cookie}".encode())]
    return {"type": "websocket", "path": "/_stcore/stream", "client": ("127.0.0.1", 1), "headers": headers}


async def listening(scope: Scope, receive: Receive, send: Send) -> None:
    """What Streamlit does: accept, then wait for frames until there are no more."""
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


def seen(access: Access, cookie: str, then: Callable[[], None], frames: tuple[bytes, ...] = ()) -> list[str]:
    """Open the socket, do something, and tell what the client is sent until the server lets go."""
    sent: list[str] = []

    async def scenario() -> None:
        queue: asyncio.Queue[Message] = asyncio.Queue()
        queue.put_nowait({"type": "websocket.connect"})
        for frame in frames:
            queue.put_nowait({"type": "websocket.receive", "bytes": frame})

        async def send(message: Message) -> None:
            sent.append(message["type"])
            if message["type"] == "websocket.accept":
                then()

        guard = AccessGuard(listening, lambda: access, lambda frame: frame == b"typed")
        await asyncio.wait_for(guard(socket_scope(cookie), queue.get, send), 10)

    asyncio.run(scenario())
    return sent


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "RECHECKED_S", 0.05)


def test_a_revoked_session_loses_its_open_websocket(access: Access) -> None:
    cookie = with_nurse(access)
    assert seen(access, cookie, lambda: access.accounts.disable("alice")) == ["websocket.accept", "websocket.close"]


def test_the_socket_is_looked_at_often_enough_to_end_within_a_minute() -> None:
    assert (middleware.GRACE + 1) * 15.0 < 60


def test_only_what_a_person_did_keeps_the_session_open(access: Access, clock: Clock) -> None:
    cookie = with_nurse(access)

    for frame, expected in ((b"by itself", "locked"), (b"typed", "open")):
        with access.sessions._vault.transaction() as db:
            db.execute("UPDATE sessions SET seen_at = ?", (clock.now,))
        clock.now += 300
        asyncio.run(one_frame(access, cookie, frame))
        clock.now += 400
        assert access.sessions.standing(cookie).state == expected


async def one_frame(access: Access, cookie: str, frame: bytes) -> None:
    messages = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "bytes": frame},
        {"type": "websocket.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        assert message["type"] == "websocket.accept"

    await AccessGuard(listening, lambda: access, lambda told: told == b"typed")(socket_scope(cookie), receive, send)


def test_a_body_that_never_ends_is_given_up_as_if_the_client_had_left() -> None:
    heard: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([(await receive())["type"], (await receive())["type"]])

    async def scenario() -> None:
        parts: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}]

        async def receive() -> Message:
            if parts:
                return parts.pop()
            await asyncio.sleep(60)
            return {"type": "http.request", "body": b"}"}

        async def send(message: Message) -> None:
            heard.append(message["type"])

        await BodyDeadline(app, 0.05)({"type": "http"}, receive, send)

    asyncio.run(scenario())
    assert heard == ["http.request", "http.disconnect"]


def test_the_guard_stands_for_the_pages(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LoopbackGuard, "_standing", 0)
    AccessGuard(listening, lambda: access, lambda _: False)
    assert LoopbackGuard._standing == 1
