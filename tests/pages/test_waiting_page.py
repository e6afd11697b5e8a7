"""The waiting room on screen: who is late, what to measure, and each way out with its undo."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.ui import reevaluation, state
from feedback_store.errors import JournalWriteError, UnknownPrediction
from tests.builders import a_request
from tests.pages.conftest import said
from tests.pages.test_other_pages import open_page


@pytest.fixture
def at_minutes_ago(monkeypatch: pytest.MonkeyPatch, services: wiring.Services) -> object:
    """Decide on a patient so many minutes ago; returns the decision's id."""

    def decide(minutes: int, label: str | None = "A12", **changes: object) -> str:
        class Earlier(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return datetime.now(UTC) - timedelta(minutes=minutes)

        with monkeypatch.context() as patch:
            patch.setattr(wiring, "datetime", Earlier)
            return services.decide(a_request(**changes), label).prediction_id

    return decide


def buttons(screen: AppTest) -> list[str]:
    return [button.label for button in screen.main.button]


def test_an_empty_room_says_what_will_stand_there(screen: AppTest) -> None:
    open_page(screen, "file_active")
    assert "Personne n'attend" in said(screen)
    assert "apparaît ici" in said(screen)


def test_a_late_patient_is_told_in_words_with_what_to_measure(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(50, saturation_oxygene=None, motif_id="douleur_thoracique_sca", frequence_cardiaque=135)
    open_page(screen, "file_active")
    words = said(screen)
    assert "1 patient attend" in words and "1 au-delà du délai" in words
    assert "Délai dépassé de 30 min" in words and "À réévaluer" in words
    assert "A12" in words and "50 min d'attente" in words


@pytest.mark.parametrize(("sexe", "told"), [("F", "arrivée à"), ("M", "arrivé à"), ("Autre", "arrivé à")])
def test_who_arrived_is_told_in_her_gender_and_the_delay_as_on_the_card(
    screen: AppTest, at_minutes_ago: object, sexe: str, told: str
) -> None:
    at_minutes_ago(1, sexe=sexe, motif_id="douleur_thoracique_sca")
    open_page(screen, "file_active")
    assert f"{told} " in said(screen) and "(médecin < 90 min)" in said(screen)
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    assert "arrived at " in said(screen) and "(physician < 90 min)" in said(screen)


def test_a_provisional_patient_shows_what_to_measure(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(1, label=None, motif_id=None, motif_consultation="zzz", saturation_oxygene=None)
    open_page(screen, "file_active")
    assert "Provisoire, à mesurer : SpO₂" in said(screen)
    assert "Sans repère" in said(screen) and "Motif à choisir" in said(screen)


def test_what_was_refused_is_not_asked_for_again(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(1, saturation_oxygene=None, non_mesures={"saturation_oxygene": "refus"})
    open_page(screen, "file_active")
    assert "Provisoire, constantes refusées ou non mesurables" in said(screen)


def test_two_patients_without_a_label_differ_by_sex_and_age(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(3, label=None, age=34, sexe="F")
    at_minutes_ago(2, label=None, age=0.5, sexe="M")
    open_page(screen, "file_active")
    assert "**Sans repère** · F 34 ans" in said(screen) and "**Sans repère** · M 6 mois" in said(screen)


def test_a_decision_nobody_confirmed_says_so_until_a_verdict(
    screen: AppTest, services: wiring.Services, at_minutes_ago: object
) -> None:
    decided = at_minutes_ago(3)
    open_page(screen, "file_active")
    assert "non confirmé" in said(screen)
    gravity = services.store.decision(decided).gravity_level.value
    services.store.submit(
        {
            "prediction_id": decided,
            "original_gravity": gravity,
            "corrected_gravity": gravity,
            "feedback_type": "correct",
        }
    )
    screen.run()
    assert "non confirmé" not in said(screen)


def test_a_guessed_motif_is_to_be_confirmed(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(1, motif_id=None, motif_consultation="mal de gorge")
    open_page(screen, "file_active")
    assert "Provisoire, motif à confirmer" in said(screen)


def test_level_one_is_watched_without_pause_and_hours_are_told(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(75, motif_id="arret_cardiorespiratoire")
    open_page(screen, "file_active")
    assert "médecin tout de suite" in said(screen) and "Surveillance continue" in said(screen)
    assert "1 h 15 d'attente" in said(screen)


def test_level_one_is_immediate_and_never_overdue(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(5, motif_id="arret_cardiorespiratoire")
    open_page(screen, "file_active")
    assert "1 à voir immédiatement" in said(screen) and "délai" not in said(screen).lower()
    open_page(screen, "tri")
    assert ":red-badge[immédiat]" in said(screen) and "délai dépassé" not in said(screen)


def test_the_desk_marks_who_waits_beyond_the_delay(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(50, motif_id="douleur_thoracique_sca", frequence_cardiaque=135)
    open_page(screen, "tri")
    assert ":red-badge[délai dépassé]" in said(screen)


def test_taken_over_ends_the_wait_and_one_key_undoes_it(screen: AppTest, at_minutes_ago: object) -> None:
    key = at_minutes_ago(5)
    open_page(screen, "file_active")
    screen.button(key=f"taken_{key}").click().run()
    assert "Personne n'attend" in said(screen) and "A12 : pris en charge" in said(screen)
    screen.button(key="room_undo").click().run()
    assert "1 patient attend" in said(screen) and "attend de nouveau" in said(screen)


@pytest.mark.parametrize("way", ["taken", "gone"])
def test_an_outcome_without_a_label_says_of_whom(screen: AppTest, at_minutes_ago: object, way: str) -> None:
    key = at_minutes_ago(3, label=None, age=34, sexe="F", motif_id="douleur_thoracique_sca")
    open_page(screen, "file_active")
    screen.button(key=f"{way}_{key}").click().run()
    if way == "gone":
        screen.button(key=f"gone_yes_{key}").click().run()
    line = next(line for line in said(screen).splitlines() if "par le médecin." in line or "sans être vu." in line)
    assert line.startswith("Sans repère · F 34 ans · Douleur thoracique") and " · arrivée à " in line
    screen.button(key="room_undo").click().run()
    assert "Sans repère · F 34 ans" in next(words for words in said(screen).splitlines() if "de nouveau" in words)


def test_leaving_asks_once_more(screen: AppTest, at_minutes_ago: object) -> None:
    key = at_minutes_ago(5)
    open_page(screen, "file_active")
    screen.button(key=f"gone_{key}").click().run()
    assert "Parti sans être vu" in said(screen) and "1 patient attend" in said(screen)
    screen.button(key=f"gone_no_{key}").click().run()
    screen.button(key=f"gone_{key}").click().run()
    screen.button(key=f"gone_yes_{key}").click().run()
    assert "Personne n'attend" in said(screen) and "parti sans être vu" in said(screen)


@pytest.mark.parametrize(
    ("fault", "words"),
    [(JournalWriteError("disk"), "Non enregistré"), (UnknownPrediction("gone"), "n'est plus dans la file")],
)
def test_an_end_that_cannot_be_kept_is_told(
    screen: AppTest,
    at_minutes_ago: object,
    services: wiring.Services,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    words: str,
) -> None:
    def refuse(*_: object) -> None:
        raise fault

    key = at_minutes_ago(5)
    open_page(screen, "file_active")
    monkeypatch.setattr(services.store.waiting, "record", refuse)
    screen.button(key=f"taken_{key}").click().run()
    assert words in said(screen) and "1 patient attend" in said(screen)


def test_patients_forgotten_for_a_day_are_counted(screen: AppTest, at_minutes_ago: object) -> None:
    at_minutes_ago(60 * 30)
    open_page(screen, "file_active")
    assert "1 patient sans suite depuis plus de 24 h" in said(screen)


def test_what_a_decision_lacked_is_known_even_when_it_cannot_be_judged_again(
    services: wiring.Services, at_minutes_ago: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reevaluation.to_measure(services, "unknown") == ()
    key = at_minutes_ago(5, temperature=None)
    record = services.store.decision(key)
    assert record is not None
    broken = record.model_copy(update={"features": record.features | {"frequence_cardiaque": 0}})
    monkeypatch.setattr(services.store, "decision", lambda _: broken)
    assert "temperature" in reevaluation.to_measure(services, key)
