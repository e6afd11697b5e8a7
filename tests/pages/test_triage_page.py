"""The triage page, from the first field to the recorded verdict, as a nurse meets it."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app import guards, wiring
from app.ui import shell, state
from tests.pages.conftest import fill, said
from triage_core.decision import Contribution
from triage_core.levels import FrenchLevel, Gravity

Enter = Callable[..., AppTest]


def bare(screen: AppTest) -> str:
    """The words without the marks that keep them from being read as Markdown."""
    return said(screen).replace("\\", "")


def test_the_page_opens_with_one_sentence_and_no_level(screen: AppTest) -> None:
    assert not screen.exception
    assert "le niveau s'affiche ici" in said(screen)
    assert not [b for b in screen.button if b.key == "verdict_correct"]


def test_a_patient_in_shock_is_shown_as_level_2_with_delay_and_reason(judged: Enter) -> None:
    screen = judged(pressure="85/50", frequence_cardiaque="128")
    assert not screen.exception
    assert "ROUGE" in said(screen)
    assert "Médecin < 20 min" in said(screen)
    assert "**Tri 2 : PAS 85 mmHg** :small[(seuil général FRENCH, PAS ≤ 90 mmHg)]" in bare(screen)


def test_a_level_is_announced_as_words_beside_its_colour(judged: Enter) -> None:
    screen = judged(pressure="85/50", frequence_cardiaque="128")
    assert [image.proto.imgs[0].alt for image in screen.get("image")] == ["Niveau 2, ROUGE"]
    assert "![Tri 2, ROUGE](" in said(screen)


def test_a_missing_saturation_is_said_with_what_to_measure(judged: Enter) -> None:
    screen = judged(saturation_oxygene="")
    assert "À mesurer : Saturation en oxygène" in said(screen)
    assert "PROVISOIRE" in said(screen)


def test_without_a_model_the_card_says_that_rules_decide_alone(judged: Enter) -> None:
    assert "le niveau vient des règles seules" in said(judged())


def with_model(services: wiring.Services, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Let a model have spoken: the decision of the rules with these fields changed."""
    decide = services.decide
    opinion = {
        "ml_available": True,
        "probabilities": {Gravity.GRIS: 0.0, Gravity.VERT: 0.1, Gravity.JAUNE: 0.7, Gravity.ROUGE: 0.2},
        "plausible_levels": (Gravity.ROUGE, Gravity.JAUNE, Gravity.VERT),
        "contributions": (Contribution(feature="frequence_cardiaque", value=118, effect=0.4),),
    }
    changed = opinion | changes
    monkeypatch.setattr(services, "decide", lambda *told: decide(*told).model_copy(update=changed))


def test_a_model_that_agrees_is_silent_but_for_what_else_is_possible(
    judged: Enter, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_model(services, monkeypatch)
    words = said(judged())
    assert "Tris 2, 3B ou 4 possibles" in words
    assert "par le modèle" not in words
    with_model(services, monkeypatch, plausible_levels=(Gravity.JAUNE,))
    assert "possible" not in said(judged())


def test_pain_hints_at_its_scale_and_the_pulse_at_its_usual_values(screen: AppTest) -> None:
    hints = {field.key: field.placeholder for field in screen.text_input}
    assert hints[state.of_feature("echelle_douleur")] == "0-10"
    assert hints[state.of_feature("frequence_cardiaque")] == "60-100"


def test_a_level_raised_by_the_model_says_so(
    judged: Enter, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_model(services, monkeypatch, raised_by_model=True, gravity_level=Gravity.ROUGE, french_level=FrenchLevel.L2)
    assert "Relevé de JAUNE à ROUGE par le modèle : FC 118 /min" in bare(judged())


def test_what_was_understood_is_said_back_with_units(screen: AppTest) -> None:
    fill(screen, None, "92/55", {"age": "18 mois"})
    assert {":small[92/55 mmHg]", ":small[37,2 °C]", ":small[75 /min]"} <= set(said(screen).splitlines())


def test_an_answer_is_greyed_as_soon_as_an_input_differs_and_returns_with_it(judged: Enter) -> None:
    screen = judged()
    screen.text_input(key=state.of_feature("saturation_oxygene")).set_value("85").run()
    assert "Constantes modifiées, réévaluer" in said(screen)
    assert not [b for b in screen.button if b.key == "verdict_correct"]
    screen.text_input(key=state.of_feature("saturation_oxygene")).set_value("98").run()
    assert "Constantes modifiées" not in said(screen)


def test_a_text_that_is_not_understood_refuses_the_evaluation(judged: Enter) -> None:
    screen = judged(temperature="trente-huit")
    assert "Évaluation refusée" in said(screen)
    assert "n'est pas compris" in said(screen)
    assert state.JUDGED not in screen.session_state


def test_a_value_outside_its_range_is_refused_with_the_range(judged: Enter) -> None:
    assert "permis de 20 à 100 %" in said(judged(saturation_oxygene="960"))


def test_an_unusual_value_is_confirmed_once_before_it_counts(judged: Enter) -> None:
    screen = judged(frequence_cardiaque="235")
    assert "Évaluation refusée" in said(screen)
    screen.button(key="keep_frequence_cardiaque").click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "Évaluation refusée" not in said(screen)
    assert "ROUGE" in said(screen)


def test_a_pressure_in_centimetres_is_proposed_and_used_in_one_click(judged: Enter) -> None:
    screen = judged(pressure="12/8")
    assert "Évaluation refusée" in said(screen)
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


def test_correct_is_one_click_and_is_kept(judged: Enter, services: wiring.Services) -> None:
    screen = judged()
    screen.button(key="verdict_correct").click().run()
    assert "Noté" in said(screen)
    assert [record.feedback_type for record in services.store.corrections()] == ["correct"]


def test_each_level_has_one_key_and_a_raise_is_kept_at_once(judged: Enter, services: wiring.Services) -> None:
    screen = judged()
    keys = [screen.button(key=state.of_level(level)).proto.shortcut for level in ("1", "2", "3A", "3B", "4", "5")]
    assert keys == ["alt+1", "alt+2", "alt+3", "alt+b", "alt+4", "alt+5"]
    screen.button(key=state.of_level("3A")).click().run()
    screen.button(key=state.of_level("2")).click().run()
    (kept,) = services.store.corrections()
    assert (kept.original_french_level, kept.corrected_french_level, kept.feedback_type) == ("3B", "2", "upgrade")


def test_lowering_is_kept_only_with_a_reason(judged: Enter, services: wiring.Services) -> None:
    screen = judged()
    screen.button(key=state.of_level("4")).click().run()
    assert screen.text_input(key=state.VERDICT_REASON).value == ""
    screen.button(key="verdict_record").click().run()
    assert "Une raison est obligatoire" in said(screen)
    assert services.store.count() == 0
    screen.text_input(key=state.VERDICT_REASON).set_value("ECG normal")
    screen.button(key="verdict_record").click().run()
    assert [(r.reason, r.corrected_french_level) for r in services.store.corrections()] == [("ECG normal", "4")]


def test_a_disagreement_starts_with_nothing_chosen(judged: Enter, services: wiring.Services) -> None:
    screen = judged()
    screen.button(key="verdict_disagree").click().run()
    screen.button(key="verdict_record").click().run()
    assert "Choisissez le niveau" in said(screen)
    screen.session_state[state.VERDICT_LEVEL] = "4"
    screen.button(key="verdict_record").click().run()
    assert "Une raison est obligatoire" in said(screen)
    assert services.store.count() == 0


@pytest.mark.parametrize("opener", [state.of_level("4"), "verdict_disagree"])
def test_lowering_from_level_2_needs_a_second_yes(judged: Enter, services: wiring.Services, opener: str) -> None:
    screen = judged(pressure="85/50", frequence_cardiaque="128")
    screen.button(key=opener).click().run()
    if opener == "verdict_disagree":
        screen.session_state[state.VERDICT_LEVEL] = "4"
    assert screen.checkbox(key=state.VERDICT_SURE).value is False
    screen.text_input(key=state.VERDICT_REASON).set_value("erreur de brassard")
    screen.button(key="verdict_record").click().run()
    assert "Cochez la confirmation" in said(screen)
    assert services.store.count() == 0
    screen.checkbox(key=state.VERDICT_SURE).check()
    screen.button(key="verdict_record").click().run()
    assert [r.corrected_french_level for r in services.store.corrections()] == ["4"]


def test_missed_symptoms_are_kept_one_by_one(judged: Enter, services: wiring.Services) -> None:
    screen = judged()
    screen.button(key="verdict_disagree").click().run()
    screen.session_state[state.VERDICT_LEVEL] = "1"
    screen.text_input(key=state.VERDICT_MISSED).set_value("sueurs, pâleur")
    screen.button(key="verdict_record").click().run()
    assert services.store.corrections()[0].missed_symptoms == ("sueurs", "pâleur")


def test_the_next_patient_starts_from_an_empty_form(judged: Enter) -> None:
    screen = judged()
    screen.button(key="tri_next").click().run()
    assert not screen.exception
    assert screen.text_input(key=state.AGE).value == ""
    assert not screen.session_state[state.MOTIF]
    assert "le niveau s'affiche ici" in said(screen)


def test_what_was_chosen_in_a_list_survives_a_change_of_language(screen: AppTest) -> None:
    screen.selectbox(key=state.MOTIF).set_value("douleur_thoracique_sca").run()
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    assert screen.session_state[state.MOTIF] == "douleur_thoracique_sca"


def test_in_english_the_reason_is_named_in_english_in_the_answer_too(judged: Enter) -> None:
    screen = judged()
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    assert "Chest pain / acute coronary syndrome" in said(screen)


def test_a_server_that_others_can_reach_shows_no_page_unless_the_guard_stands(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards.LoopbackGuard, "_standing", 0)
    monkeypatch.setattr(shell.st, "get_option", lambda name: "0.0.0.0" if name == "server.address" else None)  # noqa: S104 - the address that must be refused
    screen.run()
    assert "écoute au-delà de cette machine" in said(screen)
    assert not screen.button


def test_the_page_speaks_english_when_asked(screen: AppTest) -> None:
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    assert screen.button(key="tri_evaluate").label == "Evaluate"


def test_undo_takes_the_verdict_back_and_the_buttons_return(judged: Enter, services: wiring.Services) -> None:
    screen = judged()
    assert screen.button(key="tri_undo").disabled
    screen.button(key="verdict_correct").click().run()
    screen.button(key="tri_undo").click().run()
    assert "Verdict retiré" in said(screen)
    assert (services.store.count(), services.store.stats().total_feedback) == (0, 0)
    screen.button(key="verdict_correct").click().run()
    assert services.store.count() == 1


def test_undo_brings_back_the_patient_just_left_and_withdraws_her_verdict(
    judged: Enter, services: wiring.Services
) -> None:
    screen = judged()
    screen.button(key="verdict_correct").click().run()
    screen.button(key="tri_next").click().run()
    screen.button(key="tri_undo").click().run()
    assert screen.text_input(key=state.AGE).value == "65"
    assert services.store.count() == 0
    assert screen.button(key="verdict_correct").label
    assert screen.button(key="tri_undo").disabled


def test_undo_never_throws_away_what_is_typed_for_the_next_patient(judged: Enter, services: wiring.Services) -> None:
    screen = judged()
    screen.button(key="verdict_correct").click().run()
    screen.button(key="tri_next").click().run()
    screen.text_input(key=state.AGE).set_value("30").run()
    screen.button(key="tri_undo").click().run()
    assert screen.text_input(key=state.AGE).value == "30"
    assert services.store.count() == 0


def test_a_patient_evaluated_twice_waits_once(judged: Enter, services: wiring.Services) -> None:
    screen = judged()
    screen.text_input(key=state.of_feature("saturation_oxygene")).set_value("93").run()
    screen.button(key="tri_evaluate").click().run()
    (visit,) = services.store.waiting.board().visits
    assert visit.n_evaluations == 2
    screen.button(key="tri_next").click().run()
    fill(screen, "douleur_gorge", "125/80", {"age": "30"})
    screen.button(key="tri_evaluate").click().run()
    assert len(services.store.waiting.board().visits) == 2
    assert "En attente : 2" in said(screen)


def test_a_patient_who_waits_is_taken_up_with_the_vitals_to_measure_anew_and_the_old_ones_beside(
    judged: Enter, services: wiring.Services
) -> None:
    screen = judged(frequence_cardiaque="110")
    (visit,) = services.store.waiting.board().visits
    screen.button(key="tri_next").click().run()
    screen.session_state[state.REEVALUATED] = visit.prediction_id
    screen.run()
    heart = screen.text_input(key=state.of_feature("frequence_cardiaque"))
    assert (screen.text_input(key=state.AGE).value, heart.value) == ("65", "")
    assert screen.session_state[state.MOTIF] == "douleur_thoracique_sca"
    assert "avant 110" in said(screen)
    fill(screen, "douleur_thoracique_sca", "125/80", {"frequence_cardiaque": "120"})
    assert "120 /min · avant 110 ↑" in said(screen)
    screen.button(key="tri_evaluate").click().run()
    (visit,) = services.store.waiting.board().visits
    assert visit.n_evaluations == 2


def test_what_cannot_be_measured_is_recorded_said_and_not_asked_for(judged: Enter, services: wiring.Services) -> None:
    screen = judged(pressure="NM", temperature="refus")
    words = said(screen)
    assert "PA non mesurable : signe d'alarme" in words
    assert "T° : refus du patient" in words
    assert "À mesurer" not in words
    (visit,) = services.store.waiting.board().visits
    record = services.store.decision(visit.prediction_id)
    assert record is not None and record.features["temperature"] is None
    assert record.features["non_mesures"] == {
        "pression_systolique": "non_mesurable", "pression_diastolique": "non_mesurable", "temperature": "refus",
    }  # fmt: skip


def test_the_word_of_the_glucose_meter_counts_as_the_most_urgent_it_may_mean(judged: Enter) -> None:
    screen = judged(motif="douleur_gorge", glycemie="LO", glasgow="14")
    assert "Glycémie LO : sous l'échelle" in bare(screen)
    assert "ROUGE" in said(screen)


def test_the_rows_of_the_grid_are_one_key_away_with_what_each_answers(judged: Enter) -> None:
    screen = judged(saturation_oxygene="")
    assert screen.button(key="card_rows").proto.shortcut == "alt+l"
    screen.button(key="card_rows").click().run()
    assert not screen.exception
    assert "ECG anormal, aspect typique de SCA" in bare(screen)
    assert "indécidable, il manque : Saturation en oxygène" in bare(screen)


def test_without_a_reason_the_rows_are_those_of_the_general_thresholds(judged: Enter) -> None:
    screen = judged(motif=None, pressure="85/50")
    screen.button(key="card_rows").click().run()
    assert "Aucun motif choisi" in said(screen)
    assert "PAS ≤ 90 mmHg" in bare(screen)
