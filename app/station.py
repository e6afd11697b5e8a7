"""Gives every browser a name of its own in a cookie, so that its drafts are found again after a reload."""

import re
import secrets

from app.guards import ASGIApp, Message, Receive, Scope, Send

COOKIE = "medtriage_station"
_LIFE_S = 365 * 24 * 3600
_SOUND = re.compile(r"[A-Za-z0-9_-]{32}")


class StationCookie:
    """Sets the cookie with the first page; it names a browser and says nothing of anybody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the cookie to a page that is answered to a browser without one."""
        if scope["type"] != "http" or _has_station(scope):
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and is_page(message):
                kept = cookie_header(scope, f"{COOKIE}={secrets.token_urlsafe(24)}; Max-Age={_LIFE_S}")
                message = {**message, "headers": [*message.get("headers", ()), kept]}
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def sound(station: object) -> str | None:
    """The station as the cookie names it; ``None`` for anything that we would not have set."""
    return station if isinstance(station, str) and _SOUND.fullmatch(station) else None


def cookie_header(scope: Scope, told: str) -> tuple[bytes, bytes]:
    """The header that keeps a cookie for our pages alone: no script and no other site reads it."""
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return b"set-cookie", f"{told}; Path=/; HttpOnly; SameSite=Strict{secure}".encode()


def cookies_of(scope: Scope) -> list[str]:
    """The cookies of a request, each as ``name=value``."""
    cookies = b"; ".join(value for key, value in scope["headers"] if key.lower() == b"cookie").decode("latin-1")
    return cookies.split("; ")


def _has_station(scope: Scope) -> bool:
    return any(sound(part.partition("=")[2]) for part in cookies_of(scope) if part.startswith(f"{COOKIE}="))


def is_page(message: Message) -> bool:
    """Whether an answer is a page that was found."""
    kinds = [value for key, value in message.get("headers", ()) if key.lower() == b"content-type"]
    return message["status"] == 200 and any(value.startswith(b"text/html") for value in kinds)
