"""A nurse and an administrator in a real browser, over the real server, model and MLflow store."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.browsing import a_page, post, running_server
from tests.builders import a_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOCK = {
    "FC (/min)": "118",
    "PA (mmHg)": "92/55",
    "FR (/min)": "24",
    "SpO₂ (%)": "95",
    "T° (°C)": "37,2",
    "EVA (/10)": "7",
    "Glasgow (/15)": "15",
}


def enter_patient(page: Page, vitals: dict[str, str]) -> None:
    """Reason in words, age, sex, then the vitals, by pointer; the answer is asked for by the keyboard."""
    page.get_by_label("Âge", exact=True).fill("65")
    page.get_by_test_id("stRadio").get_by_text("F", exact=True).click()
    page.get_by_label("Motif, en quelques mots").fill("douleur thoracique")
    page.get_by_role("button", name="Douleur thoracique / syndrome coronaire aigu (SCA)").click()
    expect(page.get_by_text("Critères du motif")).to_be_visible()
    for label, typed in vitals.items():
        page.get_by_label(label, exact=True).fill(typed)
    page.keyboard.press("Control+Enter")


def name_a_lower_level(page: Page) -> None:
    """Alt+4 until it is heard: a key is bound just after its button is drawn."""
    reason = page.get_by_label("Raison (obligatoire pour baisser)")
    expect(page.get_by_role("button", name="Confirmer")).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Alt+4")
        page.wait_for_timeout(1_000)
        if reason.is_visible():
            return
    raise AssertionError("no reason was ever asked for")


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=label)
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # an open list closes while the page still scrolls
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize("locale", ["fr-FR", "en-US"])
def test_a_nurse_reads_level_two_and_her_lowering_needs_a_reason_and_a_second_yes(tmp_path: Path, locale: str) -> None:
    with running_server(tmp_path) as base, a_page(locale) as page:
        page.goto(base)
        enter_patient(page, SHOCK)
        expect(page.get_by_text("Médecin < 20 min")).to_be_visible()
        expect(page.get_by_text("37,2").first).to_be_visible()
        page.get_by_role("button", name="3B").click()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("Une raison est obligatoire pour baisser le niveau")).to_be_visible()
        page.get_by_label("Raison (obligatoire pour baisser)").fill("tension habituelle")
        page.get_by_text("Je confirme que ce n’est pas un tri 2").click()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("Noté")).to_be_visible()
    line = json.loads((tmp_path / "data" / "feedback" / "nurse_feedback.jsonl").read_text("utf-8"))
    assert (line["original_french_level"], line["corrected_french_level"]) == ("2", "3B")
    assert line["features"]["temperature"] == 37.2
    assert line["features"]["pression_systolique"] == 92


def test_the_answer_goes_stale_when_a_vital_changes(tmp_path: Path) -> None:
    with running_server(tmp_path) as base, a_page("fr-FR") as page:
        page.goto(base)
        enter_patient(page, SHOCK)
        expect(page.get_by_text("Médecin < 20 min")).to_be_visible()
        page.get_by_label("FC (/min)", exact=True).fill("80")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Saisie modifiée, réévaluer")).to_be_visible()
        expect(page.get_by_role("button", name="Confirmer")).to_have_count(0)


def test_an_impossible_temperature_is_refused_in_french_and_a_missing_spo2_is_said(tmp_path: Path) -> None:
    with running_server(tmp_path) as base, a_page("en-US") as page:
        page.goto(base)
        enter_patient(page, SHOCK | {"T° (°C)": "73"})
        expect(page.get_by_text(re.compile("14.*47")).first).to_be_visible()
        expect(page.get_by_text("Médecin < 20 min")).to_have_count(0)
        page.get_by_label("T° (°C)", exact=True).fill("37,2")
        page.get_by_label("SpO₂ (%)", exact=True).fill("")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("PROVISOIRE").first).to_be_visible()
        expect(page.get_by_text(re.compile("À mesurer.*oxygène")).first).to_be_visible()


def test_an_administrator_retrains_promotes_and_the_next_answer_bears_the_new_version(tmp_path: Path) -> None:
    with running_server(tmp_path) as base, a_page("fr-FR") as page:
        for place in range(50):
            decision = post(base, "/triage/predict", a_request(age=40 + place, frequence_cardiaque=105))
            verdict = {
                "feedback_type": "correct",
                "corrected_gravity": decision["gravity_level"],
                "missed_symptoms": [],
            }
            told = {"prediction_id": decision["prediction_id"], "original_gravity": decision["gravity_level"]}
            post(base, "/feedback/submit", told | verdict | {"patient_features": {}})
        page.goto(base)
        choose(page, "Rôle", "Administrateur")
        page.get_by_role("link", name="Entraînement").click()
        page.get_by_role("button", name=re.compile("^Lancer")).click()
        expect(page.get_by_text("Version v1 entraînée.")).to_be_visible(timeout=120_000)
        expect(page.get_by_role("button", name=re.compile("^Lancer"))).to_be_enabled()
        page.get_by_role("link", name="Modèle").click()
        choose(page, "Version à promouvoir", "v1")
        page.get_by_text("Je mets cette version en service").click()
        page.get_by_role("button", name="Promouvoir").click()
        expect(page.get_by_text("Version v1 en service.")).to_be_visible(timeout=60_000)
        assert post(base, "/triage/predict", a_request())["model_version"] == "v1"
        page.get_by_role("button", name="Revenir à la version précédente").click()
        expect(page.get_by_text("Version précédente en service.")).to_be_visible(timeout=60_000)
        assert post(base, "/triage/predict", a_request())["model_version"] == "factory-1"


def test_a_refused_page_declares_its_language_and_the_role_survives_a_change_of_it(tmp_path: Path) -> None:
    with running_server(tmp_path) as base, a_page("en-US") as page:
        page.goto(f"{base}/modele")
        expect(page.get_by_text("Page réservée")).to_be_visible()
        expect(page.locator("html[lang=fr]")).to_have_count(1)
        page.get_by_role("link", name="Tri").click()
        choose(page, "Rôle", "Administrateur")
        expect(page.get_by_role("link", name="Modèle")).to_be_visible()
        choose(page, "Langue", "English")
        expect(page.locator("html[lang=en]")).to_have_count(1)
        expect(page.get_by_role("link", name="Model")).to_be_visible()


def test_an_administrator_imports_a_file_of_the_drop_folder_and_chooses_it_for_training(tmp_path: Path) -> None:
    waiting = tmp_path / "data" / "imports" / "incoming"
    waiting.mkdir(parents=True)
    lines = "Numero dossier;Âge;Sexe;Motif de recours;FC;Temp (°F);Niveau de tri\nA1;65;H;chute;118;99,5;2\n"
    (waiting / "chu.csv").write_text(lines + "A2;31;F;;80;98,6;3B\nA3;200;F;;80;98,6;4\n", encoding="cp1252")
    with running_server(tmp_path) as base, a_page("fr-FR") as page:
        page.goto(base)
        choose(page, "Rôle", "Administrateur")
        page.get_by_role("link", name="Données").click()
        expect(page.get_by_text(re.compile("1 des 3 premières lignes seraient refusées"))).to_be_visible()
        page.get_by_text("J’ai vérifié les colonnes").click()
        page.get_by_role("button", name="Importer").click()
        expect(page.get_by_text("2 lignes gardées, 1 refusées")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="Entraîner sur cette table").click()
        expect(page.get_by_text("est choisie")).to_be_visible()
        page.get_by_role("link", name="Entraînement").click()
        expect(page.get_by_role("combobox", name=re.compile("Table d.entraînement"))).to_have_value("chu.csv")
    assert (tmp_path / "data" / "imports" / "chu.csv").is_file()
