"""The administrator turns the model off and on; every page says so; administrators read who saw what."""

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.ui import roles, state, switch_view
from tests.builders import a_request
from tests.pages.conftest import said
from tests.pages.test_other_pages import as_administrator, open_page


def test_off_and_on_again_each_with_a_reason_that_stays(screen: AppTest, services: wiring.Services) -> None:
    open_page(as_administrator(screen), "modele")
    screen.button(key="switch_off").click().run()
    assert "Écrivez pourquoi" in said(screen) and services.model_switch.off() is None
    screen.text_input(key=state.SWITCH_REASON).set_value("relève trop ce soir").run()
    screen.button(key="switch_off").click().run()
    off = services.model_switch.off()
    assert off is not None and (off.by, off.reason) == (roles.ADMINISTRATOR, "relève trop ce soir")
    for page in ("modele", "tri", "retours"):
        open_page(screen, page)
        assert "Modèle coupé par administrateur : règles seules" in said(screen)
    open_page(screen, "modele").text_input(key=state.SWITCH_REASON).set_value("vu avec le médecin").run()
    screen.button(key="switch_on").click().run()
    assert services.model_switch.off() is None and "Modèle coupé" not in said(screen)


@pytest.mark.parametrize("act", [switch_view._turn_off, switch_view._turn_on])
def test_the_switch_does_nothing_for_a_nurse(act, services: wiring.Services, monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, object] = {state.ROLE: roles.NURSE, state.SWITCH_REASON: "une raison écrite"}
    monkeypatch.setattr(roles.st, "session_state", session)
    act()
    assert session[state.NOTICE][0] == "error" and services.model_switch.history() == ()  # type: ignore[index]


def test_a_switch_that_cannot_be_read_or_written_says_that_nothing_changed(
    screen: AppTest, services: wiring.Services
) -> None:
    (services.settings.data_dir / "triage" / "model_switch.jsonl").mkdir(parents=True)
    open_page(as_administrator(screen), "modele")
    screen.text_input(key=state.SWITCH_REASON).set_value("le fichier est revenu").run()
    screen.button(key="switch_on").click().run()
    assert "rien n'a changé" in said(screen)


def test_who_saw_what_is_kept_once_a_page_and_read_by_administrators(
    screen: AppTest, services: wiring.Services
) -> None:
    screen.run()  # a rerun is no second visit
    open_page(screen, "retours")
    services.access_log.note("infirmier", "sheet", "abc123")
    open_page(as_administrator(screen), "journal")
    assert [(told.who, told.what, told.on) for told in reversed(services.access_log.newest())] == [
        ("infirmier", "page", "tri"),
        ("infirmier", "page", "retours"),
        ("infirmier", "sheet", "abc123"),
        ("administrateur", "page", "journal"),
    ]
    table = screen.dataframe[-1].value
    assert "fiche imprimée" in str(table) and "abc123" in str(table)
    assert list(table["Cas ou page"]) == ["Journaux", "abc123", "Retours", "Tri"]


def test_an_evaluation_is_noted_by_its_id_alone(judged, services: wiring.Services) -> None:
    judged()
    told = services.access_log.newest()[0]
    assert told.what == "decision" and services.store.decision(told.on) is not None


def test_pages_say_that_mlflow_is_gone(screen: AppTest, services: wiring.Services) -> None:
    (services.settings.models_dir / "mlflow").mkdir()
    (services.settings.models_dir / "mlflow" / "mlflow.db").write_bytes(b"x" * 5000)
    as_administrator(screen)
    for page in ("modele", "reentrainement"):
        assert "MLflow est absent ou abîmé" in said(open_page(screen, page))


def test_a_silent_search_and_unreadable_protocols_are_said(screen: AppTest, services: wiring.Services) -> None:
    services.motif_fault, services.protocols.fault = "KeyError", "Permission denied"
    services.decide(a_request())
    assert "choisissez le motif dans la liste" in said(screen.run())
    assert "Dossier des protocoles illisible" in said(screen)
