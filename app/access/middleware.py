"""The guard of ``local`` and ``oidc``: pure ASGI, so that one cookie opens pages, WebSocket and routes, or none.

Every request is looked up in the table of permissions; what is not in it is refused. A session that ends while its
WebSocket is open loses it within ``RECHECKED_S``; the pages themselves look again at each rerun (``app/ui/roles.py``).
"""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool

from app.access.door import Access
from app.access.permissions import PAGES, Door, door, methods
from app.access.sessions import Person, Standing
from app.access.visitor import PERSON, address_of, cookie_of, foreign_part, header, standing_of
from app.guards import ASGIApp, LoopbackGuard, Message, Receive, Scope, Send
from app.refusals import ADDRESS, note_refusal

RECHECKED_S = 15.0
GRACE = 2  # looks at a session that has ended before its socket is closed: the page says so first
_POLICY_VIOLATION = 1008
_SPOOFABLE = (b"x-forwarded-", b"x-medtriage-", b"x-real-ip", b"forwarded", b"x-streamlit-user", b"remote-user")


class AccessGuard:
    """Lets in who may come in. ``access`` is asked at each request, so that a server can be built before its folder.

    ``is_activity`` tells a frame that a person sent (a key, a click) from those a page sends by itself.
    """

    def __init__(self, app: ASGIApp, access: Callable[[], Access], is_activity: Callable[[bytes], bool]) -> None:
        self._app, self._access, self._is_activity = app, access, is_activity
        LoopbackGuard.stands()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its person, or refuse it before anything of its body is read."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        access = await run_in_threadpool(self._access)
        scope[ADDRESS] = address_of(scope, access.options)
        refusal, person = await run_in_threadpool(_judge, scope, access)
        if refusal is not None:
            await _refuse(scope, receive, send, refusal)
            return
        scope[PERSON] = person
        scope["headers"] = [pair for pair in scope["headers"] if not pair[0].lower().startswith(_SPOOFABLE)]
        if scope["type"] == "websocket":
            receive = _Watched(scope, receive, send, access, self._is_activity).receive
        await self._app(scope, receive, send)


class _Refusal:
    def __init__(self, status: int, field: str, message: str) -> None:
        self.status, self.field, self.message = status, field, message


def _judge(scope: Scope, access: Access) -> tuple[_Refusal | None, Person | None]:
    foreign = foreign_part(scope, access.options)
    if foreign is not None:
        return _Refusal(403, foreign, "is not this server's"), None
    if _is_crooked(scope):
        return _Refusal(400, "path", "is not plain"), None
    method, path = _asked(scope)
    found, standing = door(method, path), standing_of(scope, access)
    if found is not None and found.is_public:
        return None, standing.person if standing.state == "open" else None
    return _judge_standing(found, standing, path), standing.person


def _judge_standing(found: Door | None, standing: Standing, path: str) -> _Refusal | None:
    if standing.state == "ended" or (standing.state == "locked" and not (found and found.opens_locked)):
        return _Refusal(401, "session", "sign in, or send a token")
    if found is None:
        known = methods(path)
        return _Refusal(405, "method", "is not taken here") if known else _Refusal(404, "path", "is not a route")
    return None if standing.person and _passes(found, standing.person) else _Refusal(403, "role", "may not do this")


def _passes(found: Door, person: Person) -> bool:
    if person.scopes is not None:
        return found.scope is not None and found.scope in person.scopes
    return person.role in found.roles


def _is_crooked(scope: Scope) -> bool:
    """Whether a path climbs, doubles its slashes or hides them: no page and no route of ours needs that."""
    path = str(scope["path"])
    raw = bytes(scope.get("raw_path") or path.encode()).decode("latin-1").lower()
    twice = unquote(path)
    climbs = any(part in (".", "..") for part in twice.replace("\\", "/").split("/"))
    return (
        climbs or "//" in path or "\\" in twice or "\0" in twice or any(code in raw for code in ("%2f", "%5c", "%00"))
    )


def _asked(scope: Scope) -> tuple[str, str]:
    return ("WEBSOCKET" if scope["type"] == "websocket" else str(scope["method"])), str(scope["path"])


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: _Refusal) -> None:
    note_refusal(scope, refusal.field, refusal.status)
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "forbidden"})
    elif refusal.status == 401 and scope["method"] == "GET" and _is_browser(scope):
        await _answer(send, 303, b"", (b"location", _login_for(str(scope["path"])).encode()))
    else:
        body = json.dumps({"errors": [{"field": refusal.field, "message": refusal.message}]}).encode()
        await _answer(send, refusal.status, body, (b"content-type", b"application/json"))


def _is_browser(scope: Scope) -> bool:
    return any("text/html" in value for value in header(scope, b"accept"))


def _login_for(path: str) -> str:
    page = path.strip("/")
    return f"/login?next={quote(page)}" if page in PAGES else "/login"


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    told = [*headers, (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


class _Watched:
    """The receiving side of a WebSocket that ends with its session."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, access: Access, is_activity: Callable[[bytes], bool]
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._access, self._is_activity = access, is_activity
        self._cookie = cookie_of(scope, access.cookie_name)
        self._pending: asyncio.Task[Message] | None = None
        self._ended_looks, self._looked_at = 0, 0.0

    async def receive(self) -> Message:
        """The next message; a disconnection once the session has been over for ``GRACE`` looks."""
        while True:
            if self._pending is None:
                self._pending = asyncio.ensure_future(self._next())
            wait = max(0.0, self._looked_at + RECHECKED_S - asyncio.get_running_loop().time())
            done, _ = await asyncio.wait({self._pending}, timeout=wait)
            if await self._is_over():
                self._pending.cancel()
                await self._send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "session ended"})
                note_refusal(self._scope, "session", _POLICY_VIOLATION)
                return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
            if done:
                message, self._pending = self._pending.result(), None
                await self._note_activity(message)
                return message

    async def _next(self) -> Message:
        return await self._receive()

    async def _note_activity(self, message: Message) -> None:
        frame = message.get("bytes")
        if frame and self._is_activity(frame):
            await run_in_threadpool(self._access.sessions.standing, self._cookie, True)

    async def _is_over(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < RECHECKED_S:
            return False
        self._looked_at = now
        standing = await run_in_threadpool(self._access.sessions.standing, self._cookie)
        self._ended_looks = self._ended_looks + 1 if standing.state == "ended" else 0
        return self._ended_looks >= GRACE
