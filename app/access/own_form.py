"""A form that only its own page can send: what it carries, and what is believed of what comes back."""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.access.door import Access
from app.access.form_page import form, language_of, page
from app.refusals import note_refusal

MAX_FORM_BYTES = 8 * 1024
FORM_COOKIE = "medtriage_form"
FORM_S = 3600
_FORM_TYPE = "application/x-www-form-urlencoded"


def form_page(
    request: Request, access: Access, title: str, said: str, action: str, fields: str, button: str, status: int
) -> Response:
    """A form and the cookie that goes with it: one without the other is refused."""
    nonce, language = secrets.token_urlsafe(24), language_of(request)
    hidden = {"form": access.seal("form").sign(nonce), "next": request.query_params.get("next", "")[:40]}
    target = f"{action}?lang={language}"
    answer = page(request, title, said, form(target, language, hidden, fields, button), status)
    answer.set_cookie(
        FORM_COOKIE, nonce, max_age=FORM_S, path="/", httponly=True, samesite="strict", secure=access.options.has_tls
    )
    return answer


async def read_form(request: Request, access: Access) -> Mapping[str, str] | None:
    """What was typed; ``None`` for a form that is too large, of another type, or not from our own page."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM_TYPE:
        return None
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                return None
        told = parse_qs(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=10)
    except (ClientDisconnect, ValueError):
        return None
    typed = {name: values[0] for name, values in told.items() if len(values) == 1}
    nonce = await run_in_threadpool(access.seal("form").open, typed.get("form", ""), FORM_S)
    is_ours = nonce is not None and secrets.compare_digest(nonce, request.cookies.get(FORM_COOKIE, ""))
    if not is_ours:
        note_refusal(request.scope, "form", 400)
    return typed if is_ours else None
