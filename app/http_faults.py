"""The one shape of a refusal on every route, and how a body is read before anyone believes it."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

MAX_BODY_BYTES = 64 * 1024
MAX_DISCARDED_BYTES = 32 * 1024 * 1024
DISCARDING_S = 2.0
_LONGEST_INTEGER = 18  # digits; a longer one is read as a float, which bounds then refuse as any other number
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Fault(Exception):
    """A refusal: an HTTP status and pairs of (field, message); never a patient's value."""

    status: int
    errors: tuple[tuple[str, str], ...]

    def response(self) -> JSONResponse:
        """The answer that tells it."""
        body = {"errors": [{"field": field, "message": message} for field, message in self.errors]}
        return JSONResponse(body, self.status)


def fault(status: int, field: str, message: str) -> Fault:
    """A refusal with one faulty field."""
    return Fault(status, ((field, message),))


def unprocessable(errors: Iterable[tuple[str, str]]) -> Fault:
    """422 with all faulty fields."""
    return Fault(422, tuple(errors))


async def read_json(request: Request) -> object:
    """The JSON of a request.

    Raises ``Fault``: 415 for another media type, 413 over 64 KiB (announced or not), 400 for what is not JSON in
    UTF-8, 422 for text that no file can hold (half a surrogate pair) and for a field told twice. ``NaN`` and
    infinities are let through as numbers, so that validation names the field they stand in.
    """
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        await _discard(request, request.stream())
        raise fault(415, "content-type", "must be application/json")
    body = await _read_capped(request)
    try:
        content: object = json.loads(body.decode("utf-8"), parse_int=_integer, object_pairs_hook=_once)
        broken = tuple(_unwritable(content, "")) if b"\\ud" in body.lower() else ()
    except (ValueError, RecursionError):  # nested too deep to be read is not JSON to us
        raise fault(400, "body", "is not JSON in UTF-8") from None
    if broken:
        raise unprocessable((field, "holds half a surrogate pair") for field in broken)
    return content


async def _read_capped(request: Request) -> bytes:
    too_large = fault(413, "body", f"is larger than {MAX_BODY_BYTES} bytes")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:12]) > MAX_BODY_BYTES:
        await _discard(request, request.stream())
        raise too_large
    body, stream = bytearray(), request.stream()
    try:
        async for chunk in stream:
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                await _discard(request, stream)
                raise too_large
    except ClientDisconnect:
        raise fault(400, "body", "ended before it was complete") from None
    return bytes(body)


async def _discard(request: Request, rest: AsyncIterator[bytes]) -> None:
    """Let a refused body go by, within reason: a client cut off while it sends never reads why it was refused."""
    if "expect" in request.headers:
        return  # it waits for our word before it sends
    left = MAX_DISCARDED_BYTES
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(DISCARDING_S):
            async for chunk in rest:
                left -= len(chunk)
                if left < 0:
                    return


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object as told. Two values for one field are a doubt, and nobody's choice: the last one is not taken."""
    told = dict(pairs)
    if len(told) < len(pairs):
        times = Counter(name for name, _ in pairs)
        raise unprocessable((name, "is told twice") for name in told if times[name] > 1)
    return told


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _unwritable(value: object, field: str) -> Iterator[str]:
    if isinstance(value, str) and _SURROGATE.search(value):
        yield field or "body"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unwritable(item, _within(field, str(index)))
    elif isinstance(value, dict):
        for key, item in value.items():
            if _SURROGATE.search(key):
                yield field or "body"
            yield from _unwritable(item, _within(field, key))


def _within(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
