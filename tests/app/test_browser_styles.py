"""No page, in either theme, writes a style or a script that the policy does not know."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from app.access.permissions import PAGES
from app.ui.words import WORDS
from tests.app.browsing import CHROMIUM, FLAGS, post, running_server
from tests.app.test_shelf import a_challenger
from tests.builders import a_request

pytestmark = pytest.mark.browser
TELL = """document.addEventListener("securitypolicyviolation", found => window.tell(JSON.stringify(
    [found.effectiveDirective, (found.sourceFile || "").split("/").pop(), found.sample, location.pathname])))"""
HARMLESS = "script-src"  # one file asks whether WebAssembly is there, and goes on without


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with decisions and verdicts, so that charts and tables are drawn."""
    folder = tmp_path_factory.mktemp("styles")
    a_challenger(folder / "models", 2)
    with running_server(folder) as address:
        for age in range(20, 80, 5):
            a_verdict(address, post(address, "/triage/predict", a_request(age=age)))
        yield address


def a_verdict(address: str, decision: dict[str, object]) -> None:
    told = {"prediction_id": decision["prediction_id"], "original_gravity": decision["gravity_level"]}
    kind = "correct" if decision["gravity_level"] == "ROUGE" else "upgrade"
    said = {"feedback_type": kind, "corrected_gravity": "ROUGE", "missed_symptoms": [], "patient_features": {}}
    post(address, "/feedback/submit", told | said)


@pytest.fixture(params=["light", "dark"])
def page(base: str, request: pytest.FixtureRequest) -> Iterator[tuple[Page, list[list[str]]]]:
    """An administrator's page of one theme, and what the policy refused in it so far."""
    refused: list[list[str]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--lang=fr-FR"])
        context = browser.new_context(
            locale="fr-FR", color_scheme=request.param, viewport={"width": 1366, "height": 900}
        )
        context.expose_function("tell", lambda told: refused.append(json.loads(told)))
        context.add_init_script(TELL)
        shown = context.new_page()
        shown.goto(f"{base}/tri")
        become_administrator(shown)
        yield shown, refused
        browser.close()


def become_administrator(page: Page) -> None:
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    page.wait_for_timeout(1500)
    page.keyboard.press("Escape")  # the guide of a first visit
    if page.get_by_role("dialog").count():
        page.get_by_role("dialog").get_by_role("button").last.click()
    page.locator(".st-key-role input").click()
    page.get_by_role("option", name=WORDS["role.administrateur"]).click()
    expect(page.locator('[data-testid="stSidebarNav"] a[href$="/journal"]')).to_be_visible()


def styles(refused: list[list[str]]) -> list[list[str]]:
    return [told for told in refused if told[0] != HARMLESS]


def test_no_style_is_refused_on_any_page(page: tuple[Page, list[list[str]]]) -> None:
    shown, refused = page
    drawn = 0
    for name in PAGES:
        link = shown.locator(f'[data-testid="stSidebarNav"] a[href$="/{name}"]')
        if not link.count():
            continue  # opened from another page, never from the sidebar
        link.click()
        expect(shown.get_by_role("heading").first).to_be_visible()
        shown.wait_for_timeout(1500)
        drawn += shown.locator(".js-plotly-plot, [data-testid=stDataFrame]").count()
    assert drawn >= 10
    assert styles(refused) == []


def test_a_style_that_nobody_knows_is_refused(page: tuple[Page, list[list[str]]]) -> None:
    shown, refused = page
    shown.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=evil style=\"color:red\">x</p>')")
    shown.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: '#evil{top:1px}'}))"
    )
    shown.wait_for_timeout(300)
    assert {told[0] for told in styles(refused)} == {"style-src-attr", "style-src-elem"}
    assert shown.evaluate("getComputedStyle(document.getElementById('evil')).color") != "rgb(255, 0, 0)"
