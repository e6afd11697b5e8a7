"""How large the browser's page is, told by the browser itself with its requests and kept in a cookie for the session.

Chromium and its kin send their client hints once asked (`Accept-CH`; `Critical-CH` has the first page asked for again,
so that it counts from the start); a browser that sends none gets the layout of the smallest screen. A page drawn by
Python alone has no other way to know, short of a script of ours that would have to run before Streamlit's own.
"""

import re
from typing import NamedTuple

from app.guards import ASGIApp, Message, Receive, Scope, Send
from app.station import cookie_header, cookies_of, is_page

COOKIE = "medtriage_screen"
_ASKED = b"Sec-CH-Viewport-Width, Sec-CH-Viewport-Height"
_HEADERS = (b"sec-ch-viewport-width", b"sec-ch-viewport-height")
_SOUND = re.compile(r"([1-9][0-9]{1,4})x([1-9][0-9]{1,4})")


class Screen(NamedTuple):
    """Width and height of the page in CSS pixels."""

    width: int
    height: int


SMALLEST = Screen(1366, 768)


class ScreenSize:
    """Asks each page's browser for its size and sets the cookie when the answer is new."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what asks for the size to a page, and what keeps it to the answer of a request that tells it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = _new_size(scope)

        async def send_with_size(message: Message) -> None:
            if message["type"] == "http.response.start":
                asks = ((b"accept-ch", _ASKED), (b"critical-ch", _ASKED)) if is_page(message) else ()
                keeps = () if told is None else (cookie_header(scope, f"{COOKIE}={told}"),)
                message = {**message, "headers": [*message.get("headers", ()), *asks, *keeps]}
            await send(message)

        await self._app(scope, receive, send_with_size)


def screen_of(cookie: object) -> Screen:
    """The size that a cookie tells; ``SMALLEST`` for anything that we would not have set."""
    sound = _SOUND.fullmatch(cookie) if isinstance(cookie, str) else None
    return SMALLEST if sound is None else Screen(int(sound[1]), int(sound[2]))


def _new_size(scope: Scope) -> str | None:
    """The size as the cookie writes it; ``None`` when the request tells none or the cookie knows it."""
    told = {name.lower(): value for name, value in scope["headers"]}
    size = b"x".join(told.get(name, b"") for name in _HEADERS).decode("latin-1")
    return size if _SOUND.fullmatch(size) and f"{COOKIE}={size}" not in cookies_of(scope) else None
