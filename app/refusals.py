"""Every refusal leaves one line in the log: why, with what status, to which address; nothing of what was sent."""

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import log_event

ADDRESS = "medtriage.address"  # where the guard leaves the client's address, a trusted proxy heard
_NOTED = "medtriage.refusal_noted"
_REASONS = {
    400: "malformed", 403: "forbidden", 404: "unknown", 405: "method", 409: "busy", 413: "too_large",
    415: "media_type", 422: "content", 429: "attempts",
}  # fmt: skip


def note_refusal(scope: Scope, reason: str, status: int | None, **fields: str) -> None:
    """Note why a request is refused; the answer with its status is then not noted a second time."""
    scope[_NOTED] = True
    log_event("refused", reason=reason, status=status, address=sent_from(scope), **fields)


def sent_from(scope: Scope) -> str:
    """Where a request comes from, as far as is known yet."""
    client: Any = scope.get("client")
    return str(scope.get(ADDRESS) or (client[0] if client else ""))


class NoteRefusals:
    """Notes the refusals that nobody inside has noted: whatever answers 4xx, Streamlit's own routes included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the status of each answer; the frames of a page, a hundred a rerun, pass by."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start" and 400 <= message["status"] < 500 and not scope.get(_NOTED):
                status = int(message["status"])
                note_refusal(scope, _REASONS.get(status, "refused"), status)
            await send(message)

        await self._app(scope, receive, send_and_note)
