"""The nurse's last word on the triage page: confirmed, raised, lowered, disagreed with, taken back."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.ui import state
from tests.pages.conftest import said

Enter = Callable[..., AppTest]


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
    screen.run()
    screen.text_input(key=state.VERDICT_MISSED).set_value("sueurs, pâleur")
    screen.button(key="verdict_record").click().run()
    assert services.store.corrections()[0].missed_symptoms == ("sueurs", "pâleur")


def test_missed_symptoms_are_asked_for_a_raise_only(judged: Enter) -> None:
    def is_asked(screen: AppTest) -> bool:
        return state.VERDICT_MISSED in [field.key for field in screen.text_input]

    screen = judged()
    assert not is_asked(screen.button(key=state.of_level("4")).click().run())
    screen.button(key="verdict_cancel").click().run()
    assert not is_asked(screen.button(key="verdict_disagree").click().run())
    screen.session_state[state.VERDICT_LEVEL] = "4"
    assert not is_asked(screen.run())
    screen.session_state[state.VERDICT_LEVEL] = "2"
    assert is_asked(screen.run())
    screen.button(key="verdict_cancel").click().run()
    screen.button(key=state.of_level("2")).click().run()
    assert is_asked(screen.button(key="verdict_detail").click().run())


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
    assert (screen.text_input(key=state.AGE).value, services.store.count()) == ("65", 1)
    assert "La fiche commencée attend" in said(screen)
    screen.button(key="tri_next").click().run()
    assert (screen.text_input(key=state.AGE).value, services.store.count()) == ("30", 1)
    screen.button(key="tri_undo").click().run()
    screen.button(key="tri_undo").click().run()
    assert (screen.text_input(key=state.AGE).value, services.store.count()) == ("65", 0)


SHOCK = {"pressure": "85/50", "frequence_cardiaque": "128"}


def badge(screen: AppTest) -> str:
    return str(screen.get("image")[0].proto.imgs[0].alt)


def test_after_a_correction_badge_title_and_delay_are_those_of_the_recorded_level(judged: Enter) -> None:
    screen = judged(**SHOCK)
    assert "proposé" not in said(screen)
    screen.button(key=state.of_level("1")).click().run()
    assert badge(screen) == "Niveau 1, ROUGE"
    assert "Médecin immédiatement" in said(screen) and "proposé : 2" in said(screen)


def lower(screen: AppTest, level: str, reason: str) -> AppTest:
    screen.button(key=state.of_level(level)).click().run()
    screen.text_input(key=state.VERDICT_REASON).set_value(reason)
    screen.checkbox(key=state.VERDICT_SURE).check()
    return screen.button(key="verdict_record").click().run()


def test_a_lowering_counts_from_the_recorded_level_and_is_argued_even_down_to_the_proposed_one(
    judged: Enter, services: wiring.Services
) -> None:
    screen = judged(**SHOCK)
    screen.button(key=state.of_level("1")).click().run()
    screen.button(key=state.of_level("4")).click().run()
    assert "Baisser de ■ 1 · ROUGE à ● 4 · VERT" in said(screen)
    screen.button(key="verdict_cancel").click().run()
    lower(screen, "2", "touche de trop")
    (kept,) = services.store.corrections()
    assert (kept.feedback_type, kept.corrected_french_level, kept.reason) == ("correct", "2", "touche de trop")
    assert badge(screen) == "Niveau 2, ROUGE" and "proposé" not in said(screen)


def test_a_raise_from_the_recorded_level_is_kept_at_once_with_the_reason_of_the_lowering(
    judged: Enter, services: wiring.Services
) -> None:
    screen = lower(judged(**SHOCK), "4", "erreur de brassard")
    assert badge(screen) == "Niveau 4, VERT" and "proposé : 2" in said(screen)
    screen.button(key=state.of_level("3A")).click().run()
    (kept,) = services.store.corrections()
    assert (kept.feedback_type, kept.corrected_french_level, kept.reason) == ("downgrade", "3A", "erreur de brassard")
    lower(screen, "5", "va bien")
    screen.button(key=state.of_level("2")).click().run()
    assert [(r.feedback_type, r.reason) for r in services.store.corrections()] == [("correct", None)]
