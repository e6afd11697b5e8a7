"""Criteria that words suggest: proposed, ticked by one key, asked about under the level; never ticked by themselves."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.ui import state, verdict
from app.ui.card import to_check
from app.ui.sheet_view import sheet_content
from app.wiring import Services
from tests.pages.conftest import bare, fill
from triage_core.levels import FrenchLevel

Enter = Callable[..., AppTest]
HEAD = "traumatisme_cranien"
ANTICOAGULANT = "traumatisme_cranien__6"
LINE = "F 85 ans chute de sa hauteur ce matin, sous Eliquis, TC sans PC TA 13/7 FC 80 FR 16 SpO2 98 T 37 EVA 2 GCS 15"
PROPOSED = "Proposé d'après vos mots : **Traitement anticoagulant (AOD/AVK) (« Eliquis »)**"
TO_CHECK = "**À vérifier : Traitement anticoagulant (AOD/AVK) (« Eliquis ») ferait passer en tri 2**"


def told(screen: AppTest, words: str, motif: str = HEAD) -> AppTest:
    screen.text_input(key=state.MOTIF_WORDS).set_value(words)
    fill(screen, motif, "130/70", {"age": "85"})
    assert not screen.exception
    return screen


def ticked(screen: AppTest, motif: str = HEAD) -> list[str]:
    key = state.of_modulators(motif)
    return list(screen.session_state[key]) if key in screen.session_state else []


def is_offered(screen: AppTest) -> bool:
    return any(button.key == "tri_tick_proposed" for button in screen.button)


def from_the_line(screen: AppTest, line: str = LINE) -> AppTest:
    screen.text_input(key=state.QUICK_LINE).set_value(line).run()
    screen.button(key="quick_fill").click().run()
    assert not screen.exception
    return screen


def test_a_drug_left_over_by_the_quick_line_proposes_its_box_and_ticks_nothing(screen: AppTest) -> None:
    from_the_line(screen)
    assert screen.session_state[state.MOTIF] == HEAD
    assert PROPOSED in bare(screen)
    assert ticked(screen) == []


def test_a_drug_of_the_history_read_by_the_quick_line_counts(screen: AppTest) -> None:
    from_the_line(screen, "H 70 TC FC 80. ATCD FA sous AVK")
    assert "Traitement anticoagulant (AOD/AVK) (« AVK »)" in bare(screen)


def test_one_key_ticks_what_is_proposed_beside_what_is_ticked(screen: AppTest) -> None:
    told(screen, "TC sous Eliquis")
    screen.session_state[state.of_modulators(HEAD)] = ["traumatisme_cranien__9"]
    screen.run()
    button = screen.button(key="tri_tick_proposed")
    assert button.proto.shortcut.lower() == "alt+t"
    button.click().run()
    assert set(ticked(screen)) == {"traumatisme_cranien__9", ANTICOAGULANT}
    assert not is_offered(screen)


def test_the_card_asks_for_a_criterion_that_would_raise_the_level(screen: AppTest) -> None:
    told(screen, "TC sous Eliquis").button(key="tri_evaluate").click().run()
    assert TO_CHECK in bare(screen)
    told_by = bare(screen)
    assert told_by.index(TO_CHECK) < told_by.index("Tri 5 :")


def test_a_level_without_a_criterion_of_level_2_is_confirmed_only_twice(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(screen, "TC sous Eliquis").button(key="tri_evaluate").click().run()
    monkeypatch.setattr(verdict, "READ_S", 3_600)
    for _ in range(2):  # the second press comes before the question can be read
        screen.button(key="verdict_correct").click().run()
        assert state.RECORDED not in screen.session_state
    assert "Ce qui est à vérifier est-il absent ?" in bare(screen)
    monkeypatch.setattr(verdict, "READ_S", 0)
    screen.button(key="verdict_correct").click().run()
    assert screen.session_state[state.RECORDED].confirmed is True
    screen.button(key="tri_undo").click().run()
    screen.button(key="verdict_correct").click().run()
    assert screen.session_state[state.RECORDED] is None, "asked again after the step back"


def test_the_level_of_the_criterion_chosen_after_the_question_is_no_second_yes(screen: AppTest) -> None:
    told(screen, "TC sous Eliquis").button(key="tri_evaluate").click().run()
    screen.button(key="verdict_correct").click().run()
    screen.button(key=state.of_level("2")).click().run()
    kept = screen.session_state[state.RECORDED]
    assert (kept.corrected_french_level, kept.confirmed) == (FrenchLevel.L2, False)


def test_a_criterion_of_a_milder_level_is_not_asked_about_twice(screen: AppTest) -> None:
    told(screen, "toux fièvre", "toux_bronchite").button(key="tri_evaluate").click().run()
    assert "ferait passer en tri 3B" in bare(screen)
    screen.button(key="verdict_correct").click().run()
    assert screen.session_state[state.RECORDED].confirmed is not True


def test_ticking_the_criterion_asks_nothing_more(screen: AppTest) -> None:
    told(screen, "TC sous Eliquis").button(key="tri_evaluate").click().run()
    screen.button(key="verdict_correct").click().run()
    screen.button(key="tri_tick_proposed").click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "est-il absent" not in bare(screen)
    screen.button(key="verdict_correct").click().run()
    assert screen.session_state[state.RECORDED].corrected_french_level is FrenchLevel.L2


def test_the_sheet_carries_what_was_to_check(screen: AppTest, services: Services) -> None:
    told(screen, "TC sous Eliquis").button(key="tri_evaluate").click().run()
    judged = screen.session_state[state.JUDGED]
    lines = to_check(judged, services.book)
    content = sheet_content(services, judged.decision.prediction_id, lines)
    assert content is not None
    assert any("À vérifier" in told and "Eliquis" in told and "\\" not in told for told in content.status)


def test_the_card_speaks_english(screen: AppTest) -> None:
    told(screen, "TC sous Eliquis").button(key="tri_evaluate").click().run()
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    assert "**To check: Traitement anticoagulant (AOD/AVK) (“Eliquis”) would make it level 2**" in bare(screen)
    assert "Proposed from your words: **Traitement anticoagulant (AOD/AVK) (“Eliquis”)**" in bare(screen)


def test_the_card_asks_from_the_quick_line_too(screen: AppTest) -> None:
    from_the_line(screen).button(key="tri_evaluate").click().run()
    assert TO_CHECK in bare(screen)


def test_a_ticked_criterion_is_not_asked_for_again(screen: AppTest) -> None:
    told(screen, "TC sous Eliquis").button(key="tri_tick_proposed").click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "À vérifier" not in bare(screen)
    assert "Tri 2" in bare(screen)


def test_a_criterion_that_would_not_raise_the_shown_level_is_not_asked_for(screen: AppTest) -> None:
    told(screen, "plaie du front, TC")
    screen.text_input(key=state.of_feature("saturation_oxygene")).set_value("85").run()
    screen.button(key="tri_evaluate").click().run()
    assert "Plaie ou hématome (« plaie »)" in bare(screen)
    assert "À vérifier" not in bare(screen)


def test_a_child_is_proposed_by_her_age(screen: AppTest) -> None:
    screen.text_input(key=state.MOTIF_WORDS).set_value("ivresse")
    fill(screen, "ivresse", "110/70", {"age": "13"})
    assert "**Enfant (13 ans)**" in bare(screen)


def test_a_measure_proposes_its_criterion_and_the_card_asks_for_it(screen: AppTest) -> None:
    fill(screen, "douleur_abdominale", "120/70", {"age": "40", "echelle_douleur": "8"})
    assert "Proposé d'après la saisie : **Douleur sévère (EVA 8 /10)**" in bare(screen)
    assert ticked(screen, "douleur_abdominale") == []
    screen.button(key="tri_evaluate").click().run()
    assert "**À vérifier : Douleur sévère (EVA 8 /10)" in bare(screen)
    screen.button(key="tri_tick_proposed").click().run()
    screen.button(key="tri_evaluate").click().run()
    assert "Tri 2" in bare(screen)
    assert "À vérifier" not in bare(screen)


def test_a_measure_that_is_asked_about_proposes_nothing_yet(screen: AppTest) -> None:
    fill(screen, "cephalee", "120/70", {"age": "40", "temperature": "42,5"})
    assert not is_offered(screen)
    screen.button(key="keep_temperature").click().run()
    assert "Fièvre (T° 42,5 °C)" in bare(screen)


def test_words_that_suggest_nothing_add_no_stop_to_the_keyboard(screen: AppTest) -> None:
    told(screen, "TC sans PC, pas d'anticoagulant, arrêt Eliquis il y a 1 an")
    assert not is_offered(screen)
    before = [button.key for button in screen.button]
    screen.text_input(key=state.MOTIF_WORDS).set_value("").run()
    assert [button.key for button in screen.button] == before
    screen.button(key="tri_evaluate").click().run()
    assert "À vérifier" not in bare(screen)


def test_the_key_is_told_with_the_others_in_the_empty_card(screen: AppTest) -> None:
    assert "`Alt+T` cocher les critères proposés" in bare(screen)


def test_without_a_motif_nothing_is_proposed(screen: AppTest) -> None:
    screen.text_input(key=state.MOTIF_WORDS).set_value("TC sous Eliquis").run()
    assert not is_offered(screen)


def test_the_words_of_the_nurse_are_never_read_as_markup(screen: AppTest) -> None:
    told(screen, "TC vomissements *:red plusieurs* fois")
    assert "vomissements \\*\\:red plusieurs" in "".join(str(one.value) for one in screen.markdown)


def test_the_next_patient_keeps_nothing_of_the_words(screen: AppTest) -> None:
    from_the_line(screen).button(key="tri_next").click().run()
    screen.session_state[state.MOTIF] = HEAD
    screen.run()
    assert not is_offered(screen)
