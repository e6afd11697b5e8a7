"""axe-core on every page and state, light and dark: nothing of ours violates WCAG 2.2 A or AA; what is Streamlit's own
and out of our reach is named here, node by node."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.ui.shell import ADMINISTRATION, CARE
from tests.app.browsing import a_page, running_server
from tests.app.test_browser import SHOCK, choose, enter_patient, name_a_lower_level

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# (rule, a mark in the element's own HTML): Streamlit 1.67's own.
STREAMLITS_OWN = (
    ("list", 'data-testid="stSidebarNavItems"'),  # its navigation puts headings among the items of a list
    ("listitem", "<li class="),  # the same list
    ("color-contrast", "<kbd "),  # the shortcut written on a button
    ("target-size", 'aria-label="Clear value"'),  # the cross that empties a list; a key does the same
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("axe")) as address:
        yield address


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with a_page("fr-FR") as opened:
        opened.emulate_media(color_scheme=request.param)
        yield opened


def violations_of_ours(page: Page) -> list[str]:
    """Each violating element of ours, as ``rule: html``."""
    page.wait_for_timeout(800)  # charts and lists are still being drawn; axe looks at what is there
    found = Axe().run(page, options=RULES).response["violations"]
    nodes = [(violation["id"], node) for violation in found for node in violation["nodes"]]
    return [f"{rule}: {node['html'][:200]}" for rule, node in nodes if not _is_streamlits(rule, node)]


def _is_streamlits(rule: str, node: dict[str, Any]) -> bool:
    return any(rule == known and mark in node["html"] for known, mark in STREAMLITS_OWN)


def opened(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/{name}")
    expect(page.get_by_role("main").or_(page.locator("section.main, [data-testid=stMain]")).first).to_be_visible()
    expect(page.get_by_text("Aide à la décision, non marqué CE").first).to_be_visible()
    page.wait_for_timeout(1200)


@pytest.mark.parametrize("name", CARE)
def test_a_nurses_page_has_no_violation_of_ours(page: Page, base: str, name: str) -> None:
    opened(page, base, name)
    assert violations_of_ours(page) == []


@pytest.mark.parametrize("name", ADMINISTRATION)
def test_an_administrators_page_has_no_violation_of_ours(page: Page, base: str, name: str) -> None:
    opened(page, base, name)
    assert violations_of_ours(page) == [], "refused to a nurse"
    choose(page, "Rôle", "Administrateur")
    page.wait_for_timeout(1500)
    assert violations_of_ours(page) == []


def _answered(page: Page) -> None:
    enter_patient(page, SHOCK)
    expect(page.get_by_text("Médecin < 20 min")).to_be_visible()


def _stale(page: Page) -> None:
    _answered(page)
    page.get_by_label("FC (/min)", exact=True).fill("90")
    page.keyboard.press("Tab")
    expect(page.get_by_text("réévaluer").first).to_be_visible()


def _refused(page: Page) -> None:
    page.get_by_label("FC (/min)", exact=True).fill("abc")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Sexe").first).to_be_visible()


def _lowering(page: Page) -> None:
    _answered(page)
    name_a_lower_level(page)


def _ticked(page: Page) -> None:
    choice = page.get_by_role("combobox", name="Motif de la grille")
    choice.click()
    choice.fill("Traumatisme crânien")
    choice.press("Enter")
    page.get_by_text("Traitement anticoagulant").first.click()
    expect(page.get_by_text("cochés : 1")).to_be_visible()


@pytest.mark.parametrize(
    "reach", [_answered, _stale, _refused, _lowering, _ticked], ids=lambda f: f.__name__.strip("_")
)
def test_each_state_of_the_answer_has_no_violation_of_ours(
    page: Page, base: str, reach: Callable[[Page], None]
) -> None:
    opened(page, base, "")
    reach(page)
    assert violations_of_ours(page) == []
