"""The plain HTML of signing in: no script, one style known by its hash, every word escaped."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.ui.words import sentence

LANGUAGES = ("fr", "en")
_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 "Liberation Sans", Arial, Helvetica, sans-serif; margin: 0; background: #F1F4F7; color: #1B2228 }
main { max-width: 24rem; margin: 12vh auto 0; padding: 1.5rem; background: #FFF; border: 1px solid #7C8791 }
h1 { font-size: 1.4rem; margin: 0 0 .25rem }
label { display: block; margin-top: .9rem }
input { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; border: 1px solid #7C8791;
  margin-top: .2rem; background: #FFF; color: #1B2228 }
button, .button { display: block; box-sizing: border-box; width: 100%; margin-top: 1.2rem; padding: .6rem;
  font: inherit; cursor: pointer; text-align: center;
  text-decoration: none; background: #1F5A8C; color: #FFF; border: 1px solid #1F5A8C }
.said { border-left: 4px solid #B3261E; padding-left: .6rem }
.note { font-size: .9rem; margin: .6rem 0 0 }
footer { max-width: 24rem; margin: .8rem auto; font-size: .9rem }
a { color: #1F5A8C }
@media (prefers-color-scheme: dark) {
  body { background: #14191E; color: #EEF2F5 } main { background: #1F262D } a { color: #8FC3F0 }
  input { background: #14191E; color: #EEF2F5 }
}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",  # with no-referrer a browser sends a form with "Origin: null"
}


def language_of(request: Request) -> str:
    """``?lang=`` if told, else English for a browser that prefers it, else French."""
    told = request.query_params.get("lang")
    if told in LANGUAGES:
        return told
    preferred = request.headers.get("accept-language", "")[:2].lower()
    return preferred if preferred in LANGUAGES else "fr"


def say(language: str, key: str, **values: object) -> str:
    """A sentence, ready for HTML: what a stranger typed may stand in it."""
    return escape(sentence(key, language).replace("'", "’").format(**values))


def field(language: str, key: str, name: str, value: str = "", kind: str = "text", complete: str = "off") -> str:
    """One labelled field of a form."""
    focus = "" if value else " autofocus" if name in ("name", "token") else ""
    return (
        f'<label>{say(language, key)}<input name="{name}" type="{kind}" value="{escape(value)}" required'
        f' maxlength="256" autocomplete="{complete}" autocapitalize="none" spellcheck="false"{focus}></label>'
    )


def form(action: str, language: str, hidden: Mapping[str, str], fields: str, button: str) -> str:
    """A form that goes to one of our own doors."""
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items())
    return f'<form method="post" action="{action}">{kept}{fields}<button>{say(language, button)}</button></form>'


def page(request: Request, title: str, said: str, body: str, status: int = 200) -> HTMLResponse:
    """The whole page; ``said`` and ``body`` are HTML already."""
    language = language_of(request)
    other = "en" if language == "fr" else "fr"
    told = f'<p class="said" role="alert">{said}</p>' if said else ""
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>MedTriage · {say(language, title)}'
        f'</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head><body><main><h1>MedTriage</h1>'
        f'<p class="note">{say(language, title)}</p>{told}{body}</main>'
        f'<footer><a href="{escape(str(request.scope["path"]))}?lang={other}" hreflang="{other}" lang="{other}">'
        f"{say(language, 'access.other_language')}</a></footer></body></html>"
    )
    return HTMLResponse(html, status, HEADERS)
