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
HEAD = "F 82 TC sous Eliquis TA 16/8 FC 78 FR 16 sat 97 T 36,8 EVA 0 G15"
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


FIELDS = {"T° (°C)": "39", "Motif, en quelques mots": "douleur thoracique", "Cas": "Box 3", "Ligne rapide": "H 65 DT"}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("waited_ms", [0, 500])
def test_what_is_being_typed_when_the_next_patient_is_called_stays_with_this_one(
    served: tuple[str, int], field: str, waited_ms: int
) -> None:
    with a_page("fr-FR") as page:
        hands = opened(page, served[0])
        page.get_by_label("FC (/min)", exact=True).fill("88")
        page.get_by_label(field, exact=True).focus()
        hands.type(FIELDS[field])
        page.wait_for_timeout(waited_ms)
        hands.press("Alt+n")
        expect(page.get_by_label("FC (/min)", exact=True)).to_have_value("")
        hands.wait_for_focus("Motif, en quelques mots")
        page.wait_for_timeout(1_500)
        expect(page.get_by_label(field, exact=True)).to_have_value("")


@pytest.mark.parametrize("waited_ms", [0, 500, 1_200])
def test_a_level_is_never_confirmed_over_a_value_typed_since(served: tuple[str, int], waited_ms: int) -> None:
    with a_page("fr-FR") as page:
        hands = opened(page, served[0])
        hands.adult(*SHOCK.values())
        hands.see_answer()
        page.get_by_label("FC (/min)", exact=True).focus()
        hands.press("Control+a")
        hands.type("138")
        page.wait_for_timeout(waited_ms)
        hands.press("Alt+Enter")
        expect(page.get_by_text("réévaluer").first).to_be_visible()
        page.wait_for_timeout(1_500)
        expect(page.get_by_text("Noté")).to_have_count(0)


def test_a_key_held_down_is_one_press(served: tuple[str, int]) -> None:
    with a_page("fr-FR") as page:
        hands = opened(page, served[0])
        page.get_by_label("Ligne rapide", exact=True).fill(HEAD)
        expect(page.get_by_text("Compris")).to_be_visible()
        hands.press("Alt+v")
        expect(page.get_by_label("Ligne rapide", exact=True)).to_have_value("")
        expect(page.get_by_text("Traitement anticoagulant").first).to_be_visible()
        hands.press("Control+Enter")
        hands.see_answer()
        page.keyboard.down("Alt")
        for _ in range(40):
            page.keyboard.down("Enter")  # again while it is down: the browser's own repetition
            page.wait_for_timeout(50)
        page.keyboard.up("Enter")
        page.keyboard.up("Alt")
        expect(page.get_by_text("est-il absent")).to_be_visible()
        expect(page.get_by_text("Noté")).to_have_count(0)
        hands.press("Alt+Enter")
        expect(page.get_by_text("Noté")).to_be_visible()
