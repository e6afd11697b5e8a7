"""Rules, and the two administrators' pages with the role they check themselves."""

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.jobs import JobStatus, RetrainRequest
from app.shelf import Gate, VersionInfo
from app.ui import roles, rules_view, state, training_view
from tests.pages.conftest import said
from tests.typed import as_typed

ADMIN_PAGES = ("surveillance", "modele", "reentrainement", "journal")


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
    assert any("lang = 'fr'" in html.proto.body for html in screen.sidebar.get("html"))


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_an_administrators_page_opens_for_an_administrator(screen: AppTest, name: str) -> None:
    open_page(as_administrator(screen), name)
    assert "réservée" not in said(screen)
    assert screen.title


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
    assert "Refusé : Aucune version n'a été servie avant celle-ci" in said(screen)


def a_version(name: str, *, accepted: bool | None, against: str = "v1", alias: str | None = None) -> VersionInfo:
    gate = Gate(accepted, ("rappel ROUGE en baisse : 41,0\u00a0% contre 43,0\u00a0%",), against)
    return VersionInfo(name, alias, "2026-11-23T10:00:00+00:00", {}, gate, None)


def test_only_versions_that_passed_the_gate_are_offered_and_dates_are_french(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = [a_version("v3", accepted=True), a_version("v2", accepted=False), a_version("v0", accepted=None)]
    monkeypatch.setattr(services.models, "versions", lambda: shelf)
    open_page(as_administrator(screen), "modele")
    assert screen.selectbox(key=state.MODEL_VERSION).options == ["v3"]
    shown = screen.dataframe[0].value
    assert set(shown["Entraînée le"]) == {"23/11/2026"}
    assert "rappel ROUGE en baisse\u202f: 41,0\u202f% contre" in shown["Comparaison au modèle servi"][1]


def test_a_promotion_against_an_older_champion_is_refused_in_french(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = [a_version("v3", accepted=True), a_version("v2", accepted=True, alias="champion")]
    monkeypatch.setattr(services.models, "versions", lambda: shelf)
    open_page(as_administrator(screen), "modele")
    screen.selectbox(key=state.MODEL_VERSION).set_value("v3")
    screen.checkbox(key=state.MODEL_SURE).check()
    screen.button(key="model_promote").click().run()
    assert "v3 a été comparée à v1, mais v2 est servie" in said(screen)


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
        (a_job("done", version="v3", accepted=True), "Version v3 entraînée."),
        (a_job("done", version="v3", accepted=False, reasons=("rappel en baisse",)), "rappel en baisse"),
        (a_job("failed", error="disque plein"), "disque plein"),
        (a_job("refused", error="trop peu"), "Entraînement refusé : trop peu"),
        (a_job("refused", version="v3", reasons=("rappel en baisse",)), "Version v3 entraînée mais refusée"),
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


def test_a_refusal_by_the_gate_is_a_warning_and_no_error(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = a_job("refused", version="v3", reasons=("sous-triage en hausse : 4,9\u00a0%",))
    monkeypatch.setattr(services.jobs, "latest", lambda: job)
    open_page(as_administrator(screen), "reentrainement")
    assert not screen.error
    assert "sous-triage en hausse\u202f: 4,9\u202f%" in screen.warning[-1].value.replace("\\", "")


def test_the_start_button_comes_back_when_the_run_ends(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [a_job("running"), a_job("done", version="v3", accepted=True)]
    monkeypatch.setattr(services.jobs, "latest", lambda: told.pop(0) if len(told) > 1 else told[0])
    open_page(as_administrator(screen), "reentrainement")
    assert "Version v3 entraînée" in said(screen)
    assert not screen.button(key="train_start").disabled


@pytest.mark.parametrize(("trees", "depth", "asked"), [("", "", (None, None)), ("120", " 3 ", (120, 3))])
def test_the_number_and_depth_of_trees_are_asked_for_only_when_typed(
    screen: AppTest,
    services: wiring.Services,
    monkeypatch: pytest.MonkeyPatch,
    trees: str,
    depth: str,
    asked: tuple[int | None, int | None],
) -> None:
    runs: list[RetrainRequest] = []
    monkeypatch.setattr(services.jobs, "start", runs.append)
    open_page(as_administrator(screen), "reentrainement")
    screen.text_input(key=state.TRAIN_TREES).set_value(trees)
    screen.text_input(key=state.TRAIN_DEPTH).set_value(depth)
    screen.button(key="train_start").click().run()
    assert [(run.n_estimators, run.max_depth) for run in runs] == [asked]


@pytest.mark.parametrize(("is_ticked", "minutes", "asked"), [(False, "x", None), (True, "7", 7), (True, "9999", 1440)])
def test_a_search_for_settings_is_asked_for_with_its_time_budget(
    screen: AppTest,
    services: wiring.Services,
    monkeypatch: pytest.MonkeyPatch,
    is_ticked: bool,
    minutes: str,
    asked: float | None,
) -> None:
    runs: list[RetrainRequest] = []
    monkeypatch.setattr(services.jobs, "start", runs.append)
    open_page(as_administrator(screen), "reentrainement")
    screen.checkbox(key=state.TRAIN_TUNE).set_value(is_ticked)
    screen.text_input(key=state.TRAIN_TUNE_MINUTES).set_value(minutes)
    screen.button(key="train_start").click().run()
    assert [run.tune_minutes for run in runs] == [asked]


def test_a_run_tells_what_became_of_the_verdicts(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"received": 260, "learned": 58, "set_aside": 200, "capped_nurses": 1}
    job = a_job("done", version="v3", accepted=True, feedback=counts)
    monkeypatch.setattr(services.jobs, "latest", lambda: job)
    open_page(as_administrator(screen), "reentrainement")
    assert "260 cas reçus, 58 appris, 0 doublon, 200 à relire, 0 à arbitrer, 1 infirmier plafonné." in said(screen)
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    assert "260 cases received, 58 learnt, 0 duplicates, 200 to review, 0 to settle, 1 nurse capped." in said(screen)


@pytest.mark.parametrize("typed", ["0", "-3", "2,5", "beaucoup", "123456"])
def test_a_depth_that_is_not_a_count_starts_nothing(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    runs: list[RetrainRequest] = []
    monkeypatch.setattr(services.jobs, "start", runs.append)
    open_page(as_administrator(screen), "reentrainement")
    screen.text_input(key=state.TRAIN_DEPTH).set_value(typed)
    screen.button(key="train_start").click().run()
    assert "Profondeur des arbres : un nombre entier" in said(screen)
    assert runs == []


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
    assert as_typed(training_view.time_left(61.2)) == "environ 1 min 1 s restantes"


def test_the_rules_are_searchable_in_any_order_of_words(screen: AppTest) -> None:
    open_page(screen, "regles")
    everything = len(screen.dataframe[0].value)
    screen.text_input(key=state.RULES_QUERY).set_value("coronarien terrain").run()
    assert 0 < len(screen.dataframe[0].value) < everything
    screen.text_input(key=state.RULES_QUERY).set_value("spo2 > 90 %").run()
    assert any("SpO₂" in criterion for criterion in screen.dataframe[0].value["Critère"])
    screen.text_input(key=state.RULES_QUERY).set_value("zzzz").run()
    assert "Rien ne répond" in said(screen)


def test_every_rule_says_whether_a_clinician_has_read_it(screen: AppTest) -> None:
    open_page(screen, "regles")
    assert set(screen.dataframe[0].value["Relecture"]) == {"non relu"}


def test_a_rule_names_its_source_shortly_and_all_sources_stand_in_full_below(screen: AppTest) -> None:
    open_page(screen, "regles")
    assert "SFMU, FRENCH V1.1 juin 2018" in set(screen.dataframe[0].value["Source"])
    assert screen.dataframe[0].value["Source"].str.len().max() < 60
    assert "pdfplumber" in said(screen)


def test_a_page_that_fails_speaks_french_and_logs_the_place_without_the_message(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("Mme Dupont")

    monkeypatch.setattr(rules_view, "show_rules", breaks)
    open_page(screen, "regles")
    assert "Cette page a rencontré une erreur" in said(screen)
    assert [record.levelname for record in caplog.records if record.name == "app.ui.shell"] == ["ERROR"]
    caplog.clear()
