"""Demo has no login: only this machine is answered, over HTTP and over the WebSocket."""

import asyncio
import json
import re
from typing import Any

import pytest

from app.guards import LANGUAGE_SCRIPT, LoopbackGuard, Message, Receive, Scope, SecurityHeaders, Send, may_show_pages
from app.settings import ROOT

LOCAL = ("127.0.0.1", 50_000)


async def welcoming(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"SAMEORIGIN")]})
    await send({"type": "http.response.body", "body": b"hello"})


def ask(
    kind: str = "http", client: tuple[str, int] | None = LOCAL, guard: Any = LoopbackGuard, **headers: str
) -> list[Message]:
    """What comes back for a request with these headers (underscores are dashes); Host is ours unless told."""
    told = {"host": "127.0.0.1:8501"} | {name.replace("_", "-"): value for name, value in headers.items()}
    raw = [(name.encode(), value.encode()) for name, value in told.items() if value]
    scope: Scope = {"type": kind, "path": "/", "method": "GET", "client": client, "headers": raw}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(guard(welcoming)(scope, receive, send))
    return sent


FOREIGN = [
    ("client", {"client": ("192.168.1.20", 4000)}),
    ("client", {"client": ("::ffff:10.0.0.5", 4000)}),
    ("client", {"client": None}),
    ("client", {"x_forwarded_for": "203.0.113.9"}),
    ("client", {"x_forwarded_for": "127.0.0.1, 203.0.113.9"}),
    ("client", {"x_real_ip": "203.0.113.9"}),
    ("client", {"forwarded": "for=203.0.113.9"}),
    ("host", {"host": "evil.example"}),
    ("host", {"host": "127.0.0.1.evil.example:8501"}),
    ("host", {"host": "localhost:8501@evil.example"}),
    ("host", {"host": "192.168.1.4:8501"}),
    ("host", {"host": ""}),
    ("origin", {"origin": "http://evil.example"}),
    ("origin", {"origin": "https://localhost.evil.example"}),
    ("origin", {"origin": "null"}),
    ("origin", {"origin": "file://"}),
]


@pytest.mark.parametrize(("part", "request_told"), FOREIGN)
def test_a_foreign_client_host_or_origin_gets_403(part: str, request_told: dict[str, Any]) -> None:
    start, body = ask(**request_told)
    assert start["status"] == 403
    assert [error["field"] for error in json.loads(body["body"])["errors"]] == [part]


@pytest.mark.parametrize(("part", "request_told"), FOREIGN)
def test_a_foreign_websocket_is_closed_before_it_is_accepted(part: str, request_told: dict[str, Any]) -> None:
    assert part
    assert [message["type"] for message in ask("websocket", **request_told)] == ["websocket.close"]


@pytest.mark.parametrize(
    "request_told",
    [
        {},
        {"host": "localhost"},
        {"host": "LOCALHOST:9000"},
        {"host": "[::1]:8501", "client": ("::1", 1)},
        {"client": ("::ffff:127.0.0.1", 1)},
        {"origin": "http://127.0.0.1:8501"},
        {"origin": "http://localhost:8501"},
        {"x_forwarded_for": "127.0.0.1"},
    ],
)
def test_this_machine_is_answered(request_told: dict[str, Any]) -> None:
    assert ask(**request_told)[0]["status"] == 200
    assert ask("websocket", **request_told)[0]["type"] == "websocket.accept"


def test_a_browser_is_told_not_to_frame_sniff_or_run_foreign_scripts() -> None:
    headers = dict(ask(guard=SecurityHeaders)[0]["headers"])
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"
    policy = headers[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "http" not in policy


def test_a_header_that_a_route_set_itself_is_left_alone() -> None:
    names = [value for name, value in ask(guard=SecurityHeaders)[0]["headers"] if name == b"x-frame-options"]
    assert names == [b"SAMEORIGIN"]


def test_start_and_stop_of_the_server_pass_the_guard() -> None:
    reached = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["type"])

    async def nothing(*_: object) -> Any:
        return None

    asyncio.run(LoopbackGuard(app)({"type": "lifespan"}, nothing, nothing))
    assert reached == ["lifespan"]


def test_the_only_scripts_of_our_pages_are_those_the_policy_knows() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "app" / "ui").glob("*.py")]
    scripts = [script for page in pages for script in re.findall(r"<script>(.*?)</script>", page)]
    assert set(scripts) <= {LANGUAGE_SCRIPT, "{guards.LANGUAGE_SCRIPT.format(code=code)}", "{FOCUS_SCRIPT}"}


@pytest.mark.parametrize(("address", "is_safe"), [(None, False), ("10.0.0.1", False), ("::", False), ("::1", True)])
def test_pages_without_the_guard_are_shown_on_loopback_only(
    monkeypatch: pytest.MonkeyPatch, address: str | None, is_safe: bool
) -> None:
    monkeypatch.setattr(LoopbackGuard, "_standing", 0)
    assert may_show_pages(address) is is_safe
    LoopbackGuard(welcoming)
    assert may_show_pages(address)
