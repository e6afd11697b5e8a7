"""The page's size: asked of the browser with the first page, believed only as we would have written it."""

import asyncio
from typing import Any

import pytest

from app.screen import COOKIE, SMALLEST, Screen, ScreenSize, screen_of
from app.ui.space import lines_on

WIDTH, HEIGHT = b"sec-ch-viewport-width", b"sec-ch-viewport-height"


def answered(*headers: tuple[bytes, bytes], kind: bytes = b"text/html; charset=utf-8") -> dict[bytes, list[bytes]]:
    """The headers of an answer of this kind to a request with these."""
    sent: list[Any] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(ScreenSize(page)({"type": "http", "headers": [*headers]}, None, send))  # type: ignore[arg-type]
    found: dict[bytes, list[bytes]] = {}
    for name, value in sent[0]["headers"]:
        found.setdefault(name, []).append(value)
    return found


def test_a_page_asks_for_its_size_and_nothing_else_does() -> None:
    assert b"Viewport-Width" in answered()[b"accept-ch"][0]
    assert answered()[b"critical-ch"] == answered()[b"accept-ch"]
    assert b"accept-ch" not in answered(kind=b"application/json")


def test_a_size_that_is_told_is_kept_once() -> None:
    hints = (WIDTH, b"1920"), (HEIGHT, b"1080")
    (told,) = answered(*hints, kind=b"text/css")[b"set-cookie"]
    assert told.decode().split("; ") == [f"{COOKIE}=1920x1080", "Path=/", "HttpOnly", "SameSite=Strict"]
    known = (b"cookie", f"other=1; {COOKIE}=1920x1080".encode())
    assert b"set-cookie" not in answered(*hints, known)
    assert b"set-cookie" in answered((WIDTH, b"1280"), hints[1], known)


@pytest.mark.parametrize("width", [b"", b"0", b"-3", b"1e3", b"9" * 9, b"1920; Domain=x", b"\xff"])
def test_a_size_that_is_none_sets_no_cookie(width: bytes) -> None:
    assert b"set-cookie" not in answered((WIDTH, width), (HEIGHT, b"1080"))


def test_a_browser_that_tells_nothing_has_the_smallest_screen() -> None:
    assert b"set-cookie" not in answered()
    for forged in (None, "", "x", "1x1", "1920x", "1920x1080 ", "-1920x1080", 3):
        assert screen_of(forged) == SMALLEST
    assert screen_of("1920x1080") == Screen(1920, 1080)


def test_the_lines_of_the_waiting_room_grow_with_the_page() -> None:
    assert [lines_on(Screen(1000, height)) for height in (384, 768, 793, 900, 1080, 4000)] == [3, 3, 4, 8, 14, 14]
