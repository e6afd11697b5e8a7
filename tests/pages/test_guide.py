"""The guided first visit and the help page: offered, never in the way, complete."""

from streamlit.testing.v1 import AppTest

from app.ui import state
from tests.pages.conftest import said
from tests.pages.test_other_pages import open_page


def test_the_visit_is_offered_walks_four_steps_and_is_gone(screen: AppTest) -> None:
    assert "Première visite" in said(screen)
    for place in range(1, 5):
        screen.button(key="guide_next").click().run()
        assert f"Étape {place} sur 4" in said(screen)
    screen.button(key="guide_next").click().run()
    assert "Étape" not in said(screen) and "Première visite" not in said(screen)


def test_the_visit_is_skipped_with_one_click_and_leaves_the_form_alone(screen: AppTest) -> None:
    screen.text_input(key=state.AGE).set_value("65").run()
    screen.button(key="guide_next").click().run()
    screen.button(key="guide_skip").click().run()
    assert "Étape" not in said(screen)
    assert screen.text_input(key=state.AGE).value == "65"


def test_the_help_page_tells_keys_levels_and_limits(screen: AppTest) -> None:
    open_page(screen, "aide")
    words = said(screen)
    for told in (
        "Ctrl+Entrée",
        "Alt+V",
        "NM : non mesurable",
        "GRIS · non urgent",
        "non marqué CE",
        "Médecin < 240 min",
    ):
        assert told in words
    assert "+Enter" not in words
