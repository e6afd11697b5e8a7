"""The server: pages and routes in one process, behind the same guards, however it is started.

``python -m app.server`` and ``medtriage serve`` use our settings; ``streamlit run app/server.py`` and ``uvicorn
app.server:app`` serve the same application, guards included.
"""

import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import uvicorn
from google.protobuf.message import DecodeError
from starlette.middleware import Middleware
from streamlit.config import set_option
from streamlit.proto.BackMsg_pb2 import BackMsg

from app import wiring
from app.access import frame, login
from app.access.middleware import AccessGuard
from app.access.patience import LARGEST_MESSAGE, BodyDeadline, NotedWebSocket, PatientProtocol
from app.guards import LoopbackGuard, SecurityHeaders
from app.logs import configure_logs, log_event, log_fault
from app.refusals import NoteRefusals
from app.rest import routes
from app.screen import ScreenSize
from app.settings import ROOT, Settings, SettingsError, servable_settings
from app.station import StationCookie
from app.watch_thread import watching_in_background

MAIN_PAGE = Path(__file__).with_name("main.py")
WRONG_USAGE = 2


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    configure_logs()
    _invite_first_administrator()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    with watching_in_background(wiring.services):
        yield


def _invite_first_administrator() -> None:
    """Print the one-time token of a server that has no administrator yet; it stands in no log and no file."""
    services = wiring.services()
    token = services.access.accounts.invite_first() if services.settings.auth == "local" else None
    if token is not None:
        print(f"No administrator yet. One-time token for /setup, good for a day: {token}", flush=True)


def _warm_up() -> None:
    try:
        wiring.services().warm_up()
        wiring.services().verify_on()
    except Exception as broken:
        log_fault("warm_up_failed", broken)  # the server still answers, and tells what is wrong, request by request


def build_app() -> st.App:
    """The whole application. Raises ``SettingsError`` for settings it must not be served with."""
    settings = servable_settings()
    set_option("server.allowedHosts", list(settings.host_names))
    configure_logs()  # reading its settings, Streamlit has given the loggers handlers of its own
    # ``streamlit run`` finds this file by reading for an ``app = st.App(...)``; what it imports is the one below.
    app = st.App(
        MAIN_PAGE,
        routes=[*routes(), *frame.routes(), *(() if settings.auth == "demo" else login.routes())],
        middleware=[
            Middleware(SecurityHeaders, has_tls=settings.has_tls),
            Middleware(NoteRefusals),
            Middleware(BodyDeadline),
            _guard(settings),
            Middleware(StationCookie),
            Middleware(ScreenSize),
        ],
        lifespan=_lifespan,
    )
    return app


def _guard(settings: Settings) -> Middleware:
    if settings.auth == "demo":
        return Middleware(LoopbackGuard)
    return Middleware(AccessGuard, access=lambda: wiring.services().access, is_activity=_is_activity)


def _is_activity(frame: bytes) -> bool:
    """Whether a person made the browser send this; what a fragment sends by its clock keeps no session open."""
    told = BackMsg()
    try:
        told.ParseFromString(frame)
    except DecodeError:
        return False
    return told.WhichOneof("type") == "rerun_script" and not told.rerun_script.is_auto_rerun


def main() -> int:
    """Serve until stopped; 2 for settings that cannot be used, 1 when the port is taken."""
    try:
        settings = servable_settings()
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_USAGE
    return _serve(settings)


def _serve(settings: Settings) -> int:
    configure_logs()
    wiring.use(wiring.Services(settings))
    os.chdir(ROOT)  # where Streamlit looks for .streamlit/config.toml; our own folders are absolute by now
    host = settings.host.strip("[]")
    config = uvicorn.Config(
        build_app(),
        host=host,
        port=settings.port,
        workers=1,  # sessions live in the process
        ws_per_message_deflate=False,  # the station is near: compressing costs more than sending
        loop="uvloop",  # a rerun hands the loop a hundred messages; waking it is a system call with asyncio's own
        http=PatientProtocol,
        ws=NotedWebSocket,
        ws_max_size=LARGEST_MESSAGE,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        access_log=False,
        log_config=None,
        proxy_headers=False,  # the guard reads them itself, and believes none that opens a door
        server_header=False,
    )
    scheme = "http" if settings.tls_cert is None else "https"
    print(f"MedTriage: {scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}", flush=True)
    log_event("serving", host=settings.host, port=settings.port)
    server = uvicorn.Server(config)
    try:
        server.run()
    except KeyboardInterrupt:
        return 0
    except SystemExit:  # uvicorn's way of saying that the port is taken; it has logged which
        return 1
    return 0 if server.started else 1


def __getattr__(name: str) -> st.App:
    """``app``, built when a server asks for it: reading a setting must not build a server."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        globals()["app"] = build_app()
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(WRONG_USAGE)
    found: st.App = globals()["app"]
    return found


if __name__ == "__main__":
    sys.exit(main())
