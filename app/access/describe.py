"""Writes ``data/ACCES.md``, who may do what, from the table of permissions; ``--check`` says whether it is fresh.

python -m app.access.describe [--check]
"""

import sys
from collections.abc import Iterable

from app.access.permissions import ACTIONS, API, PAGES, ROLES, SCREEN_ONLY, SIGNING_IN, STREAMLIT, Door
from app.settings import ROOT

TARGET = ROOT / "data" / "ACCES.md"
_HEAD = """# Qui peut quoi

Écrit par `python -m app.access.describe` d'après `app/access/permissions.py`, la table que le code applique ; ne pas
modifier ici. Ce qui n'est pas dans la table est refusé. Une page, une route ou un rappel d'écran absent de la table
fait échouer un test, et chaque case ci-dessous est essayée par un test (`make attacks`).

« oui » : permis à une session ouverte de ce rôle. Sans session : redirection vers la page de connexion, 401 ou 403.
"""


def describe() -> str:
    """The whole file."""
    pages = ((f"`/{name}`", roles, "—") for name, roles in PAGES.items())
    actions = ((f"`{name}`", roles, "—") for name, roles in ACTIONS.items())
    parts = (
        _HEAD,
        "## Pages\n",
        _table("page", pages),
        "## Actions des écrans (revérifiées dans chaque rappel)\n",
        _table("rappel", actions),
        f"Ne changent que leur propre écran : {', '.join(f'`{name}`' for name in sorted(SCREEN_ONLY))}.\n",
        "## Routes HTTP\n",
        _table("route", (_row(door) for door in (*API, *SIGNING_IN))),
        "## Ce que les écrans demandent au serveur\n",
        _table("route", (_row(door) for door in STREAMLIT)),
    )
    return "\n".join(parts)


def _row(door: Door) -> tuple[str, frozenset[str] | None, str]:
    return f"`{door.method} {door.path}`", None if door.is_public else door.roles, door.scope or "—"


def _table(what: str, rows: Iterable[tuple[str, frozenset[str] | None, str]]) -> str:
    lines = [f"| {what} | sans session | {' | '.join(ROLES)} | portée du jeton |", f"|---{'|---' * (len(ROLES) + 2)}|"]
    for name, roles, scope in rows:
        cells = ["oui" if roles is None or role in roles else "non" for role in ROLES]
        lines.append(f"| {name} | {'oui' if roles is None else 'non'} | {' | '.join(cells)} | {scope} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with ``--check`` only say whether it is fresh."""
    written = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    if "--check" not in arguments:
        TARGET.write_text(describe(), encoding="utf-8")
    elif written != describe():
        print(f"{TARGET.name} is stale: python -m app.access.describe", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
