"""The quick line on the triage page: proposes, waits for the nurse, then fills the form and nothing else."""

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.ui import state
from app.ui.quick_line import form_values
from tests.app.assistant import an_assistant, saying
from tests.pages.conftest import MAIN, said
from tests.triage_core.extraction.reading import read
from triage_core.features import MAX_TEXT

LINE = "H 65 DT TA 14/9 FC 110 EVA 12 un peu pâle. ATCD HTA, FA"


def typed(screen: AppTest, line: str = LINE) -> AppTest:
    screen.text_input(key=state.QUICK_LINE).set_value(line).run()
    assert not screen.exception
    return screen


def field(screen: AppTest, name: str) -> str:
    return str(screen.text_input(key=state.of_feature(name)).value or "")


def test_before_the_key_the_line_is_read_aloud_and_the_form_stays_empty(screen: AppTest) -> None:
    typed(screen)
    assert "**FC 110 /min** ← « FC 110 »" in said(screen)
    assert "**PAS 140 mmHg, PAD 90 mmHg** ← « TA 14/9 »" in said(screen)
    assert "« EVA 12 » (hors limites) · « un peu pâle »" in said(screen)
    assert field(screen, "frequence_cardiaque") == "" and screen.text_input(key=state.AGE).value == ""


def test_one_key_fills_the_form_empties_the_line_and_keeps_the_rest_visible(screen: AppTest) -> None:
    typed(screen).button(key="quick_fill").click().run()
    assert (field(screen, "frequence_cardiaque"), screen.text_input(key=state.PRESSURE).value) == ("110", "140/90")
    assert screen.session_state[state.MOTIF] == "douleur_thoracique_sca"
    assert screen.text_input(key=state.QUICK_LINE).value == ""
    assert "un peu pâle" in said(screen) and "Antécédents : HTA, FA" in said(screen)


def test_the_history_goes_into_the_record_until_it_is_removed(screen: AppTest, services: wiring.Services) -> None:
    typed(screen).button(key="quick_fill").click().run()
    screen.button(key="tri_evaluate").click().run()
    decision = screen.session_state[state.JUDGED].decision
    kept = services.store.decision(decision.prediction_id)
    assert kept is not None and "HTA" in str(kept.features["antecedents"]) and "FA" in str(kept.features["antecedents"])
    screen.button(key="quick_history_clear").click().run()
    assert "Antécédents" not in said(screen)


def test_a_discarded_line_fills_nothing(screen: AppTest) -> None:
    typed(screen).button(key="quick_discard").click().run()
    assert field(screen, "frequence_cardiaque") == ""
    assert screen.text_input(key=state.QUICK_LINE).value == ""


def test_the_next_patient_starts_without_the_line_of_the_one_before(screen: AppTest) -> None:
    typed(screen).button(key="quick_fill").click().run()
    screen.button(key="tri_next").click().run()
    assert "un peu pâle" not in said(screen) and "Antécédents" not in said(screen)


def test_a_line_without_a_value_cannot_be_confirmed_and_says_so(screen: AppTest) -> None:
    typed(screen, "zzz")
    assert screen.button(key="quick_fill").disabled
    assert "Rien de compris" in said(screen)


def test_a_line_that_is_too_long_is_not_read(screen: AppTest) -> None:
    typed(screen, "FC 110 " * MAX_TEXT)
    assert "texte trop long" in said(screen)
    assert not [button for button in screen.button if button.key == "quick_fill"]


def test_words_of_a_note_cannot_format_the_page(screen: AppTest) -> None:
    typed(screen, "FC 110 [a](http://x) **gras** :red[b]")
    assert r"a\]\(http" in said(screen) and r"\*\*gras\*\*" in said(screen)


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("bébé de 3 mois", state.AGE, "3 mois"),
        ("F 18 mois", state.AGE, "18 mois"),
        ("bébé 3 sem", state.AGE, "21 jours"),
        ("garçon 2 ans et demi", state.AGE, "2 ans 6 mois"),
        ("H 65", state.AGE, "65"),
        ("dextro 3,5", state.of_feature("glycemie"), "3,5"),
        ("dextro 3,5 g/L", state.of_feature("glycemie"), "3,5 g/L"),
        ("glycémie 20 mmol/L", state.of_feature("glycemie"), "3,604 g/L"),
        ("hyperglycémie dextro HI", state.of_feature("glycemie"), "HI"),
        ("glycémie LO sueurs", state.of_feature("glycemie"), "LO"),
        ("PAS 95", state.PRESSURE, "95"),
        ("PAD 55", state.PRESSURE, None),
        ("TA 12,5/7,5", state.PRESSURE, "125/75"),
        ("VSAV", state.ARRIVAL, "pompiers"),
        ("chute", state.TRAUMA, True),
        ("pas de chute", state.TRAUMA, False),
        ("toux depuis 3 jours", state.of_feature("duree_symptomes_h"), "72"),
    ],
)
def test_a_value_fills_its_field_as_the_nurse_would_type_it(line: str, key: str, value: object) -> None:
    assert form_values(read(line)).get(key) == value


def test_the_assistant_is_off_unless_it_is_set_up(screen: AppTest) -> None:
    typed(screen)
    assert "quitte cette machine" not in said(screen)
    assert not [button for button in screen.button if button.key == "quick_assistant"]


def with_assistant(services: wiring.Services, address: str) -> AppTest:
    services.settings = services.settings.model_copy(update={"llm_base_url": address, "llm_model": "m"})
    return typed(AppTest.from_file(str(MAIN), default_timeout=30).run(), "FC 110, cinquante ans, FR 20")


def test_the_assistant_is_announced_asked_by_a_button_and_fills_nothing(services: wiring.Services) -> None:
    answer = {
        "values": {
            "age": {"value": 50, "source": "cinquante ans"},
            "frequence_cardiaque": {"value": 110, "source": "FC 110"},
            "frequence_respiratoire": {"value": 90, "source": "FR 20"},
        }
    }
    with an_assistant(saying(answer)) as assistant:
        screen = with_assistant(services, assistant.address)
        assert "quitte cette machine" in said(screen) and assistant.asked == []
        screen.button(key="quick_assistant").click().run()
        assert len(assistant.asked) == 1
    proposed = said(screen).split("Propositions de l'assistant")[1]
    assert "50 ans" in proposed and "FC 110" not in proposed  # what we read ourselves is not repeated
    screen.button(key="quick_fill").click().run()
    assert screen.text_input(key=state.AGE).value == ""
    assert field(screen, "frequence_respiratoire") == "20"  # never overridden


def test_an_assistant_that_fails_is_said_and_the_line_works_on(services: wiring.Services) -> None:
    screen = with_assistant(services, "http://127.0.0.1:9/v1")
    screen.button(key="quick_assistant").click().run()
    assert "L'assistant est injoignable." in said(screen)
    screen.button(key="quick_fill").click().run()
    assert field(screen, "frequence_cardiaque") == "110"


def test_what_cannot_be_measured_or_is_refused_fills_its_field_with_the_answer(screen: AppTest) -> None:
    typed(screen, "H 70 dyspnée sat imprenable, TA refusée, FC 125")
    assert "non mesurable" in said(screen) and "« sat imprenable »" in said(screen)
    screen.button(key="quick_fill").click().run()
    assert (field(screen, "saturation_oxygene"), screen.text_input(key=state.PRESSURE).value) == ("NM", "R")
    assert field(screen, "frequence_cardiaque") == "125"
