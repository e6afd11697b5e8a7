"""What a nurse types on the triage page: proposed, read, said back, asked about or refused."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from app import wiring
from app.ui import state
from tests.pages.conftest import fill, said

Enter = Callable[..., AppTest]


def test_pain_hints_at_its_scale_and_the_pulse_at_its_usual_values(screen: AppTest) -> None:
    hints = {field.key: field.placeholder for field in screen.text_input}
    assert hints[state.of_feature("echelle_douleur")] == "0-10"
    assert hints[state.of_feature("frequence_cardiaque")] == "60-100"


def test_what_was_understood_is_said_back_with_units(screen: AppTest) -> None:
    fill(screen, None, "92/55", {"age": "18 mois"})
    assert {":small[92/55 mmHg]", ":small[37,2 °C]", ":small[75 /min]"} <= set(said(screen).splitlines())


def test_a_text_that_is_not_understood_refuses_the_evaluation(judged: Enter) -> None:
    screen = judged(temperature="trente-huit")
    assert "Évaluation refusée" in said(screen)
    assert "n'est pas compris" in said(screen)
    assert state.JUDGED not in screen.session_state


def test_a_value_outside_its_range_is_refused_with_the_range(judged: Enter) -> None:
    assert "permis de 20 à 100 %" in said(judged(saturation_oxygene="960"))


def test_an_unusual_value_is_confirmed_once_before_it_counts(judged: Enter) -> None:
    screen = judged(frequence_cardiaque="235")
    assert "À confirmer avant l'évaluation" in said(screen)
    assert "Évaluation refusée" not in said(screen)  # nothing is wrong: it is asked
    screen.button(key="keep_frequence_cardiaque").click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "À confirmer" not in said(screen)
    assert "ROUGE" in said(screen)
    line = wiring.services().store.decision(screen.session_state[state.JUDGED].decision.prediction_id)
    assert line is not None and line.confirmed_values == ("frequence_cardiaque",)


def test_a_pressure_in_centimetres_is_proposed_and_used_in_one_click(judged: Enter) -> None:
    screen = judged(pressure="12/8")
    assert "À confirmer avant l'évaluation" in said(screen)
    screen.button(key="use_pression_systolique").click().run()
    assert screen.text_input(key=state.PRESSURE).value == "120/80"
    assert "120/80 mmHg" in said(screen)


def test_a_patient_without_age_or_sex_is_not_evaluated(screen: AppTest) -> None:
    screen.button(key="tri_evaluate").click().run()
    assert "Âge : à saisir" in said(screen)
    assert "Sexe : à choisir" in said(screen)


def test_swapped_pressures_are_refused_in_french(judged: Enter) -> None:
    assert "la diastolique doit être inférieure" in said(judged(pressure="80/120"))


def test_words_propose_motifs_one_key_each_and_other_words_propose_again(screen: AppTest) -> None:
    screen.text_input(key=state.MOTIF_WORDS).set_value("douleur thoracique").run()
    first = screen.button(key=state.of_candidate("douleur_thoracique_sca"))
    first.click().run()
    assert screen.session_state[state.MOTIF] == "douleur_thoracique_sca"
    assert not [b for b in screen.button if str(b.key).startswith(state.of_candidate(""))]
    screen.text_input(key=state.MOTIF_WORDS).set_value("mal de gorge").run()
    assert screen.button(key=state.of_candidate("douleur_gorge")).label
    assert screen.session_state[state.MOTIF] == "douleur_thoracique_sca"


def test_text_of_the_user_is_never_read_as_markup(judged: Enter) -> None:
    screen = judged(temperature="<b>:red[38]</b>")
    assert "\\<b\\>\\:red\\[38\\]" in said(screen)


def test_words_typed_after_the_motif_was_chosen_must_not_contradict_it(judged: Enter) -> None:
    screen = judged(motif=None)
    screen.text_input(key=state.MOTIF_WORDS).set_value("entorse cheville").run()
    screen.button(key=state.of_candidate("trauma_epaule_membre_distal")).click().run()
    screen.text_input(key=state.MOTIF_WORDS).set_value("entorse cheville droite hier").run()
    screen.button(key="tri_evaluate").click().run()
    assert "Motif à rechoisir" not in said(screen)  # more words of the same
    screen.text_input(key=state.MOTIF_WORDS).set_value("douleur thoracique").run()
    screen.button(key="tri_evaluate").click().run()
    assert "Motif à rechoisir" in said(screen) and "Évaluation refusée" in said(screen)
    screen.button(key=state.of_candidate("douleur_thoracique_sca")).click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "Motif à rechoisir" not in said(screen)


def test_a_quick_line_that_was_not_taken_stops_the_evaluation(judged: Enter) -> None:
    screen = judged()
    screen.text_input(key=state.QUICK_LINE).set_value("TA 8/5 FC 130").run()
    screen.button(key="tri_evaluate").click().run()
    assert "Ligne rapide pas encore prise" in said(screen)
    screen.button(key="quick_discard").click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "Ligne rapide pas encore prise" not in said(screen)


def test_the_keys_answer_the_first_question_that_has_an_answer(judged: Enter) -> None:
    screen = judged(frequence_cardiaque="1l0", temperature="102", glycemie="12")
    assert "96, NM, R" in said(screen)
    keys = {button.key: button.proto.shortcut for button in screen.main.button if button.key in USES}
    assert keys == {"use_temperature": "alt+u", "use_glycemie": "", "keep_glycemie": ""}


USES = {"use_temperature", "use_glycemie", "keep_glycemie"}
