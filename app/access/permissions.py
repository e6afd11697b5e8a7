"""Who may do what: the one table from which pages, callbacks and routes are guarded, and ``data/ACCES.md`` is written.

Whatever is not in it is refused. A test fails when a page, a route or a callback of the screens is missing here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

NURSE, PHYSICIAN, ADMINISTRATOR = "infirmier", "medecin", "administrateur"
ROLES = (NURSE, PHYSICIAN, ADMINISTRATOR)
SCOPES = ("predict", "feedback", "stats", "retrain")  # what a machine's token may be made for
EVERYONE = frozenset(ROLES)
ADMINISTRATORS = frozenset({ADMINISTRATOR})
NOBODY: frozenset[str] = frozenset()

FIRST_PAGE = "tri"  # shown at /
PAGES: Mapping[str, frozenset[str]] = {
    "tri": EVERYONE,
    "file_active": EVERYONE,
    "activite": EVERYONE,
    "retours": EVERYONE,
    "regles": EVERYONE,
    "aide": EVERYONE,
    "modele": ADMINISTRATORS,
    "reentrainement": ADMINISTRATORS,
    "donnees": ADMINISTRATORS,
    "surveillance": ADMINISTRATORS,
    "arbitrage": ADMINISTRATORS,
    "journal": ADMINISTRATORS,
}

# Callbacks that read or change something beyond their own screen, as ``module.function`` of ``app/ui``.
ACTIONS: Mapping[str, frozenset[str]] = {
    "judging.evaluate": EVERYONE,
    "judging.undo": EVERYONE,
    "verdict._submit": EVERYONE,
    "waiting_view._end": EVERYONE,
    "waiting_view._undo": EVERYONE,
    "model_view._promote": ADMINISTRATORS,
    "model_view._roll_back": ADMINISTRATORS,
    "training_view._start": ADMINISTRATORS,
    "training_view._cancel": ADMINISTRATORS,
    "import_view._receive": ADMINISTRATORS,
    "import_view._start": ADMINISTRATORS,
    "import_view._train_on": ADMINISTRATORS,
    "adjudication_view._decide": ADMINISTRATORS,
    "adjudication_view._settle": ADMINISTRATORS,
    "override_view._override": ADMINISTRATORS,
    "keeping_view.check_now": ADMINISTRATORS,
    "switch_view._turn_off": ADMINISTRATORS,
    "switch_view._turn_on": ADMINISTRATORS,
    "trial_view._start": ADMINISTRATORS,
    "trial_view._stop": ADMINISTRATORS,
    "watch_view._acknowledge": ADMINISTRATORS,
}

# Callbacks that change nothing but the screen of their own session, or hand on to one of the above.
SCREEN_ONLY = frozenset(
    {
        "access_view._sign_out",
        "focus.on",
        "guide._go_to",
        "judging.next_patient",
        "motif._choose",
        "motif._settle",
        "proposals._tick",
        "quick_line._confirm",
        "quick_line._discard",
        "quick_line._forget_history",
        "shell._say_choices_again",
        "understood._keep",
        "understood._use",
        "verdict._confirm",
        "verdict._name_level",
        "verdict._open",
        "verdict._record",
        "waiting_view._ask_leaving",
    }
)


@dataclass(frozen=True)
class Door:
    """One route: ``{name}`` in its path stands for one segment, a last ``*`` for any rest.

    ``roles`` come in with the cookie of a session, ``scope`` names the token of a machine that does (``None``: none
    does); a public door is open to all. A locked session keeps the doors that a screen needs to say that it is locked.
    """

    method: str
    path: str
    roles: frozenset[str] = EVERYONE
    scope: str | None = None
    is_public: bool = False
    opens_locked: bool = False

    def leads(self, method: str, path: str) -> bool:
        """Whether this door is the one for a request."""
        return self.method == method and re.fullmatch(_pattern(self.path), path) is not None


def _pattern(path: str) -> str:
    escaped = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(path))
    return re.sub(r"\\\*$", ".*", escaped)


def _public(method: str, path: str) -> Door:
    return Door(method, path, is_public=True)


API = (
    _public("GET", "/healthz"),
    Door("POST", "/triage/predict", EVERYONE, "predict"),
    Door("POST", "/triage/extract", EVERYONE, "predict"),
    Door("POST", "/feedback/submit", EVERYONE, "feedback"),
    Door("GET", "/feedback/stats", EVERYONE, "stats"),
    Door("GET", "/feedback/count", EVERYONE, "stats"),
    Door("POST", "/feedback/retrain", ADMINISTRATORS, "retrain"),
    Door("GET", "/feedback/retrain/{job_id}", ADMINISTRATORS, "retrain"),
)
SIGNING_IN = (
    _public("GET", "/login"),
    _public("POST", "/login"),
    _public("POST", "/logout"),
    _public("GET", "/setup"),
    _public("POST", "/setup"),
    _public("GET", "/oidc/login"),
    _public("GET", "/oidc/callback"),
)
STREAMLIT = (
    Door("WEBSOCKET", "/_stcore/stream", opens_locked=True),
    Door("GET", "/_stcore/health", opens_locked=True),
    Door("GET", "/_stcore/host-config", opens_locked=True),
    Door("GET", "/_stcore/metrics", NOBODY),
    Door("PUT", "/_stcore/upload_file/*", ADMINISTRATORS),  # kept in memory, and only page Données takes a file
    Door("DELETE", "/_stcore/upload_file/*", ADMINISTRATORS),
    Door("OPTIONS", "/_stcore/upload_file/*", ADMINISTRATORS),
    Door("GET", "/media/*"),
    Door("GET", "/static/*", opens_locked=True),
    Door("GET", "/favicon.png"),
    Door("GET", "/frame.js"),
    Door("GET", "/"),
)
_SHELL = tuple(
    Door("GET", f"/{name}") for name in PAGES if name != FIRST_PAGE
)  # an empty frame; the script behind the WebSocket fills it
DOORS = (*API, *SIGNING_IN, *STREAMLIT, *_SHELL)


def door(method: str, path: str) -> Door | None:
    """The door of a request; ``None`` when there is none, which is a refusal. HEAD looks through the door of GET."""
    asked = "GET" if method == "HEAD" else method
    return next((known for known in DOORS if known.leads(asked, path)), None)


def methods(path: str) -> frozenset[str]:
    """The methods of the doors at a path."""
    return frozenset(known.method for known in DOORS if known.leads(known.method, path))


def may_open(page: str, role: str | None) -> bool:
    """Whether a role may see a page; a page that is not in the table is nobody's."""
    return role in PAGES.get(page, NOBODY)


def may_do(action: str, role: str | None) -> bool:
    """Whether a role may run a callback; one that is not in the table is nobody's."""
    return role in ACTIONS.get(action, NOBODY)
