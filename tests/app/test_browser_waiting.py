"""Two screens on one waiting room: what one does the other shows within two seconds, and nobody's typing is lost."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.browsing import a_page, post, running_server
from tests.builders import a_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def waits(base: str) -> str:
    """A patient triaged through the routes and confirmed by a nurse; returns the decision's id."""
    decision = post(base, "/triage/predict", a_request(saturation_oxygene=91))
    gravity = decision["gravity_level"]
    post(
        base,
        "/feedback/submit",
        {
            "prediction_id": decision["prediction_id"],
            "original_gravity": gravity,
            "corrected_gravity": gravity,
            "feedback_type": "correct",
        },
    )
    return str(decision["prediction_id"])


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
        expect(page.get_by_text("Alt+N").first).to_be_visible()
        page.goto(f"{base}/file_active")
        expect(page.get_by_text("1 patient attend")).to_be_visible()
        expect(page.get_by_text("2 évaluations")).to_be_visible()
