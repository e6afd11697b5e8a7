"""Every browser gets a name of its own with its first page, and only what we set is believed."""

import asyncio
from typing import Any

import pytest

from app.station import COOKIE, StationCookie, sound

NAME = "a" * 32


def cookies_set(cookie: str = "", kind: bytes = b"text/html; charset=utf-8", scheme: str = "http") -> list[str]:
    """The cookies that an answer of this kind sets for a browser that sent these."""
    sent: list[Any] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "scheme": scheme, "headers": headers}
    asyncio.run(StationCookie(page)(scope, None, send))  # type: ignore[arg-type]
    return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]


def test_a_browser_without_a_name_gets_one_that_no_script_and_no_other_site_can_use() -> None:
    (told,) = cookies_set()
    name, *rest = told.split("; ")
    assert sound(name.removeprefix(f"{COOKIE}=")) is not None
    assert {"Path=/", "HttpOnly", "SameSite=Strict"} <= set(rest) and "Secure" not in rest
    assert "Secure" in cookies_set(scheme="https")[0]
    assert cookies_set() != [told]


def test_a_browser_with_a_name_keeps_it() -> None:
    assert cookies_set(f"other=1; {COOKIE}={NAME}") == []


@pytest.mark.parametrize("forged", ["", "short", "../../etc/passwd", "é" * 32])
def test_a_forged_name_is_replaced(forged: str) -> None:
    assert len(cookies_set(f"{COOKIE}={forged}" if forged else "")) == 1
    assert sound(forged) is None


def test_only_a_page_sets_it() -> None:
    assert cookies_set(kind=b"application/json") == []
