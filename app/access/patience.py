"""A client that sends slowly on purpose holds a place for nothing: heads and bodies have to arrive in time."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.guards import ASGIApp, Message, Receive, Scope, Send
from app.logs import log_event

HEAD_S = 10.0
BODY_S = 30.0


class BodyDeadline:
    """Ends a request whose body is not complete after ``BODY_S``, as if the client had left."""

    def __init__(self, app: ASGIApp, seconds: float | None = None) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; time runs only while a body is awaited."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        deadline, is_complete = loop.time() + (self._seconds or BODY_S), False

        async def receive_in_time() -> Message:
            nonlocal is_complete
            if is_complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                log_event("refused", reason="slow_body", status=408)
                return {"type": "http.disconnect"}
            is_complete = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        await self._app(scope, receive_in_time, send)


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP protocol, which alone would wait for ever for the end of a request's head."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Time runs from the first moment."""
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Time runs while a head has begun and not ended."""
        super().data_received(data)
        is_waiting = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if is_waiting and self._timer is None:
            self._arm()
        elif not is_waiting:
            self._disarm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for."""
        self._disarm()
        super().connection_lost(exc)

    def _arm(self) -> None:
        self._timer = self.loop.call_later(HEAD_S, self._give_up)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self.transport.get_protocol() is self and not self.transport.is_closing():
            log_event("refused", reason="slow_head", status=408)
            self.transport.close()
