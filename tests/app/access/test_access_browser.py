"""A browser over a server with accounts: the lock, the draft, the take-over; nothing blocked, nobody else asked."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.access.permissions import FIRST_PAGE, PAGES
from tests.app.browsing import a_page
from tests.app.test_browser import SHOCK, enter_patient, name_a_lower_level
from tests.attacks.house import PASSWORD, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WATCH = """import os, sys
def note(event, told):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        with open(os.environ["WATCHED"], "a", encoding="utf-8") as log:
            log.write(repr((event, told[1] if event != "socket.getaddrinfo" else told[0])) + chr(10))
sys.addaudithook(note)
note("socket.getaddrinfo", ("localhost",))
"""
LOCAL = ("127.0.0.1", "localhost", "'/", "::1", "None")


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Identifiant").fill(name)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def test_a_shared_station_locks_keeps_the_draft_for_its_owner_and_obeys_a_revocation(tmp_path: Path) -> None:
    with serving(tmp_path, MEDTRIAGE_IDLE_MINUTES="0.15") as house, a_page("fr-FR") as page:
        page.goto(house.origin)
        sign_in(page, "infirmier")
        page.get_by_label("FC (/min)").fill("118")
        page.keyboard.press("Tab")
        expect(page.get_by_text("118 /min").or_(page.get_by_text("118\u202f/min")).first).to_be_visible()
        expect(page.get_by_text("Session verrouillée")).to_be_visible(timeout=45_000)
        assert "118" not in page.content()
        page.get_by_role("link", name="Déverrouiller ou changer d’utilisateur").click()
        expect(page.get_by_label("Identifiant")).to_have_value("infirmier")
        sign_in(page, "medecin")
        expect(page.get_by_label("FC (/min)")).to_have_value("")
        page.get_by_role("button", name="Se déconnecter").click()
        page.get_by_role("link", name="Se connecter").click()
        sign_in(page, "infirmier")
        expect(page.get_by_label("FC (/min)")).to_have_value("118")
        house.access.accounts.disable("infirmier")
        expect(page.get_by_text("Session terminée")).to_be_visible(timeout=60_000)


def test_no_page_has_a_console_error_and_neither_browser_nor_server_asks_an_outside_host(tmp_path: Path) -> None:
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    watched = {"PYTHONPATH": str(tmp_path / "watch"), "WATCHED": str(tmp_path / "connections.txt")}
    errors, hosts = [], set()
    with serving(tmp_path, **watched) as house, a_page("fr-FR") as page:
        page.on("console", lambda told: errors.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda asked: hosts.add(asked.url.split("/")[2]) if asked.url.startswith("http") else None)
        page.on("websocket", lambda opened: hosts.add(opened.url.split("/")[2]))
        page.goto(house.origin)
        sign_in(page, "administrateur")
        enter_patient(page, SHOCK)
        expect(page.get_by_text("Médecin < 20 min")).to_be_visible()
        name_a_lower_level(page)
        for name in PAGES:
            page.goto(f"{house.origin}/{'' if name == FIRST_PAGE else name}")
            expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
            page.wait_for_timeout(500)
    assert errors == []
    assert hosts == {f"127.0.0.1:{house.port}"}
    asked = (tmp_path / "connections.txt").read_text("utf-8").splitlines()
    assert asked, "the watch saw nothing, not even the start of the server"
    assert [line for line in asked if not any(local in line for local in LOCAL)] == []
