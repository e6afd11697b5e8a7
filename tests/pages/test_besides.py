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


def test_the_card_asks_for_a_more_urgent_reason_and_one_of_level_2_is_passed_only_twice(screen: AppTest) -> None:
    line = "F 19 douleur abdominale TA 12/7 FC 80 FR 16 sat 99 T 37 EVA 3 G15, idées noires"
    screen.text_input(key=state.QUICK_LINE).set_value(line).run()
    screen.button(key="quick_fill").click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "À vérifier : « idées noires » ferait passer en tri 2" in bare(screen)
    screen.button(key="verdict_correct").click().run()
    assert state.RECORDED not in screen.session_state
    assert "Ce qui est à vérifier est-il absent ?" in bare(screen)


def test_a_line_of_another_patient_begins_a_new_form_and_nobody_leaves_the_file(
    screen: AppTest, services: Services
) -> None:
    for line in (LINE, "H 61 dyspnée depuis ce matin"):
        screen.text_input(key=state.QUICK_LINE).set_value(line).run()
        screen.button(key="quick_fill").click().run()
        if line is not LINE:
            assert "Autre patient : nouvelle fiche" in bare(screen)
            assert not screen.text_input(key=state.PRESSURE).value
        screen.button(key="tri_evaluate").click().run()
    assert not screen.exception
    assert len(services.store.waiting.board().visits) == 2


def test_a_line_of_measures_alone_is_of_the_patient_on_the_card(screen: AppTest, services: Services) -> None:
    for line in (LINE, "FC 120 TA 9/5"):
        screen.text_input(key=state.QUICK_LINE).set_value(line).run()
        screen.button(key="quick_fill").click().run()
        screen.button(key="tri_evaluate").click().run()
    (visit,) = services.store.waiting.board().visits
    assert visit.n_evaluations == 2


def test_another_age_after_the_level_is_noted_is_asked_about_once(screen: AppTest, services: Services) -> None:
    from_the_line(screen).button(key="tri_evaluate").click().run()
    screen.button(key=state.of_level("2")).click().run()
    screen.text_input(key=state.AGE).set_value("72").run()
    screen.button(key="tri_evaluate").click().run()
    assert "Âge, sexe ou motif changé depuis le niveau noté" in bare(screen)
    assert screen.session_state[state.JUDGED].patient.age == 28
    screen.button(key="tri_evaluate").click().run()
    assert screen.session_state[state.JUDGED].patient.age == 72
    assert len(services.store.waiting.board().visits) == 1


def test_a_key_pressed_over_a_value_that_was_not_judged_records_nothing(screen: AppTest, services: Services) -> None:
    from_the_line(screen).button(key="tri_evaluate").click().run()
    screen.text_input(key=state.of_feature("frequence_cardiaque")).set_value("138")
    screen.button(key="verdict_correct").click().run()
    assert state.RECORDED not in screen.session_state
    assert services.store.stats().total_feedback == 0


def test_a_fever_beside_a_purpura_offers_the_reason_that_makes_it_urgent(screen: AppTest) -> None:
    screen.text_input(key=state.QUICK_LINE).set_value("H 44 T 41 FC 98 TA 13/8 FR 16 sat 98 G15 EVA 0 purpura").run()
    screen.button(key="quick_fill").click().run()
    for question in [one for one in screen.button if str(one.key).startswith("keep_")]:
        question.click().run()
    assert "« T 41 »" in bare(screen)
    screen.button(key=state.of_candidate("fievre")).click().run()
    screen.button(key="tri_tick_proposed").click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "Tri 2" in bare(screen)


def test_a_fever_alone_offers_nothing(screen: AppTest) -> None:
    screen.text_input(key=state.QUICK_LINE).set_value("H 44 lombalgie T 39 FC 98 TA 13/8").run()
    screen.button(key="quick_fill").click().run()
    assert not any("candidate" in str(one.key) for one in screen.button)


def poured(screen: AppTest, *lines: str) -> AppTest:
    for line in lines:
        screen.text_input(key=state.QUICK_LINE).set_value(line).run()
        screen.button(key="quick_fill").click().run()
        assert not screen.exception
    return screen


def test_a_bare_temperature_never_takes_the_place_of_a_reason_and_its_criteria(screen: AppTest) -> None:
    poured(screen, "H 57 DT constrictive ST+ en antérieur TA 13/8 FC 90 sat 97 FR 18 T 37 EVA 3 G15")
    screen.button(key="tri_tick_proposed").click().run()
    motif = screen.session_state[state.MOTIF]
    ticked = screen.session_state[state.of_modulators(motif)]
    poured(screen, "T 38,6 FC 105 EVA 2")
    assert (screen.session_state[state.MOTIF], screen.session_state[state.of_modulators(motif)]) == (motif, ticked)
    assert screen.text_input(key=state.of_feature("temperature")).value == "38,6"


def test_an_unfinished_entry_gives_way_to_a_line_of_another_and_comes_back(screen: AppTest) -> None:
    poured(
        screen, "femme enceinte 32 SA 28 ans métrorragies FC 110 TA 10/6", "garçon 7 ans plaie du menton EVA 2 FC 95"
    )
    assert not screen.text_input(key=state.PRESSURE).value
    screen.button(key="tri_undo").click().run()
    assert screen.text_input(key=state.PRESSURE).value == "100/60"


def test_the_line_says_truly_how_the_patient_before_comes_back(screen: AppTest, services: Services) -> None:
    poured(screen, LINE).button(key="tri_evaluate").click().run()
    screen.button(key=state.of_level("2")).click().run()
    poured(screen, "F 46 otite TA 12/8 T 38 FC 76")
    screen.button(key="tri_undo").click().run()
    assert screen.text_input(key=state.AGE).value == "28"
    assert services.store.count() == 1
    screen.button(key="tri_next").click().run()
    assert screen.text_input(key=state.AGE).value == "46"


def test_two_of_the_same_age_and_sex_are_told_apart_by_their_reasons(screen: AppTest, services: Services) -> None:
    for line in ("H 63 DT TA 14/8 FC 80", "H 63 entorse cheville TA 13/8 FC 80"):
        poured(screen, line).button(key="tri_evaluate").click().run()
    assert len(services.store.waiting.board().visits) == 2


def test_an_age_alone_and_measures_alone_correct_the_patient_of_the_form(screen: AppTest) -> None:
    poured(screen, "H 44 colique néphrétique TA 13/8 EVA 6", "75 ans")
    assert screen.text_input(key=state.PRESSURE).value == "130/80"
    assert screen.text_input(key=state.AGE).value == "75"
    poured(screen, "H 75 T 38,6 EVA 4")
    assert screen.text_input(key=state.PRESSURE).value == "130/80"
