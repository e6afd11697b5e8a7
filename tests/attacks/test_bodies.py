"""Paths that climb, bodies that are too large or never end, heads that trickle."""

import socket
import time

import pytest

from app.access import middleware, patience
from tests.attacks.conftest import Noted
from tests.attacks.house import FORM, JSON, House
from tests.attacks.hurried import BODY_S, HEAD_S

pytestmark = pytest.mark.slow

CLIMBING = [
    "/static/../../../etc/passwd", "/static/..%2f..%2fetc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd",
    "/media/../app/rest.py", "/static/..\\..\\etc\\passwd", "/static/%5c..%5c", "//evil.example/",
    "/static//etc/passwd", "/static/%00", "/./healthz/..", "/static/%252e%252e/%252e%252e/etc/passwd",
    "/feedback/retrain/..%2f..%2faccess", "/feedback/retrain/%2e%2e", "/component/../../x", "/~/+/",
    "/data/access/secret", "/.env", "/access/access.db", "/.git/config", "/app/static/x",
]  # fmt: skip


@pytest.mark.attack("path traversal")
@pytest.mark.parametrize("path", CLIMBING)
def test_a_path_that_climbs_finds_nothing_with_or_without_a_session(house: House, noted: Noted, path: str) -> None:
    for role in (None, "administrateur"):
        reply = house.send("GET", path, as_role=role)
        assert reply.status in (400, 401, 404)
        assert "root:" not in reply.body
    assert len(noted.reasons()) == 2


@pytest.mark.attack("oversized body")
@pytest.mark.parametrize(("path", "headers", "status"), [("/triage/predict", JSON, 413), ("/login", FORM, 400)])
def test_an_oversized_body_is_refused_announced_or_not(
    house: House, path: str, headers: dict[str, str], status: int
) -> None:
    body = b"a=" + b"x" * 70_000
    assert house.send("POST", path, body, headers, as_role="infirmier").status == status
    chunked = headers | {"Transfer-Encoding": "chunked", "Content-Length": ""}
    del chunked["Content-Length"]
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nConnection: close\r\n"
    head += f"Cookie: medtriage_session={house.cookie_of('infirmier')}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in chunked.items())
    sent = head.encode() + b"\r\n" + b"11170\r\n" + body[:70_000] + b"\r\n0\r\n\r\n"
    assert house.raw(sent).split()[1] == str(status).encode()


@pytest.mark.attack("oversized body")
def test_an_oversized_body_of_a_stranger_is_not_even_read(house: House, noted: Noted) -> None:
    assert house.send("POST", "/triage/predict", b"x" * 70_000, JSON).status == 401
    assert noted.reasons() == ["session"]


@pytest.mark.attack("oversized body")
def test_a_head_without_end_is_refused(house: House) -> None:
    sent = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 200_000
    assert house.raw(sent, 15)[:12] in (b"HTTP/1.1 400", b"")


@pytest.mark.attack("slow head")
def test_a_head_that_never_ends_loses_its_connection(house: House, noted: Noted) -> None:
    began, heads = time.monotonic(), (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    connections = [socket.create_connection(("127.0.0.1", house.port), timeout=HEAD_S + 10) for _ in heads]
    for connection, sent in zip(connections, heads, strict=True):
        connection.sendall(sent)
    for connection in connections:
        assert connection.recv(100) == b""
        connection.close()
    assert time.monotonic() - began < HEAD_S + 5
    assert noted.reasons() == ["slow_head"] * 3


@pytest.mark.attack("slow body")
@pytest.mark.parametrize(("path", "headers"), [("/triage/predict", JSON), ("/login", FORM)])
def test_a_body_that_never_ends_loses_its_connection_while_others_are_answered(
    house: House, noted: Noted, path: str, headers: dict[str, str]
) -> None:
    cookie = f"medtriage_session={house.cookie_of('infirmier')}"
    told = {"Host": f"127.0.0.1:{house.port}", "Cookie": cookie, "Content-Length": "60000"} | headers
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items()) + "\r\n"
    began = time.monotonic()
    trickles = [socket.create_connection(("127.0.0.1", house.port), timeout=BODY_S + 10) for _ in range(20)]
    for trickle in trickles:
        trickle.sendall(head.encode() + b"{")
    assert house.get("/healthz").status == 200
    assert time.monotonic() - began < BODY_S
    assert all(until_shut(trickle) < began + BODY_S + 5 for trickle in trickles)
    assert noted.reasons() == ["slow_body"] * len(trickles)


@pytest.mark.attack("slow body")
def test_a_stranger_refused_at_once_cannot_hold_the_connection_by_going_on_with_a_body(house: House) -> None:
    began = time.monotonic()
    head = f"POST /triage/predict HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nContent-Length: 60000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", house.port), timeout=30) as trickle:
        trickle.sendall(head.encode())
        assert trickle.recv(65_536).startswith(b"HTTP/1.1 401")
        assert until_shut(trickle) < began + BODY_S + 5


def until_shut(trickle: socket.socket) -> float:
    """Send a byte now and then, as slowly as it takes to stay; the moment the server has had enough."""
    trickle.settimeout(0.5)
    for _ in range(40):
        try:
            trickle.sendall(b" ")
            if not trickle.recv(65_536):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    trickle.close()
    return time.monotonic()


def test_the_limits_of_service_are_these() -> None:
    assert (patience.HEAD_S, patience.BODY_S, patience.LARGEST_MESSAGE) == (10, 30, 1024 * 1024)
    assert middleware.RECHECKED_S * (middleware.GRACE + 1) < 60
