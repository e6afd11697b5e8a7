"""Paths that climb, bodies that are too large or never end, heads that trickle."""

import socket
import time

import pytest

from app.access import patience
from tests.attacks.conftest import Noted
from tests.attacks.house import FORM, JSON, House

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
    connections = [socket.create_connection(("127.0.0.1", house.port), timeout=patience.HEAD_S + 10) for _ in heads]
    for connection, sent in zip(connections, heads, strict=True):
        connection.sendall(sent)
    for connection in connections:
        assert connection.recv(100) == b""
        connection.close()
    assert time.monotonic() - began < patience.HEAD_S + 5
    assert noted.reasons() == ["slow_head"] * 3
