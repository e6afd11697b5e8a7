"""Feedback, rules, and the two administrators' pages with the role they check themselves."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.jobs import JobStatus
from app.ui import roles, state, training_view
from tests.pages.conftest import said

ADMIN_PAGES = ("modele", "reentrainement")


def open_page(screen: AppTest, name: str) -> AppTest:
    screen.switch_page(f"../pages/{name}.py").run()
    assert not screen.exception
    return screen


def as_administrator(screen: AppTest) -> AppTest:
    return screen.selectbox(key=state.ROLE).set_value(roles.ADMINISTRATOR).run()


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_an_administrators_page_refuses_a_nurse(screen: AppTest, name: str) -> None:
    open_page(screen, name)
    assert "réservée à l'administrateur" in said(screen)
    assert not screen.button


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_an_administrators_page_opens_for_an_administrator(screen: AppTest, name: str) -> None:
    open_page(as_administrator(screen), name)
    assert "réservée" not in said(screen)
    assert screen.button


def test_an_administrators_action_does_nothing_for_a_nurse(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    session: dict[str, object] = {state.ROLE: roles.NURSE}
    monkeypatch.setattr(roles.st, "session_state", session)
    roles.administrators_only(lambda: done.append("promoted"))()
    assert (done, session[state.NOTICE][0]) == ([], "error")  # type: ignore[index]
    session[state.ROLE] = roles.ADMINISTRATOR
    roles.administrators_only(lambda: done.append("promoted"))()
    assert done == ["promoted"]


def test_without_a_model_the_page_says_what_to_do(screen: AppTest) -> None:
    open_page(as_administrator(screen), "modele")
    assert "Lancez un entraînement" in said(screen)


def test_a_promotion_needs_a_version_and_a_yes(screen: AppTest) -> None:
    open_page(as_administrator(screen), "modele")
    screen.button(key="model_promote").click().run()
    assert "Cochez la confirmation" in said(screen)


def test_rolling_back_with_nothing_before_is_refused_in_words(screen: AppTest) -> None:
    open_page(as_administrator(screen), "modele")
    screen.button(key="model_rollback").click().run()
    assert "Refusé" in said(screen)


def test_training_with_too_few_corrections_is_refused_with_the_figure(screen: AppTest) -> None:
    open_page(as_administrator(screen), "reentrainement")
    screen.button(key="train_start").click().run()
    assert "Pas assez de corrections : 50 demandées" in said(screen)


def test_a_minimum_that_is_not_a_number_is_refused(screen: AppTest) -> None:
    open_page(as_administrator(screen), "reentrainement")
    screen.text_input(key=state.TRAIN_MINIMUM).set_value("beaucoup")
    screen.button(key="train_start").click().run()
    assert "un nombre entier supérieur à 0" in said(screen)


def a_job(state_word: str, **changes: object) -> JobStatus:
    return JobStatus("20261123T100000-00000000", state_word, 0.4, step="ajustement", eta_s=75.0, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (a_job("running"), "environ 1 min 15 s restantes"),
        (a_job("done", version="v3", accepted=True), "Version v3 entraînée"),
        (a_job("done", version="v3", accepted=False, reasons=("rappel en baisse",)), "rappel en baisse"),
        (a_job("failed", error="disque plein"), "disque plein"),
        (a_job("refused", error="trop peu"), "Entraînement refusé"),
        (a_job("cancelled"), "Entraînement annulé"),
        (a_job("interrupted"), "interrompu"),
    ],
)
def test_a_job_is_told_in_words_after_a_reload(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch, job: JobStatus, words: str
) -> None:
    monkeypatch.setattr(services.jobs, "latest", lambda: job)
    open_page(as_administrator(screen), "reentrainement")
    assert words in said(screen)
    assert screen.button(key="train_start").disabled is job.is_running


def test_a_running_job_is_cancelled_by_its_own_id(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled: list[str] = []
    monkeypatch.setattr(services.jobs, "latest", lambda: a_job("running"))
    monkeypatch.setattr(services.jobs, "cancel", cancelled.append)
    open_page(as_administrator(screen), "reentrainement")
    screen.button(key="train_cancel").click().run()
    assert cancelled == ["20261123T100000-00000000"]


def test_the_time_left_is_said_only_when_it_is_known(screen: AppTest) -> None:
    assert training_view.time_left(None) == "temps restant inconnu"
    assert training_view.time_left(61.2) == "environ 1 min 1 s restantes"


def test_the_rules_are_searchable_in_any_order_of_words(screen: AppTest) -> None:
    open_page(screen, "regles")
    everything = len(screen.dataframe[0].value)
    screen.text_input(key=state.RULES_QUERY).set_value("coronarien terrain").run()
    assert 0 < len(screen.dataframe[0].value) < everything
    screen.text_input(key=state.RULES_QUERY).set_value("zzzz").run()
    assert "Rien ne répond" in said(screen)


def test_every_rule_says_whether_a_clinician_has_read_it(screen: AppTest) -> None:
    open_page(screen, "regles")
    assert set(screen.dataframe[0].value["Relecture"]) == {"non relu"}


def test_feedback_without_any_verdict_says_where_they_come_from(screen: AppTest) -> None:
    open_page(screen, "retours")
    assert "Aucun verdict sur la période" in said(screen)


def test_a_recorded_verdict_is_counted_and_listed(judged: Callable[..., AppTest]) -> None:
    screen = judged()
    screen.button(key="verdict_upgrade").click().run()
    open_page(screen, "retours")
    assert {metric.label: metric.value for metric in screen.metric}["Verdicts"] == "1"
    assert list(screen.dataframe[0].value["Verdict"]) == ["Plus grave"]
    screen.session_state[state.FEEDBACK_LEVELS] = ["GRIS"]
    screen.run()
    assert "Aucune correction ne répond" in said(screen)
