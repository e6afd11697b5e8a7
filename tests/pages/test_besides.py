"""What the quick line left over stays with the patient and offers a more urgent reason, one key away."""

from streamlit.testing.v1 import AppTest

from app.ui import state
from app.wiring import Services
from tests.pages.conftest import bare

LINE = "F 28 douleur abdo depuis hier, enceinte 8 SA, TA 12/7 FC 90 FR 16 SpO2 98 T 37 EVA 4 GCS 15"
OTHER = "grossesse_t1_t2"
SAID = "La ligne dit aussi « enceinte 8 SA », motif plus urgent :"


def from_the_line(screen: AppTest) -> AppTest:
    screen.text_input(key=state.QUICK_LINE).set_value(LINE).run()
    screen.button(key="quick_fill").click().run()
    assert not screen.exception
    return screen


def test_a_more_urgent_reason_of_the_line_is_offered_and_taken_by_one_key(screen: AppTest) -> None:
    from_the_line(screen)
    assert screen.session_state[state.MOTIF] == "douleur_abdominale"
    assert SAID in bare(screen)
    button = screen.button(key=state.of_candidate(OTHER))
    assert button.proto.shortcut.lower() == "ctrl+1"
    button.click().run()
    assert screen.session_state[state.MOTIF] == OTHER
    assert SAID not in bare(screen)
    screen.button(key="tri_evaluate").click().run()
    assert not screen.exception
    assert screen.session_state[state.JUDGED].decision.motif_id == OTHER


def test_it_is_said_in_english_too(screen: AppTest) -> None:
    from_the_line(screen).selectbox(key=state.LANGUAGE).set_value("en").run()
    assert "The line also says “enceinte 8 SA”, a more urgent reason:" in bare(screen)


def test_the_next_patient_is_offered_nothing_of_it(screen: AppTest) -> None:
    from_the_line(screen).button(key="tri_next").click().run()
    assert SAID not in bare(screen)
    assert "enceinte" not in bare(screen)


def test_what_a_line_left_over_is_part_of_the_form_and_comes_back_with_it(services: Services) -> None:
    assert not AppTest.from_function(keep_and_put_back).run().exception


def keep_and_put_back() -> None:
    """Run as a page of its own: what a draft holds is put back as a draft holds it, in lists."""
    from app.ui import entry, left_over
    from triage_core.extraction.result import Reason, Unparsed

    words = (Unparsed("enceinte 8 SA"), Unparsed("père FC 200", Reason.FAMILY))
    left_over.keep(words)
    held = entry.contents()
    entry.clear()
    assert left_over.kept() == ()
    entry.put_back({key: list(value) if isinstance(value, tuple) else value for key, value in held.items()})
    assert left_over.kept() == words
