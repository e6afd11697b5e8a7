"""The answer on the triage page, from the empty card to the next patient, as a nurse meets it."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app import guards, wiring
from app.ui import shell, state
from tests.pages.conftest import bare, fill, said
from triage_core.decision import Contribution
from triage_core.levels import FrenchLevel, Gravity

Enter = Callable[..., AppTest]


def test_the_page_opens_with_one_sentence_and_no_level(screen: AppTest) -> None:
    assert not screen.exception
    assert "le niveau s'affiche ici" in said(screen)
    assert "Alt+Entrée" in said(screen) and "+Enter" not in said(screen)
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


def test_the_card_says_of_what_the_quality_is_low(judged: Enter) -> None:
    screen = judged(saturation_oxygene="")
    assert "Données : incomplètes" in said(screen) and "Qualité" not in said(screen)


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


def test_a_model_that_agrees_is_silent_but_for_what_more_urgent_is_possible(
    judged: Enter, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_model(services, monkeypatch)
    words = said(judged())
    assert "Tris 2 ou 3B possibles" in words
    assert "par le modèle" not in words
    with_model(services, monkeypatch, plausible_levels=(Gravity.JAUNE,))
    assert "possible" not in said(judged())


def test_a_level_raised_by_the_model_says_so(
    judged: Enter, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_model(services, monkeypatch, raised_by_model=True, gravity_level=Gravity.ROUGE, french_level=FrenchLevel.L2)
    assert "Relevé de JAUNE à ROUGE par le modèle : FC 118 /min" in bare(judged())


def test_an_answer_is_greyed_as_soon_as_an_input_differs_and_returns_with_it(judged: Enter) -> None:
    screen = judged()
    screen.text_input(key=state.of_feature("saturation_oxygene")).set_value("85").run()
    assert "Saisie modifiée, réévaluer" in said(screen) and "Noté" not in said(screen)
    assert not [b for b in screen.button if b.key == "verdict_correct"]
    screen.text_input(key=state.of_feature("saturation_oxygene")).set_value("98").run()
    assert "Saisie modifiée" not in said(screen)


def test_a_recorded_level_stays_in_sight_when_only_the_reason_changes(judged: Enter) -> None:
    screen = judged(pressure="85/50")
    screen.button(key=state.of_level("1")).click().run()
    screen.session_state[state.MOTIF] = "douleur_gorge"
    screen.run()
    assert "Saisie modifiée, réévaluer" in said(screen) and "Noté : ■ 1 · ROUGE" in said(screen)
    screen.button(key="tri_evaluate").click().run()
    assert "motif changé depuis le niveau noté" in said(screen) and "Noté : ■ 1 · ROUGE" in said(screen)
    screen.button(key="tri_evaluate").click().run()
    assert "Noté" not in said(screen)


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
    assert "non évalué, il manque : Saturation en oxygène" in bare(screen)


def answers(screen: AppTest) -> list[tuple[str, str, str]]:
    """The rows of the open dialog: level, criterion, answer."""
    lines = [line.strip("| ").split(" | ") for line in bare(screen).splitlines() if line.startswith("| ")]
    return [(level, words, answer) for level, words, answer in lines]


def test_a_criterion_nobody_ticked_is_not_said_to_be_absent(judged: Enter) -> None:
    screen = judged(saturation_oxygene="", temperature="")
    screen.button(key="card_rows").click().run()
    told = {words: answer for _, words, answer in answers(screen)}
    ecg = {words: answer for words, answer in told.items() if words.startswith("ECG")}
    assert len(ecg) > 1 and set(ecg.values()) == {"non coché"}
    floor = answers(screen)[[level for level, *_ in answers(screen)].index("Tri", 1) + 1 :]
    levels = [level.split()[1] for level, *_ in floor]
    assert levels == sorted(levels) and len(set(levels)) > 1


def test_without_a_reason_the_rows_are_those_of_the_general_thresholds(judged: Enter) -> None:
    screen = judged(motif=None, pressure="85/50")
    screen.button(key="card_rows").click().run()
    assert "Aucun motif choisi" in said(screen)
    assert "PAS ≤ 90 mmHg" in bare(screen)
