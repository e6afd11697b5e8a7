"""Hands faster than the page: keys pressed without looking land where they would on a page that answers at once."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.app.browsing import a_page, running_server_process
from tests.app.test_browser import SHOCK
from tests.app.typing_hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TYPED = {"Âge": "65"} | SHOCK
SLOWER = 8  # times, as a station of ten years beside this one


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with running_server_process(tmp_path_factory.mktemp("haste")) as served:
        yield served


def slowed(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def opened(page: Page, base: str) -> Hands:
    hands = Hands(page)
    page.goto(base)
    hands.wait_for_focus("Motif, en quelques mots")
    return hands


def expect_everything_in_its_field(page: Page) -> None:
    for label, text in TYPED.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(text)
    expect(page.get_by_role("radio", name="F", exact=True)).to_be_checked()


def test_a_whole_row_typed_without_looking_on_a_slow_station_lands_in_its_fields(served: tuple[str, int]) -> None:
    with a_page("fr-FR") as page:
        hands = opened(page, served[0])
        slowed(page)
        hands.begin()
        hands.who()
        hands.type(*list(TYPED.values())[1:])
        expect_everything_in_its_field(page)
        hands.press("Control+Enter")
        expect(page.get_by_text("Médecin < 20 min")).to_be_visible()


def test_a_whole_row_typed_while_the_server_answers_nothing_lands_in_its_fields(served: tuple[str, int]) -> None:
    base, server = served
    with a_page("fr-FR") as page:
        hands = opened(page, base)
        slowed(page)
        hands.begin()
        os.kill(server, signal.SIGSTOP)
        try:
            hands.who()
            hands.type(*list(TYPED.values())[1:])
            hands.press("Control+Enter")
            expect_everything_in_its_field(page)
        finally:
            os.kill(server, signal.SIGCONT)
        expect(page.get_by_text("Médecin < 20 min")).to_be_visible()
        expect_everything_in_its_field(page)


def never_ending(socket: WebSocketRoute) -> None:
    """Everything the server draws arrives, but no run of its script ever ends: what it draws no more stays, stale."""
    server = socket.connect_to_server()
    socket.on_message(server.send)
    server.on_message(lambda told: None if has_ended(told) else socket.send(told))


def has_ended(told: str | bytes) -> bool:
    return isinstance(told, bytes) and ForwardMsg.FromString(told).WhichOneof("type") == "script_finished"


def test_proposals_that_are_gone_are_in_nobodys_way_before_the_run_has_ended(served: tuple[str, int]) -> None:
    with a_page("fr-FR") as page:
        page.route_web_socket("**/_stcore/stream", never_ending)
        hands = opened(page, served[0])
        hands.begin()
        hands.who()
        hands.type(*list(TYPED.values())[1:])
        expect_everything_in_its_field(page)


def the_sex(page: Page) -> Locator:
    return page.get_by_role("radio", name="F", exact=True)


def a_criterion(page: Page) -> Locator:
    return page.get_by_role("button", name="ECG anormal, aspect typique de SCA")


def the_next_patient(page: Page) -> Locator:
    return page.get_by_role("button", name="Patient suivant")


@pytest.mark.parametrize("where", [the_sex, a_criterion, the_next_patient])
def test_the_answer_is_asked_for_and_confirmed_from_anywhere_and_nothing_else_is_chosen(
    served: tuple[str, int], where: Callable[[Page], Locator]
) -> None:
    with a_page("fr-FR") as page:
        hands = opened(page, served[0])
        hands.begin()
        hands.who()
        hands.type("88", "120/80")
        where(page).focus()
        hands.press("Control+Enter")
        expect(page.get_by_text("PROVISOIRE")).to_be_visible()
        hands.confirm()
        expect(the_sex(page)).to_be_checked()
        expect(page.locator("[aria-pressed=true]")).to_have_count(0)
        expect(page.get_by_label("FC (/min)", exact=True)).to_have_value("88")


def test_asking_for_the_answer_from_a_sex_not_yet_chosen_chooses_none(served: tuple[str, int]) -> None:
    with a_page("fr-FR") as page:
        hands = opened(page, served[0])
        page.get_by_label("Âge", exact=True).fill("65")
        hands.press("Tab")
        expect(the_sex(page)).to_be_focused()
        hands.press("Control+Enter")
        expect(page.get_by_text("Évaluation refusée")).to_be_visible()
        expect(page.get_by_role("radio", checked=True)).to_have_count(0)
