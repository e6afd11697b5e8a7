"""The monitoring page, experiments, cards and the banner, over real journals and the real factory model."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import watch_round, wiring
from app.access.permissions import ADMINISTRATOR
from app.settings import Settings
from app.shelf import ModelShelf
from app.ui import card_view, roles, state
from app.ui.words import WORDS
from feedback_store import watch_keeper
from feedback_store.automatic import Trigger
from tests.app.test_shelf import a_challenger
from tests.builders import a_request
from tests.pages.conftest import MAIN, said
from tests.pages.test_other_pages import as_administrator, open_page
from triage_core.model import challenger as challengers
from triage_core.monitoring.alerts import AlertKind, Change, Reading


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[wiring.Services]:
    """Real services with the factory model and, waiting, the same model as v2."""
    monkeypatch.setattr(challengers, "ASK_AGAIN_S", 0.0)
    a_challenger(tmp_path / "models", 2)
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", models_dir=tmp_path / "models", min_samples=10)
    replacement = wiring.Services(settings)
    wiring.use(replacement)
    yield replacement
    wiring.use(None)


@pytest.fixture
def screen(services: wiring.Services) -> AppTest:
    return as_administrator(AppTest.from_file(str(MAIN), default_timeout=30).run())


def judge(services: wiring.Services, n: int, kind: str = "correct") -> None:
    for place in range(n):
        decision = services.decide(a_request(age=20 + place % 60, motif_id="douleur_thoracique_sca"))
        told = {"prediction_id": decision.prediction_id, "original_gravity": decision.gravity_level}
        wanted = "ROUGE" if kind == "upgrade" else decision.gravity_level
        services.store.submit(told | {"feedback_type": kind, "corrected_gravity": wanted})


def raise_alert(services: wiring.Services, kind: AlertKind, subject: str = "") -> None:
    services.alerts.record(Change(Reading(kind, 0.4, 0.25, 0.2, subject), True))


def charts(screen: AppTest) -> list[str]:
    return [chart.proto.alt for chart in screen.get("plotly_chart")]


def test_without_data_the_page_says_what_is_lacking(screen: AppTest) -> None:
    open_page(screen, "surveillance")
    words = said(screen)
    assert "Aucune alerte" in words
    assert "Aucun verdict sur la période" in words
    assert "0 décisions sur la période" in words
    assert "Aucun cas jugé" in words


def test_verdicts_make_control_charts_and_a_comparison_of_both_models(
    screen: AppTest, services: wiring.Services
) -> None:
    judge(services, 12)
    judge(services, 3, "upgrade")
    open_page(screen, "surveillance")
    words = said(screen)
    assert "15 cas jugés, factory\\-1 (servi) et v2 (en attente)" in words
    assert any("Sous-triage dans le temps, dernière valeur 20,0" in alt for alt in charts(screen))
    table = screen.dataframe[0].value
    assert next(iter(table["Différence (95 %)".replace(" %", "\u202f%")])).startswith("0,0")


@pytest.mark.parametrize("name", ["surveillance", "modele"])
def test_an_english_page_names_the_colours_in_english(screen: AppTest, services: wiring.Services, name: str) -> None:
    judge(services, 12)
    open_page(screen, name)
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    told = [chart.proto.alt + chart.proto.spec for chart in screen.get("plotly_chart")]
    assert any("RED" in words for words in told)
    assert not [words for words in told if "ROUGE" in words or "JAUNE" in words]


def test_a_page_does_not_wait_for_a_long_history_to_be_read(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(services, 12)
    services.trials.start("v2", "factory-1", 0.2, "chef")
    monkeypatch.setattr(watch_keeper, "AT_ONCE", 0)
    for name, kept_back in (("surveillance", 2), ("modele", 1)):
        open_page(screen, name)
        assert said(screen).count("Le suivi lit encore l'historique") == kept_back
    watch_round.look(services)
    for name in ("surveillance", "modele"):
        open_page(screen, name)
        assert "Le suivi lit encore" not in said(screen)


def test_an_alert_is_a_line_on_every_page_until_an_administrator_has_seen_it(
    screen: AppTest, services: wiring.Services
) -> None:
    raise_alert(services, AlertKind.FEATURE_DRIFT, "temperature")
    for name in ("tri", "regles", "surveillance"):
        open_page(screen, name)
        assert "Patients différents de l'apprentissage. À voir dans Surveillance." in said(screen)
    assert "**Patients différents de l'apprentissage** · depuis le" in said(screen)
    assert ":small[Température 0,40, limite 0,25]" in said(screen)
    screen.button(key="ack_feature_drift").click().run()
    assert "À voir dans Surveillance" not in said(screen)
    assert "vue par administrateur" in said(screen)
    open_page(screen, "tri")
    assert "À voir dans Surveillance" not in said(screen)


def test_the_figures_of_alerts_are_parted_as_the_language_writes(screen: AppTest, services: wiring.Services) -> None:
    for subject in ("saturation_oxygene", "temperature"):
        raise_alert(services, AlertKind.FEATURE_DRIFT, subject)
    open_page(as_administrator(screen), "surveillance")
    assert "0,25\u202f; " in "".join(element.value for element in screen.markdown)
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    assert "limit 0.25; " in said(screen) and " ; " not in said(screen)


def test_care_reads_what_an_alert_means_to_it_and_once(services: wiring.Services) -> None:
    for kind, subject in ((AlertKind.FEATURE_DRIFT, "temperature"), (AlertKind.MISSINGNESS, "glycemie")):
        raise_alert(services, kind, subject)
    words = said(AppTest.from_file(str(MAIN), default_timeout=30).run())
    assert "L'avis du modèle peut être moins sûr. La grille FRENCH s'applique comme toujours" in words
    assert words.count("moins sûr") == 1 and "apprentissage" not in words


@pytest.mark.parametrize("kind", list(AlertKind))
def test_every_alert_has_its_words_for_care(services: wiring.Services, kind: AlertKind) -> None:
    raise_alert(services, kind)
    words = said(AppTest.from_file(str(MAIN), default_timeout=30).run())
    assert WORDS[f"alert.care.{kind.value}"] in words


@pytest.mark.parametrize("kind", list(AlertKind))
def test_every_alert_has_its_words_on_the_page(screen: AppTest, services: wiring.Services, kind: AlertKind) -> None:
    raise_alert(services, kind)
    open_page(screen, "surveillance")
    assert "depuis le" in said(screen)


def test_drift_is_drawn_from_two_hundred_decisions_on(screen: AppTest, services: wiring.Services) -> None:
    for _ in range(200):
        services.decide(a_request(temperature=39.5, glycemie=None))
    open_page(screen, "surveillance")
    assert any("Écart à l'apprentissage" in alt.replace("’", "'") for alt in charts(screen))
    watch_round.look(services)
    assert "feature_drift:temperature" in {alert.key for alert in services.alerts.standing()}


def test_an_experiment_is_started_seen_and_stopped_with_one_click(screen: AppTest, services: wiring.Services) -> None:
    open_page(screen, "modele")
    screen.button(key="trial_start").click().run()
    trial = services.trials.running()
    assert trial is not None
    assert (trial.challenger, trial.champion, trial.share, trial.started_by) == (
        "v2",
        "factory-1",
        0.1,
        "administrateur",
    )
    assert "v2 décide 10 % des visites" in said(screen)
    screen.button(key="trial_stop").click().run()
    assert services.trials.running() is None
    assert "Essai arrêté" in said(screen)
    assert services.trials.all()[0].stopped_by == "administrateur"


def test_a_nurse_can_neither_start_nor_stop_an_experiment(
    services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.ui import trial_view

    monkeypatch.setattr(roles.st, "session_state", {state.ROLE: roles.NURSE})
    trial_view._start("v2", "factory-1")
    assert services.trials.all() == ()


def test_an_experiment_with_a_model_that_no_longer_waits_does_not_start(
    services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.ui import trial_view

    session: dict[str, object] = {state.ROLE: roles.ADMINISTRATOR}
    monkeypatch.setattr(roles.st, "session_state", session)
    trial_view._start("v1", "factory-1")
    assert services.trials.all() == ()
    services.trials.start("v2", "factory-1", 0.2, "chef")
    trial_view._start("v2", "factory-1")
    assert "un autre est en cours" in session[state.NOTICE][1]  # type: ignore[index]


def test_a_model_compared_with_another_champion_is_not_tried(
    screen: AppTest, services: wiring.Services, tmp_path: Path
) -> None:
    a_challenger(tmp_path / "models", 2, against="v1")
    open_page(screen, "modele")
    screen.button(key="trial_start").click().run()
    assert "comparé à un autre que le modèle servi" in said(screen)
    assert services.trials.all() == ()


def test_the_card_of_a_version_can_be_read_with_its_decisions(screen: AppTest, services: wiring.Services) -> None:
    open_page(screen, "modele")
    assert "Usage prévu" in said(screen)
    assert "jamais mise en service" in said(screen)
    versions = {info.version: info for info in services.models.versions()}
    card = card_view.full_card(versions["v2"])
    assert card is not None
    assert "comparaison au modèle servi (factory-1) : acceptée" in card


def test_the_card_says_who_put_a_version_in_service_and_why(services: wiring.Services, tmp_path: Path) -> None:
    shelf = ModelShelf(
        tmp_path / "models", services.ledgers.promotions, move_alias=lambda *_: True, note_override=lambda *_: True
    )
    shelf.promote("v2", override="Moins de sous-triage sur nos cas relus.", by="Anne")
    shelf.rollback(by="Jean")
    versions = {info.version: info for info in services.models.versions()}
    card, before = (card_view.full_card(versions[name]) or "" for name in ("v2", "factory-1"))
    told = "mise en service malgré la comparaison par Anne, à la place de factory-1, raison : Moins de sous\\-triage"
    assert told in card
    assert "remise en service par Jean, à la place de v2" in before


def test_a_promotion_and_a_rollback_from_the_page_bear_the_name_of_who_did_it(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.models, "_move_alias", lambda *_: True)
    open_page(screen, "modele")
    screen.selectbox(key=state.MODEL_VERSION).set_value("v2")
    screen.checkbox(key=state.MODEL_SURE).check()
    screen.button(key="model_promote").click().run()
    screen.button(key="model_rollback").click().run()
    acts = [act for version in ("v2", "factory-1") for act in services.models.history(version)]
    assert [(act["act"], act["by"]) for act in acts] == [("promote", ADMINISTRATOR), ("rollback", ADMINISTRATOR)]


def test_the_card_says_so_when_nobody_gave_a_name(services: wiring.Services, tmp_path: Path) -> None:
    ModelShelf(tmp_path / "models", services.ledgers.promotions, move_alias=lambda *_: True).promote("v2")
    v2 = next(info for info in services.models.versions() if info.version == "v2")
    assert "mise en service par un auteur non identifié, à la place de factory-1" in (card_view.full_card(v2) or "")


def test_the_training_page_tells_what_started_by_itself(screen: AppTest, services: wiring.Services) -> None:
    services.automatic_runs.record(Trigger.DRIFT, "job")
    open_page(screen, "reentrainement")
    assert "Entraînement automatique : actif, un toutes les 24 h au plus" in said(screen)
    assert "patients ou erreurs changés" in said(screen)
    services.automatic_runs.record(Trigger.ERROR_RATE, None, "trop peu")
    screen.run()
    assert "sans suite : trop peu de corrections" in said(screen)
    assert datetime.now(UTC).strftime("%Y") in said(screen)
