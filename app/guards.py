"""Who may talk to us: pure ASGI middleware, so that it covers the WebSocket of the pages as well as REST."""

import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.access.loopback import is_loopback
from app.refusals import note_refusal

Message = MutableMapping[str, Any]  # the ASGI specification's own shape
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_POLICY_VIOLATION = 1008

LANGUAGE_SCRIPT = "document.documentElement.lang = '{code}'"  # see ``app/ui/shell.py``
FOCUS_SCRIPT = """(() => {
const carry = event => {
if (!event.isTrusted || event.key !== "Enter" || !(event.ctrlKey || event.altKey)) return;
if (!event.target.matches("button, [type=radio], [type=checkbox]")) return;
event.stopImmediatePropagation(); event.preventDefault();
const { key, code, ctrlKey, altKey } = event;
document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, ctrlKey, altKey, bubbles: true }));
};
const settle = event => {
if (!event.isTrusted || !(event.altKey || (event.ctrlKey && event.key === "Enter"))) return;
if (event.repeat) { event.stopImmediatePropagation(); event.preventDefault(); }
else if (event.altKey && event.target.matches("[type=text]") && !"touvklgpx".includes(event.key.toLowerCase()))
{ event.target.blur(); if (!"nz".includes(event.key.toLowerCase())) event.target.focus(); }
};
const keyOf = name => document.querySelector(`.st-key-${name} :is(input, button)`);
const help = event => {
if (!event.isTrusted || event.altKey || event.metaKey) return;
const proposed = document.querySelectorAll("[class*=st-key-tri_candidate_] button");
const sexes = document.querySelectorAll(".st-key-tri_sexe [type=radio]");
const { key, code, ctrlKey } = event;
if (key === "Tab") proposed.forEach(button => { button.tabIndex = -1; });
else if (ctrlKey && proposed[code.slice(-1) - 1] && code.startsWith("Digit")) setTimeout(() => {
const age = keyOf("tri_age");
if (age && !age.value) age.focus();
});
else if (!ctrlKey && event.target.matches(".st-key-tri_sexe [type=radio]")) {
const chosen = sexes[{ f: 0, m: 1, h: 1, a: 2, o: 2 }[key.toLowerCase()]];
if (chosen) { event.preventDefault(); chosen.focus(); chosen.click(); }
}
};
if (!window.medtriageCarries) {
window.medtriageCarries = true;
for (const hear of [settle, carry, help]) addEventListener("keydown", hear, true);
let held = null, lost = null;
addEventListener("focusin", event => { held = event.target; });
setInterval(() => {
const place = held && held.disabled && held.closest("[class*=st-key-]");
if (place) lost = /st-key-([^ ]+)/.exec(place.className)[1];
const field = lost && keyOf(lost);
if (!field || field.disabled) return;
if (document.activeElement === document.body) field.focus();
lost = null;
}, 300);
}
const until = Date.now() + 5000;
const seek = () => {
const mark = document.querySelector("[data-focus]");
if (!mark || (mark.dataset.gently === "1" && document.activeElement !== document.body)) return;
const field = keyOf(mark.dataset.focus);
if (field && !field.disabled) {
field.focus();
if (mark.dataset.focus === "protocols_asked") setTimeout(() => field.select(), 50);
} else if (Date.now() < until) setTimeout(seek, 30);
};
seek();
})()"""  # see ``app/ui/focus.py``
_LANGUAGES = ("fr", "en")
_STYLES = (  # all that the pages of this Streamlit put into the document as text; rules go in through CSSOM
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",  # nothing: the sheet that emotion and plotly fill
    "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='",  # react-aria: touch-action of what can be pressed
    "'sha256-2GF9hCGTDj/GGFNlQA54jDdMGl2fvoeZmZjAvBSiAtM='",  # maplibre inside plotly, put there at import
    "'unsafe-hashes' 'sha256-AR/cKIZjWPcPmBUPDA6oti9XBiTbJvz0Cro2J1VzzS8='",  # plotly: an attribute, image-rendering
)
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _content_security_policy() -> str:
    """Scripts and styles from files of this server, and the few inline ones we know by their hash."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in _inline_scripts())
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}",
            f"style-src 'self' {' '.join(_STYLES)}",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _inline_scripts() -> Iterator[str]:
    """Those of Streamlit's own page, read from the installed version, and ours."""
    streamlit = find_spec("streamlit")
    if streamlit is not None and streamlit.origin is not None:
        page = Path(streamlit.origin).parent / "static" / "index.html"
        yield from _INLINE_SCRIPT.findall(page.read_text(encoding="utf-8"))
    yield from (LANGUAGE_SCRIPT.format(code=code) for code in _LANGUAGES)
    yield FOCUS_SCRIPT


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), usb=(), payment=(), display-capture=()"),
    (b"content-security-policy", _content_security_policy().encode()),
)


STAY_ON_TLS = (b"strict-transport-security", b"max-age=31536000")


class LoopbackGuard:
    """Answers 403 to any client that is not loopback and to any foreign ``Host`` or ``Origin``.

    The mode ``demo`` has no login: this is what keeps it on one machine, however the server was started. A client
    behind a proxy of this machine counts as the address the proxy names.
    """

    _standing = 0

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.stands()

    @classmethod
    def stands(cls) -> None:
        """Say that this process has a guard before its pages."""
        LoopbackGuard._standing += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it before anything of it is read."""
        fault = _foreign(scope) if scope["type"] in ("http", "websocket") else None
        if fault is None:
            await self._app(scope, receive, send)
            return
        note_refusal(scope, fault, 403)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "forbidden"})
        else:
            await _forbid(fault, send)


class SecurityHeaders:
    """Adds the headers a browser needs to refuse framing, sniffing, and foreign scripts; over TLS, to stay there."""

    def __init__(self, app: ASGIApp, has_tls: bool = False) -> None:
        self._app = app
        self._headers = (*SECURITY_HEADERS, *((STAY_ON_TLS,) if has_tls else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what the answer does not carry yet."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message.get("headers", ())}
                added = [header for header in self._headers if header[0] not in present]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def may_show_pages(address: str | None) -> bool:
    """Whether pages may be shown by a server that listens on ``address`` (``None``: on every address).

    Only ``streamlit run app/main.py`` leaves the guard out; then the address must be loopback.
    """
    return LoopbackGuard._standing > 0 or (address is not None and is_loopback(address))


def _foreign(scope: Scope) -> str | None:
    """The part of a request that comes from elsewhere (``client``, ``host``, ``origin``), ``None`` if none does."""
    client = scope.get("client")
    if client is None or not is_loopback(str(client[0])):
        return "client"
    if not all(is_loopback(address) for address in _forwarded_for(scope)):
        return "client"
    hosts = list(_header(scope, b"host"))
    if not hosts or not all(_HOST.fullmatch(host) for host in hosts):
        return "host"
    if not all(_ORIGIN.fullmatch(origin) for origin in _header(scope, b"origin")):
        return "origin"
    return None


def _header(scope: Scope, name: bytes) -> Iterator[str]:
    return (value.decode("latin-1").strip() for key, value in scope["headers"] if key.lower() == name)


def _forwarded_for(scope: Scope) -> Iterator[str]:
    """Every address a proxy names; one we cannot read is foreign."""
    for name in (b"x-forwarded-for", b"x-real-ip"):
        for value in _header(scope, name):
            yield from (address.strip() for address in value.split(","))
    yield from _header(scope, b"forwarded")


async def _forbid(field: str, send: Send) -> None:
    message = "demo answers this machine only (loopback client, Host and Origin)"
    body = json.dumps({"errors": [{"field": field, "message": message}]}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
