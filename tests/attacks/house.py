"""A real server with accounts in its own process, and an attacker's client: exact bytes out, status and headers in."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.access.door import Access
from app.access.permissions import ROLES
from app.settings import ROOT, Settings

PASSWORD = "un mot de passe de test"  # noqa: S105 - of accounts that live as long as a test
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str:
        return next((value for told, value in self.headers if told == name), "")

    def cookie(self, name: str) -> str | None:
        """The value a ``Set-Cookie`` gives to a cookie."""
        jar: SimpleCookie = SimpleCookie()
        for told, value in self.headers:
            if told == "set-cookie":
                jar.load(value)
        return jar[name].value if name in jar else None


@dataclass
class House:
    """One server and the folder it stands on."""

    port: int
    folder: Path
    access: Access
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def raw(self, sent: bytes, wait_s: float = 10) -> bytes:
        """Send these bytes; all that comes back until the server closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait_s) as connection:
            connection.sendall(sent)
            return _received(connection)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = {}, as_role: str | None = None
    ) -> Reply:
        """One request; ``as_role`` adds the cookie of an open session of that role.

        Whatever is refused must have left one line in the log, with its status and where it came from.
        """
        before = self.log_size()
        reply = self._send(method, path, body, headers, as_role)
        if 400 <= reply.status < 500:
            told = refusals(self, before)
            assert [line["address"] for line in told] == ["127.0.0.1"], (method, path, reply.status)
            assert headers.get("Upgrade") or told[0]["status"] == reply.status
        return reply

    def log_size(self) -> int:
        """Where the log ends now."""
        return (self.folder / "server.log").stat().st_size

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str], as_role: str | None) -> Reply:
        told = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"}
        if body or method in ("POST", "PUT"):
            told["Content-Length"] = str(len(body))
        if as_role is not None:
            told["Cookie"] = f"{self.access.cookie_name}={self.cookie_of(as_role)}"
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (told | dict(headers)).items())]
        return parsed(self.raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body))

    def get(self, path: str, as_role: str | None = None, **headers: str) -> Reply:
        return self.send("GET", path, b"", {name.replace("_", "-"): value for name, value in headers.items()}, as_role)

    def post_json(self, path: str, body: object, as_role: str | None = None, **headers: str) -> Reply:
        told = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, json.dumps(body).encode(), told, as_role)

    def cookie_of(self, role: str) -> str:
        """An open session of this role, begun without the form; the form has its own tests."""
        if role not in self.cookies:
            account = self.access.accounts.find(role)
            assert account is not None
            self.cookies[role] = self.access.sessions.start(account)
        return self.cookies[role]

    def log_in(self, name: str, password: str = PASSWORD, cookie: str = "", next_page: str = "") -> Reply:
        """Fill in the form as a browser does."""
        return self.submit_form(name, password, *self.form(cookie, next_page), cookie=cookie, next_page=next_page)

    def form(self, cookie: str = "", next_page: str = "") -> tuple[str, str]:
        """The hidden value of a fresh form, and the cookie that goes with it."""
        page = self.get(f"/login?next={next_page}", Cookie=cookie)
        hidden = re.search(r'name="form" value="([^"]+)"', page.body)
        assert hidden is not None
        return hidden[1], page.cookie("medtriage_form") or ""

    def submit_form(
        self, name: str, password: str, hidden: str, nonce: str, cookie: str = "", next_page: str = "", **headers: str
    ) -> Reply:
        told = FORM | {"Cookie": f"medtriage_form={nonce}; {cookie}".rstrip("; ")} | headers
        typed = {"name": name, "password": password, "form": hidden, "next": next_page}
        return self.send("POST", "/login", urlencode(typed).encode(), told)

    def handshake(self, headers: Mapping[str, str] = {}, as_role: str | None = None) -> int:
        """The status of opening the WebSocket of the pages."""
        return self.send("GET", "/_stcore/stream", b"", UPGRADE | dict(headers), as_role).status


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def parsed(raw: bytes) -> Reply:
    """An HTTP answer in its parts; status 0 when the server closed without a word."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if not lines[0]:
        return Reply(0, (), "")
    pairs = (line.partition(":") for line in lines[1:])
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return Reply(int(lines[0].split()[1]), headers, body.decode("utf-8", "replace"))


def _received(connection: socket.socket) -> bytes:
    received = bytearray()
    try:
        while chunk := connection.recv(65_536):
            received += chunk
            if received.startswith(b"HTTP/1.1 101"):
                break
    except (TimeoutError, ConnectionResetError):
        pass  # what came before is the answer
    return bytes(received)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, module: str = "app.server", **variables: str) -> Iterator[House]:
    """A server in ``local`` with one account a role, named like the role; ended afterwards.

    ``module``: what is started; the real server, or the one with its limits of time made short.
    """
    port = int(variables.get("MEDTRIAGE_PORT") or free_port())
    own = {
        "MEDTRIAGE_AUTH": "local",
        "MEDTRIAGE_PORT": str(port),
        "MEDTRIAGE_DATA_DIR": str(folder / "data"),
        "MEDTRIAGE_MODELS_DIR": str(folder / "models"),
    } | variables
    (folder / "models" / "champion").mkdir(parents=True)
    access = Access(folder / "data" / "access", Settings(auth="local"))
    for role in ROLES:
        access.accounts.add(role, role, PASSWORD)
    with (folder / "server.log").open("wb") as log:
        command = [sys.executable, "-m", module]
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=log, stderr=log)
        try:
            house = House(port, folder, access)
            _wait(house, server)
            yield house
        finally:
            server.terminate()
            server.wait(20)


def _wait(house: House, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, house.log
        try:
            if house.get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def refusals(house: House, since: int = 0) -> list[dict[str, Any]]:
    """The refusals in the log, in order, from this place on."""
    log = (house.folder / "server.log").read_bytes()[since:].decode()
    lines = (line for line in log.splitlines() if line.startswith("{"))
    return [told for told in map(json.loads, lines) if told["event"] == "refused"]
