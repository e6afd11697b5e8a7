"""Every cell of the table on the screens: each page and each callback, for each role, with and without a session."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import wiring
from app.access.permissions import ACTIONS, PAGES, ROLES
from app.access.sessions import ENDED, Person, Standing
from app.settings import Settings
from app.ui import roles, state
from tests.pages.conftest import MAIN, said

SHUT = {"none": ENDED, "locked": Standing("locked", Person("alice", "administrateur"))}


class Sessions:
    """Answers as told, whatever the cookie: AppTest has no browser that could bring one."""

    def __init__(self) -> None:
        self.told = ENDED

    def standing(self, _cookie: str | None, _is_activity: bool = False) -> Standing:
        return self.told


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    (tmp_path / "models" / "champion").mkdir(parents=True)
    settings = Settings(auth="local", data_dir=tmp_path / "data", models_dir=tmp_path / "models")
    services, told = wiring.Services(settings), Sessions()
    services.access.sessions = told  # type: ignore[assignment]
    wiring.use(services)
    yield told
    wiring.use(None)


def opened(page: str) -> AppTest:
    screen = AppTest.from_file(str(MAIN), default_timeout=30)
    if page != "tri":
        screen.switch_page(f"../pages/{page}.py")
    screen.run()
    assert not screen.exception
    return screen


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_the_roles_of_the_table_only(sessions: Sessions, page: str, role: str) -> None:
    sessions.told = Standing("open", Person("alice", role))
    assert ("Page réservée" in said(opened(page))) == (role not in PAGES[page])


@pytest.mark.parametrize("shut", SHUT)
@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_anything_without_an_open_session(sessions: Sessions, page: str, shut: str) -> None:
    sessions.told = SHUT[shut]
    screen = opened(page)
    assert [title.value for title in screen.title] in (["Session terminée"], ["Session verrouillée"])
    assert not screen.button
    assert not screen.text_input


@pytest.mark.parametrize("role", [*ROLES, "none", "locked"])
@pytest.mark.parametrize("name", ACTIONS)
def test_a_callback_runs_for_the_roles_of_the_table_only(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, name: str, role: str
) -> None:
    monkeypatch.setattr(st, "session_state", {})
    sessions.told = SHUT.get(role) or Standing("open", Person("alice", role))
    done: list[str] = []
    roles.guarded(named(name, lambda: done.append(name)))()
    assert bool(done) == (role in ACTIONS[name])
    assert (state.NOTICE in st.session_state) == (not done)


def named(name: str, action: Callable[[], None]) -> Callable[[], None]:
    """A callback that bears the name of one of ours."""
    module, _, action.__qualname__ = name.partition(".")
    action.__module__ = f"app.ui.{module}"
    return action


def test_a_role_in_the_session_of_the_screen_gives_nothing_outside_demo(sessions: Sessions) -> None:
    sessions.told = Standing("open", Person("alice", "infirmier"))
    screen = AppTest.from_file(str(MAIN), default_timeout=30)
    screen.session_state[state.ROLE] = "administrateur"
    screen.switch_page("../pages/modele.py").run()
    assert "Page réservée" in said(screen)
    assert "Démonstration" not in said(screen)


def test_what_was_typed_when_the_session_locked_comes_back_to_its_owner_alone(sessions: Sessions) -> None:
    sessions.told = Standing("open", Person("alice", "infirmier"))
    screen = opened("tri")
    screen.text_input(key=state.AGE).set_value("65").run()
    sessions.told = Standing("locked", Person("alice", "infirmier"))
    screen.run()
    assert state.AGE not in screen.session_state
    sessions.told = Standing("open", Person("bob", "medecin"))
    assert opened("tri").text_input(key=state.AGE).value == ""
    sessions.told = Standing("open", Person("alice", "infirmier"))
    assert opened("tri").text_input(key=state.AGE).value == "65"


def test_a_verdict_from_the_screen_bears_the_person_signed_in(sessions: Sessions) -> None:
    from tests.pages.conftest import fill

    sessions.told = Standing("open", Person("alice", "infirmier"))
    screen = opened("tri")
    fill(screen, "douleur_thoracique_sca", "130/80", {})
    screen.button(key="tri_evaluate").click().run()
    screen.button(key="verdict_correct").click().run()
    assert [record.nurse_id for record in wiring.services().store.corrections(None)] == ["alice"]
