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
from starlette.middleware import Middleware

from app import wiring
from app.guards import LoopbackGuard, SecurityHeaders
from app.logs import configure_logs, log_event, log_fault
from app.rest import routes
from app.settings import ROOT, Settings, SettingsError, servable_settings
from app.watch_thread import watching_in_background

MAIN_PAGE = Path(__file__).with_name("main.py")
WRONG_USAGE = 2


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    configure_logs()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    with watching_in_background(wiring.services):
        yield


def _warm_up() -> None:
    try:
        wiring.services().warm_up()
        wiring.services().verify_on()
    except Exception as broken:
        log_fault("warm_up_failed", broken)  # the server still answers, and tells what is wrong, request by request


def build_app() -> st.App:
    """The whole application. Raises ``SettingsError`` for settings it must not be served with."""
    servable_settings()
    # ``streamlit run`` finds this file by reading for an ``app = st.App(...)``; what it imports is the one below.
    app = st.App(
        MAIN_PAGE,
        routes=routes(),
        middleware=[Middleware(SecurityHeaders), Middleware(LoopbackGuard)],
        lifespan=_lifespan,
    )
    return app


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
        ws="websockets-sansio",
        access_log=False,
        log_config=None,
        proxy_headers=False,  # the guard reads them itself, and believes none that opens a door
        server_header=False,
    )
    print(f"MedTriage: http://{f'[{host}]' if ':' in host else host}:{settings.port}", flush=True)
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
