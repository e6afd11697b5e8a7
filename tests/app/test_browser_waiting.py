"""Two screens on one waiting room: what one does the other shows within two seconds, and nobody's typing is lost."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.browsing import a_page, running_server, waits
from tests.builders import a_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_both_screens_follow_within_two_seconds_and_typing_stays(tmp_path: Path) -> None:
    with running_server(tmp_path) as base, a_page("fr-FR") as board:
        board.goto(f"{base}/file_active")
        expect(board.get_by_text("Personne n’attend")).to_be_visible()
        desk = board.context.browser.new_page(locale="fr-FR")
        desk.goto(base)
        desk.get_by_label("Âge", exact=True).press_sequentially("6")
        waits(base)
        started = time.monotonic()
        expect(board.get_by_text("1 patient attend")).to_be_visible(timeout=2_000)
        assert time.monotonic() - started < 2
        desk.get_by_label("Âge", exact=True).press_sequentially("5")
        assert desk.get_by_label("Âge", exact=True).input_value() == "65"
        other = board.context.browser.new_page(locale="fr-FR")
        other.goto(f"{base}/file_active")
        other.get_by_role("button", name="Pris en charge").click()
        expect(board.get_by_text("Personne n’attend")).to_be_visible(timeout=2_000)


def test_a_patient_looked_at_again_opens_the_form_with_what_was_measured_before(tmp_path: Path) -> None:
    with running_server(tmp_path) as base, a_page("fr-FR") as page:
        waits(base)
        page.goto(f"{base}/file_active")
        page.get_by_role("button", name="Réévaluer").click()
        expect(page.get_by_label("Âge", exact=True)).to_have_value(str(a_request()["age"]))
        expect(page.get_by_text("avant 91")).to_be_visible()
        page.get_by_label("SpO₂ (%)", exact=True).fill("97")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("button", name="Confirmer")).to_be_visible()
        page.goto(f"{base}/file_active")
        expect(page.get_by_text("1 patient attend")).to_be_visible()
        expect(page.get_by_text("2 évaluations")).to_be_visible()
