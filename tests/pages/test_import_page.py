"""The page where a hospital's past visits are brought in: refused to nurses, nothing written before a yes."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.jobs import RetrainRequest
from app.ui import state
from tests.pages.conftest import said
from tests.pages.test_other_pages import as_administrator, open_page
from tests.typed import as_typed

FILE = "chu.csv"
LINES = (
    "Numero dossier;Âge;Sexe;Motif de recours;FC;Temp (°F);Niveau de tri\n"
    "A1;65;H;chute;118;99,5;2\nA2;31;F;;80;98,6;4\n"
)
FAULTY = "A3;200;F;;80;98,6;3B\n"


@pytest.fixture
def page(screen: AppTest, services: wiring.Services) -> AppTest:
    """The page with one file waiting in the drop folder."""
    waiting = services.settings.imports_dir / "incoming"
    waiting.mkdir(parents=True)
    (waiting / FILE).write_text(LINES + FAULTY, encoding="cp1252")
    return open_page(as_administrator(screen), "donnees")


def imported(page: AppTest, services: wiring.Services) -> AppTest:
    page.checkbox(key=state.IMPORT_SURE).check()
    page.button(key="import_start").click().run()
    for _ in range(600):
        status = services.imports.latest()
        if status is not None and not status.is_running:
            return page.run()
        time.sleep(0.1)
    raise TimeoutError


def test_the_page_refuses_a_nurse(screen: AppTest) -> None:
    open_page(screen, "donnees")
    assert "réservée à l'administrateur" in said(screen)
    assert not screen.button


def test_without_a_file_the_page_says_where_to_put_one(screen: AppTest) -> None:
    open_page(as_administrator(screen), "donnees")
    assert "Aucun fichier dans le dossier de dépôt" in said(screen)
    assert "incoming" in said(screen)


def test_the_guessed_columns_and_the_unit_of_the_header_are_proposed(page: AppTest) -> None:
    assert page.selectbox(key=state.of_import(FILE, "column", "frequence_cardiaque")).value == "FC"
    assert page.selectbox(key=state.of_import(FILE, "unit", "temperature")).value == "°F"
    assert page.selectbox(key=state.of_import(FILE, "scale", "niveau_french")).value == "FRENCH"
    assert page.selectbox(key=state.of_import(FILE, "column", "glycemie")).value == ""


def test_the_first_rows_are_shown_as_understood_with_what_would_be_refused(page: AppTest) -> None:
    assert list(page.dataframe[0].value["temperature"])[:2] == [37.5, 37.0]
    assert "1 des 3 premières lignes seraient refusées" in said(page)
    assert "Âge : hors de 0 à 125 ans" in map(as_typed, page.dataframe[1].value["Raison du refus"])


def test_a_column_taken_away_is_taken_away_from_the_preview(page: AppTest) -> None:
    page.selectbox(key=state.of_import(FILE, "column", "temperature")).set_value("").run()
    assert "temperature" not in page.dataframe[0].value.columns


def test_a_mapping_that_cannot_be_read_is_refused_in_words(page: AppTest) -> None:
    page.text_area(key=state.of_import(FILE, "rest")).set_value("[codes").run()
    assert "Import impossible : TOML" in said(page)
    assert not [button for button in page.button if button.key == "import_start"]


def test_nothing_is_imported_before_the_confirmation(page: AppTest, services: wiring.Services) -> None:
    page.button(key="import_start").click().run()
    assert "Cochez la confirmation" in said(page)
    assert services.imports.latest() is None


@pytest.mark.slow
def test_a_confirmed_file_is_imported_by_a_process_of_its_own_and_offered_to_the_training(
    page: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[RetrainRequest] = []
    monkeypatch.setattr(services.jobs, "start", runs.append)
    imported(page, services)
    assert "chu.csv importée : 2 lignes gardées, 1 refusées" in said(page).replace("\\", "")
    page.button(key="import_train").click().run()
    assert "chu.csv est choisie" in said(page).replace("\\", "")
    open_page(page, "reentrainement")
    assert page.selectbox(key=state.TRAIN_TABLE).value == "chu.csv"
    page.button(key="train_start").click().run()
    assert [run.data for run in runs] == [services.settings.imports_dir / "chu.csv"]


@pytest.mark.slow
def test_a_second_import_under_the_same_name_is_refused_in_words(page: AppTest, services: wiring.Services) -> None:
    imported(page, services)
    imported(page, services)
    assert "a déjà été importé" in said(page).replace("\\", "")
