"""A client that sends slowly on purpose holds a place for nothing: heads and bodies have to arrive in time.

What is no HTTP, no handshake or no frame never becomes a request: it is noted here, where it ends.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from app.guards import ASGIApp, Message, Receive, Scope, Send
from app.refusals import note_refusal

HEAD_S = 10.0
BODY_S = 30.0
LARGEST_MESSAGE = 1024 * 1024  # bytes over the WebSocket; a full form has some ten thousand, files go by HTTP


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
        deadline, is_complete, is_late = loop.time() + (self._seconds or BODY_S), False, False

        async def receive_in_time() -> Message:
            nonlocal is_complete, is_late
            if is_complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                note_refusal(scope, "slow_body", 408)
                is_late = True
                return {"type": "http.disconnect"}
            is_complete = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def send_and_close(message: Message) -> None:
            if is_late and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        await self._app(scope, receive_in_time, send_and_close)


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

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP never becomes a request; it is noted here."""
        note_refusal({"client": self.client}, "not_http", 400)
        super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """A request refused before its body was read: what is left of it has to come in time as well."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(BODY_S, self._end_unread, self.cycle)

    def _end_unread(self, cycle: object) -> None:
        if self.cycle is cycle and self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
            note_refusal({"client": self.client}, "slow_body", 408)
            self.transport.close()

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
            note_refusal({"client": self.client}, "slow_head", 408)
            self.transport.close()


class NotedWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, which alone would refuse without a line in the log."""

    def handle_connect(self, event: Request) -> None:
        """A handshake that is none is answered before any guard of ours sees it."""
        super().handle_connect(event)
        status = self.response.status_code
        if status != HTTPStatus.SWITCHING_PROTOCOLS:
            note_refusal({"client": self.client}, "handshake", int(status))

    def handle_parser_exception(self) -> None:
        """A frame that is too large, or none."""
        sent = self.conn.close_sent
        note_refusal({"client": self.client}, "frame", None if sent is None else int(sent.code))
        super().handle_parser_exception()
