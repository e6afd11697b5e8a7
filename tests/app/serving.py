"""The real routes behind the real guards on a free loopback port, and a client that can misbehave."""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app.guards import LoopbackGuard, SecurityHeaders
from app.rest import routes
from tests.builders import a_request

JSON_TYPE = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """A status, the headers by small letters, and the body read as JSON (``None`` when it is not)."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def fields(self) -> set[str]:
        """The faulty fields of a refusal; fails for a body of any other shape."""
        assert set(self.body) == {"errors"}
        assert all(set(error) == {"field", "message"} and error["message"] for error in self.body["errors"])
        return {error["field"] for error in self.body["errors"]}


class Client:
    """Speaks to one port."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        """One request, exactly as told; an iterator is sent in chunks without a length."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, dict(headers))
            reply = connection.getresponse()
            raw = reply.read()
        finally:
            connection.close()
        told = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(reply.status, told, _json_or_none(raw))

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, content: object) -> Answer:
        """JSON in UTF-8; NaN and infinities as Python writes them."""
        return self.send("POST", path, json.dumps(content).encode(), JSON_TYPE)


def _json_or_none(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


@contextmanager
def served() -> Iterator[Client]:
    """Our routes and guards under uvicorn in a thread; Streamlit's own pages are not there."""
    app = Starlette(routes=routes(), middleware=[Middleware(SecurityHeaders), Middleware(LoopbackGuard)])
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield Client(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)


def a_prediction(client: Client, **changes: object) -> dict[str, Any]:
    answer = client.post("/triage/predict", a_request(**changes))
    assert answer.status == 200
    told: dict[str, Any] = answer.body
    return told


def a_verdict(prediction: dict[str, Any], **changes: object) -> dict[str, Any]:
    gravity = prediction["gravity_level"]
    told = {"prediction_id": prediction["prediction_id"], "original_gravity": gravity, "corrected_gravity": gravity}
    return told | {"feedback_type": "correct", "missed_symptoms": [], "patient_features": {}} | changes
