"""A patient looked at again: nothing typed for another is lost; a wait that ended elsewhere is not reopened unasked."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from app import wiring
from app.ui import state
from app.ui.again import contents_of
from app.ui.numbers import read_age
from feedback_store.visits import Visit
from tests.builders import a_request
from tests.pages.conftest import said

Enter = Callable[..., AppTest]


def who_waits(services: wiring.Services, **changes: object) -> Visit:
    return services.store.waiting.visit(services.decide(a_request(**changes), "A9").prediction_id)


def take_up(screen: AppTest, visit: Visit) -> AppTest:
    screen.session_state[state.REEVALUATED] = visit.prediction_id
    return screen.run()


def test_a_half_filled_form_changes_places_with_the_patient_taken_up(
    screen: AppTest, services: wiring.Services
) -> None:
    visit = who_waits(services)
    screen.text_input(key=state.AGE).set_value("44").run()
    take_up(screen, visit)
    assert screen.text_input(key=state.AGE).value == "40"
    assert "Patient précédent non évalué : rien n'est enregistré" in said(screen)
    screen.button(key="tri_undo").click().run()
    assert screen.text_input(key=state.AGE).value == "44"
    screen.button(key="tri_undo").click().run()
    assert screen.text_input(key=state.AGE).value == "40"
    assert "avant 75" in said(screen)


def test_the_form_says_whose_new_evaluation_it_is_and_still_does_after_a_reload(
    screen: AppTest, services: wiring.Services
) -> None:
    take_up(screen, who_waits(services, frequence_cardiaque=105))
    assert "Réévaluation de A9 · F 40 ans" in said(screen)
    screen.session_state[state.EARLIER] = {}  # as a reload leaves it
    screen.run()
    assert "avant 105" in said(screen)


def test_an_infant_is_taken_up_with_her_age_in_months(services: wiring.Services) -> None:
    record = services.store.decision(services.decide(a_request(age=2 / 12)).prediction_id)
    assert record is not None
    written = str(contents_of(record, None)[state.AGE])
    assert written == "2 mois" and round(12 * (read_age(written).value or 0)) == 2


def test_a_wait_that_ended_on_another_screen_is_reopened_only_when_asked_twice(
    screen: AppTest, services: wiring.Services
) -> None:
    visit = who_waits(services)
    take_up(screen, visit)
    services.store.waiting.record(visit.prediction_id, "taken_over")
    screen.button(key="tri_evaluate").click().run()
    assert "Pris en charge à" in said(screen) and "remet en attente" in said(screen)
    assert not services.store.waiting.board().visits
    screen.button(key="tri_evaluate").click().run()
    assert len(services.store.waiting.board().visits) == 1


def test_the_next_patient_says_when_the_one_before_was_never_evaluated(judged: Enter) -> None:
    screen = judged(pressure="9/5")
    screen.button(key="tri_next").click().run()
    assert "Patient précédent non évalué" in said(screen)
    screen.button(key="tri_undo").click().run()
    assert screen.text_input(key=state.PRESSURE).value == "9/5"


def test_the_next_patient_says_nothing_of_one_who_was_evaluated(judged: Enter) -> None:
    screen = judged()
    screen.button(key="tri_next").click().run()
    assert "non évalué" not in said(screen)
