"""A ward's screens go dark at night with a page open: what its charts say is still read."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.access.permissions import FIRST_PAGE
from tests.app.browsing import a_page, post, running_server
from tests.app.test_browser_styles import a_verdict, become_administrator
from tests.app.test_ui_badge import contrast
from tests.builders import a_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
WORDS = "[...document.querySelectorAll('.js-plotly-plot text')].map(word => getComputedStyle(word).fill)"
PAPERS = """[...document.querySelectorAll('.js-plotly-plot .main-svg, .js-plotly-plot .bg')].map(paper =>
    getComputedStyle(paper)).flatMap(style => [style.backgroundColor, style.fillOpacity == 0 ? 'none' : style.fill])"""
PATIENCE_S = 15  # a look at the theme, and a page of charts drawn anew on a busy machine


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """An administrator's page by day, on a server with decisions and verdicts."""
    with running_server(tmp_path_factory.mktemp("dark")) as base, a_page("fr-FR", 1366, 900) as opened:
        for age in range(20, 80, 5):
            a_verdict(base, post(base, "/triage/predict", a_request(age=age)))
        opened.goto(f"{base}/{FIRST_PAGE}")
        become_administrator(opened)
        yield opened


def hexadecimal(colour: str) -> str:
    return "#" + "".join(f"{int(part):02X}" for part in re.findall(r"\d+", colour)[:3])


def least_contrast(page: Page) -> float:
    ground = hexadecimal(page.evaluate(GROUND))
    return min(contrast(hexadecimal(word), ground) for word in page.evaluate(WORDS))


@pytest.mark.parametrize("name", ["activite", "surveillance", "modele", "retours"])
def test_charts_are_read_after_the_screen_went_dark_and_light_again(page: Page, name: str) -> None:
    page.emulate_media(color_scheme="light")
    page.locator(f'[data-testid="stSidebarNav"] a[href$="/{name}"]').click()
    expect(page.locator(".js-plotly-plot text").first).to_be_visible()
    for scheme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=scheme)
        for _ in range(PATIENCE_S):
            page.wait_for_timeout(1000)
            if (least := least_contrast(page)) >= 4.5:
                break
        assert least >= 4.5, scheme
        assert set(page.evaluate(PAPERS)) <= {"rgba(0, 0, 0, 0)", "none", "rgb(0, 0, 0)"}


def test_an_unchanged_theme_runs_nothing_again(page: Page) -> None:
    page.evaluate("document.querySelector('.js-plotly-plot').dataset.marked = 'yes'")
    page.wait_for_timeout(5000)
    assert page.locator("[data-marked=yes]").count() == 1
