"""The frame of the pages: Streamlit's own, told once where its server is.

Opened at ``/regles`` it would first ask ``/regles/_stcore/health`` whether the server is there, and the browser would
note two errors for what is none. The script is a file of ours, so that the policy needs no exception.
"""

from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.access.permissions import FIRST_PAGE, PAGES

SCRIPT_PATH = "/frame.js"
_SCRIPT = 'window.__streamlit = { BACKEND_BASE_URL: window.location.origin + "/" };\n'
_BEFORE = "<title>"


def routes() -> list[Route]:
    """One route a page, and the script; none when Streamlit's page is not as we know it."""
    frame = _frame()
    if frame is None:
        return []

    async def answer(_request: Request) -> Response:
        return HTMLResponse(frame, headers={"cache-control": "no-cache"})

    async def script(_request: Request) -> Response:
        return Response(_SCRIPT, media_type="text/javascript")

    return [Route(SCRIPT_PATH, script, methods=["GET"])] + [
        Route(f"/{name}", answer, methods=["GET"]) for name in PAGES if name != FIRST_PAGE
    ]


def _frame() -> str | None:
    streamlit = find_spec("streamlit")
    if streamlit is None or streamlit.origin is None:
        return None
    page = (Path(streamlit.origin).parent / "static" / "index.html").read_text(encoding="utf-8")
    if page.count(_BEFORE) != 1:
        return None
    return page.replace(_BEFORE, f'<script src="{SCRIPT_PATH}"></script>\n    {_BEFORE}').replace(
        '<html lang="en">', '<html lang="fr">'
    )
