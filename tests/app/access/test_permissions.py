"""The table of permissions is whole: no page, route or callback of the screens stands outside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.access import describe
from app.access.login import routes as signing_in
from app.access.permissions import ACTIONS, API, DOORS, PAGES, ROLES, SCREEN_ONLY, SIGNING_IN, door, may_do, may_open
from app.rest import _ROUTES
from app.settings import ROOT
from app.ui import shell

SCREENS = sorted((ROOT / "app" / "ui").glob("*.py"))
TRIGGERS = ("on_click", "on_change", "on_select", "on_submit")
GUARDS = ("guarded", "administrators_only")


def trees(paths: list[Path]) -> Iterator[tuple[str, ast.Module]]:
    for path in paths:
        yield path.stem, ast.parse(path.read_text(encoding="utf-8"))


def guarded_functions() -> Iterator[tuple[str, str]]:
    """Every callback with a guard of ``roles``: its name in the table, and which guard."""
    for module, tree in trees(SCREENS):
        for node in ast.walk(tree):
            for mark in getattr(node, "decorator_list", ()):
                if isinstance(mark, ast.Attribute) and mark.attr in GUARDS:
                    yield f"{module}.{node.name}", mark.attr  # type: ignore[attr-defined]


def callbacks() -> set[str]:
    """Every function handed to a widget, by its name in the table."""
    found = set()
    for module, tree in trees([*SCREENS, *sorted((ROOT / "pages").glob("*.py"))]):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for told in (keyword.value for keyword in call.keywords if keyword.arg in TRIGGERS):
                if isinstance(told, ast.Name):
                    found.add(f"{module}.{told.id}")
                elif isinstance(told, ast.Attribute):
                    found.add(f"{ast.unparse(told.value)}.{told.attr}")
                else:
                    assert isinstance(told, ast.Constant), f"{module}: {ast.unparse(told)} cannot be checked; name it"
    return found


def test_every_page_of_the_navigation_and_of_the_folder_is_in_the_table() -> None:
    in_folder = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert in_folder == {*shell.CARE, *shell.ADMINISTRATION}
    assert in_folder == set(PAGES), "add the page to PAGES of app/access/permissions.py, then make ACCES.md anew"


def test_every_page_listed_under_administration_is_the_administrators_alone() -> None:
    assert {name for name, roles in PAGES.items() if roles == {"administrateur"}} == set(shell.ADMINISTRATION)


def test_every_callback_of_the_screens_is_guarded_or_named_as_changing_its_own_screen_only() -> None:
    unknown = callbacks() - {name for name, _ in guarded_functions()} - SCREEN_ONLY
    assert not unknown, f"{unknown}: decorate with @roles.guarded and add to ACTIONS, or to SCREEN_ONLY if harmless"


def test_every_guarded_callback_is_in_the_table_with_the_roles_its_guard_lets_through() -> None:
    found = dict(guarded_functions())
    assert set(found) == set(ACTIONS), "ACTIONS of app/access/permissions.py and the guards of app/ui must agree"
    for name, guard in found.items():
        assert guard == "guarded" or ACTIONS[name] == {"administrateur"}


def test_a_callback_named_as_harmless_exists_and_bears_no_guard() -> None:
    assert callbacks() >= SCREEN_ONLY
    assert not SCREEN_ONLY & set(ACTIONS)


def test_every_route_of_ours_has_its_door_and_every_door_its_route() -> None:
    served = {(method, route.path) for route in (*_ROUTES, *signing_in()) for method in (route.methods or ())}
    assert {(told.method, told.path) for told in (*API, *SIGNING_IN)} == served - {
        (method, path) for method, path in served if method == "HEAD"
    }


@pytest.mark.parametrize("path", ["/nowhere", "/_stcore/agent", "/_stcore/metrics/x", "/triage", "/loginx", "/tri/x"])
def test_what_is_not_in_the_table_has_no_door(path: str) -> None:
    assert door("GET", path) is None


def test_a_door_matches_its_own_method_and_whole_path_only() -> None:
    assert door("GET", "/feedback/retrain/a") is not None
    assert door("GET", "/feedback/retrain/a/b") is None
    assert door("DELETE", "/feedback/retrain/a") is None
    assert door("HEAD", "/healthz") == door("GET", "/healthz")
    assert door("GET", "/static/js/a.b.js") is not None


def test_a_stranger_to_the_table_is_refused() -> None:
    for role in (*ROLES, None):
        assert not may_open("unknown", role)
        assert not may_do("unknown.action", role)
    assert not any(may_open(page, None) for page in PAGES)
    assert not any(told.roles - set(ROLES) for told in DOORS)


def test_the_written_table_is_fresh() -> None:
    assert describe.TARGET.read_text(encoding="utf-8") == describe.describe()
    assert describe.main(["--check"]) == 0
