"""The desk on three sizes of screen in a real browser: everything in sight, the waiting room where there is room."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.ui.space import WIDE
from tests.app.browsing import a_page, running_server, waits
from tests.app.typing_hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOCK = ("118", "92/55", "24", "95", "37,2", "7", "15")
SIZES = {(1366, 768): 3, (1440, 900): 8, (1920, 1080): 14 - 3}
WAITING, LONG = 14, 3
WINDOWS = [*SIZES, (1800, 1000), (1920, 950)]
LONGEST = "Intoxication médicamenteuse"  # the criteria that take the most lines


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("layout")) as base:
        for _ in range(WAITING):
            waits(base)
        for _ in range(LONG):  # first in the room, and two lines each under the answer of a wide page
            waits(base, motif_id="douleur_thoracique_sca", frequence_cardiaque=118, pression_systolique=92)
        yield base


def open_desk(page: Page, base: str) -> Hands:
    page.goto(base)
    hands = Hands(page)
    hands.wait_for_focus("Motif, en quelques mots")
    return hands


def scrolls(page: Page) -> bool:
    high, seen = page.get_by_test_id("stMain").evaluate("main => [main.scrollHeight, main.clientHeight]")
    return bool(high > seen)


@pytest.mark.parametrize(("size", "most"), SIZES.items())
def test_the_waiting_room_takes_the_room_that_the_page_has(base: str, size: tuple[int, int], most: int) -> None:
    """The first test of the file: those below add patients."""
    with a_page("fr-FR", *size) as page:
        open_desk(page, base)
        expect(page.get_by_test_id("stMarkdown").filter(has_text="En attente").locator("img")).to_have_count(most)
        head = page.get_by_text("En attente").bounding_box()
        deed = page.get_by_role("button", name="Évaluer").bounding_box()
        assert head is not None
        assert deed is not None
        is_beside = head["x"] > deed["x"] + deed["width"]
        assert is_beside is (size[0] >= WIDE)


@pytest.mark.parametrize(("width", "height"), WINDOWS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_filled_desk_fits_without_scrolling(base: str, width: int, height: int, theme: str) -> None:
    with a_page("fr-FR", width, height) as page:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        hands = open_desk(page, base)
        assert not scrolls(page)
        hands.adult(*SHOCK)
        expect(page.get_by_text("Médecin < 20 min")).to_be_visible()
        assert not scrolls(page)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_longest_criteria_with_a_proposal_and_a_question_fit(base: str, width: int, height: int) -> None:
    with a_page("fr-FR", width, height) as page:
        open_desk(page, base)
        choice = page.get_by_role("combobox", name="Motif de la grille")
        choice.click()
        choice.fill(LONGEST)
        choice.press("Enter")
        page.get_by_label("T° (°C)", exact=True).fill("42,5")
        page.get_by_label("T° (°C)", exact=True).press("Tab")
        expect(page.get_by_text("Alt + O")).to_be_visible()
        assert page.get_by_role("button", name="Évaluer").is_visible()
        assert not scrolls(page)


@pytest.mark.parametrize(("motif", "n_asked"), [(LONGEST, 2), ("Traumatisme crânien", 3)])
def test_several_questions_at_once_do_not_scroll(base: str, motif: str, n_asked: int) -> None:
    with a_page("fr-FR", 1366, 768) as page:
        open_desk(page, base)
        choice = page.get_by_role("combobox", name="Motif de la grille")
        choice.click()
        choice.fill(motif)
        choice.press("Enter")
        for field, text in (("T° (°C)", "42,5"), ("FR (/min)", "62"), ("FC (/min)", "260"))[:n_asked]:
            page.get_by_label(field, exact=True).fill(text)
            page.get_by_label(field, exact=True).press("Tab")
        expect(page.locator("[class*=st-key-keep_]")).to_have_count(n_asked)
        assert not scrolls(page)


def test_at_twice_the_size_nothing_is_cut_off_sideways(base: str) -> None:
    with a_page("fr-FR", 683, 384) as page:
        hands = open_desk(page, base)
        hands.adult(*SHOCK)
        expect(page.get_by_role("button", name="Confirmer")).to_be_attached()
        wide, seen = page.get_by_test_id("stMain").evaluate("main => [main.scrollWidth, main.clientWidth]")
        assert wide <= seen
        for level in ("1 ■", "2 ▲", "3A ◆", "3B ◇", "4 ●", "5 ○"):
            shown = page.get_by_role("button", name=level).get_by_text(level, exact=True).bounding_box()
            assert shown is not None and shown["width"] > 15
