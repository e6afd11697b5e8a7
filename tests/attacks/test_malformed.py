"""What is no HTTP, no handshake, no frame, or JSON made to hurt: refused, and each refusal in the log."""

import json

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app.access.patience import LARGEST_MESSAGE
from tests.attacks.conftest import Noted
from tests.attacks.house import FORM, JSON, UPGRADE, House
from tests.builders import a_request

pytestmark = pytest.mark.slow
HOST = b"Host: 127.0.0.1\r\n"
NOT_HTTP = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length not a number": b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: +1\r\n\r\na",
    "unknown transfer": b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "folded name": b"GET / HTTP/1.1\r\n" + HOST + b"X : y\r\n\r\n",
    "null in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "space in the path": b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
    "head without end": b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 200_000,
}


@pytest.mark.attack("smuggled request")
@pytest.mark.parametrize("kind", NOT_HTTP)
def test_what_is_not_http_is_refused_and_noted(house: House, noted: Noted, kind: str) -> None:
    assert house.raw(NOT_HTTP[kind], 5)[:12] in (b"HTTP/1.1 400", b"")
    assert noted.reasons() == ["not_http"]


@pytest.mark.attack("smuggled request")
def test_a_second_request_hidden_in_a_body_has_no_session_of_the_first(house: House, noted: Noted) -> None:
    hidden = b"GET /feedback/count HTTP/1.1\r\n" + f"Host: 127.0.0.1:{house.port}\r\n\r\n".encode()
    cookie = f"Cookie: medtriage_session={house.cookie_of('infirmier')}\r\n".encode()
    head = (
        f"POST /triage/predict HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nContent-Type: application/json\r\n".encode()
    )
    both = head + cookie + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden
    assert b'"count"' not in house.raw(both, 2)
    assert "session" in noted.reasons() or "not_http" in noted.reasons()


@pytest.mark.attack("broken handshake")
@pytest.mark.parametrize("lacking", ["Sec-WebSocket-Version", "Sec-WebSocket-Key"])
def test_a_handshake_that_is_none_is_refused_and_noted(house: House, noted: Noted, lacking: str) -> None:
    told = {name: value for name, value in UPGRADE.items() if name != lacking} | {"Origin": house.origin}
    assert house.send("GET", "/_stcore/stream", b"", told, "infirmier").status in (400, 426)
    assert noted.reasons() == ["handshake"]


@pytest.mark.attack("oversized frame")
@pytest.mark.parametrize("compression", [None, "deflate"])
def test_a_message_over_the_websocket_is_refused_above_a_limit(
    house: House, noted: Noted, compression: str | None
) -> None:
    headers = {"Cookie": f"medtriage_session={house.cookie_of('infirmier')}"}
    address = f"ws://127.0.0.1:{house.port}/_stcore/stream"
    opening = connect(address, origin=house.origin, additional_headers=headers, compression=compression)  # type: ignore[arg-type]
    with opening as socket, pytest.raises(ConnectionClosed):
        socket.send(b"\x00" * (LARGEST_MESSAGE + 1))
        while True:
            socket.recv(timeout=10)
    assert noted.reasons() == ["frame"]


DEEP = b"[" * 30_000
ODD = {
    "deep": (DEEP, 400),
    "deep object": (b'{"a":' * 10_000, 400),
    "not UTF-8": (b'{"age": "\xff"}', 400),
    "half of it": (b'{"age": 65, "sexe": "M"', 400),
    "an age of 60,000 digits": (b'{"age": ' + b"9" * 60_000 + b"}", 422),
    "an age of 1e999": (b'{"age": 1e999, "sexe": "M", "constantes": {}}', 422),
    "not a number": (b'{"age": NaN, "sexe": "M", "constantes": {}}', 422),
    "a list": (b"[]", 422),
    "half a pair": (b'{"age": 65, "sexe": "\\ud800", "constantes": {}}', 422),
    "an age told twice": (b'{"age": 65, "age": 5, "sexe": "M", "constantes": {}}', 422),
    "a vital told twice": (
        b'{"age": 65, "sexe": "M", "constantes": {"glasgow": 3, "glasgow": 15}}',
        422,
    ),
}


@pytest.mark.attack("JSON made to hurt")
@pytest.mark.parametrize("kind", ODD)
def test_json_made_to_hurt_is_refused_and_noted_without_what_it_said(house: House, noted: Noted, kind: str) -> None:
    body, status = ODD[kind]
    assert house.send("POST", "/triage/predict", body, JSON, "infirmier").status == status
    assert noted.reasons() == ["malformed" if status == 400 else "content"]
    assert "9999999" not in house.log


@pytest.mark.attack("wrong media type or method")
def test_a_wrong_type_and_a_wrong_method_are_noted(house: House, noted: Noted) -> None:
    body = json.dumps(a_request()).encode()
    assert house.send("POST", "/triage/predict", body, FORM, "infirmier").status == 415
    assert house.send("GET", "/triage/predict", as_role="infirmier").status == 405
    assert house.send("POST", "/feedback/submit", b"{}", JSON, "infirmier").status == 422
    assert noted.reasons() == ["media_type", "method", "content"]
