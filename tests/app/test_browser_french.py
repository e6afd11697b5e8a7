"""No stray English on a French screen, whatever the browser's language; what Streamlit itself says is named here."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from app.ui.shell import ADMINISTRATION, CARE
from tests.app.browsing import a_page, running_server
from tests.app.test_browser import SHOCK, choose, enter_patient
from tests.app.test_browser_axe import opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ENGLISH = re.compile(
    r"\b(the|and|with|this|that|you|your|choose|option|select|press|click|loading|running|download|upload|browse|"
    r"drag|drop|search|show|hide|open|close|clear|results?|empty|error|warning|patients waiting|language)\b",
    re.IGNORECASE,
)
# Streamlit 1.67's own words, out of reach of labels and configuration; read aloud, hardly seen.
STREAMLITS_OWN = (
    "Skip to main content",
    "English",
    "Open",
    "Clear value",
    "Upload",
    "1MB per file",
    "Browse files",
    "upload",
    "file upload",
)
SEEN = "document.querySelector('[data-testid=stApp]').innerText"
TOLD = """[...document.querySelectorAll('[aria-label],[placeholder],[title]')].flatMap(
    e => [e.getAttribute('aria-label'), e.getAttribute('placeholder'), e.getAttribute('title')]).filter(Boolean)"""
# Parts of Streamlit's own frame that a screen reader names in English.
FRAMES = re.compile(
    r"^(Sidebar|App pages|upload|file upload|Close|Download as CSV.*|Search.*|Show/hide columns.*|Shortcut .*|Open|"
    r"Clear value|Close sidebar|Collapse sidebar|Fullscreen|.*chart.*)$"
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("french")) as address:
        yield address


def stray(page: Page) -> list[str]:
    """Every line of the page, seen or told to a screen reader, that holds an English word."""
    lines = str(page.evaluate(SEEN)).splitlines() + list(page.evaluate(TOLD))
    foreign = {line.strip() for line in lines if ENGLISH.search(line)}
    return sorted(line for line in foreign if not line.startswith(STREAMLITS_OWN) and not FRAMES.match(line))


@pytest.mark.parametrize("locale", ["fr-FR", "en-US"])
def test_a_french_screen_speaks_french_in_any_browser(base: str, locale: str) -> None:
    found: dict[str, list[str]] = {}
    with a_page(locale) as page:
        opened(page, base, "")
        enter_patient(page, SHOCK)
        page.wait_for_timeout(2000)
        found["answer"] = stray(page)
        for name in CARE:
            opened(page, base, name)
            found[name] = stray(page)
        choose(page, "Rôle", "Administrateur")
        for name in ADMINISTRATION:
            page.locator(f"a[href$='/{name}']").first.click()
            page.wait_for_timeout(1500)
            found[name] = stray(page)
    assert "; ".join(f"{name}: {line}" for name, lines in found.items() for line in lines) == ""
