"""The quick line in a real browser: typed, read, confirmed by its key, evaluated; nothing counts before."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.browsing import a_page, running_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LINE = "H 65 DT depuis 2h TA 92/55 FC 118 FR 24 sat 95 AA T 37,2 EVA 6 G15 ATCD HTA zzz"
FILLED = {
    "Âge": "65",
    "PA (mmHg)": "92/55",
    "FC (/min)": "118",
    "FR (/min)": "24",
    "SpO₂ (%)": "95",
    "T° (°C)": "37,2",
    "EVA (/10)": "6",
    "Glasgow (/15)": "15",
}


@pytest.mark.parametrize("locale", ["fr-FR", "en-US"])
def test_a_line_is_read_confirmed_by_one_key_and_evaluated(tmp_path: Path, locale: str) -> None:
    with running_server(tmp_path) as base, a_page(locale) as page:
        page.goto(base)
        line = page.get_by_label("Ligne rapide")
        line.press_sequentially(LINE.replace("ATCD HTA zzz", "zzz ATCD HTA"), delay=5)
        expect(page.get_by_text("FC 118")).to_be_visible()
        expect(page.get_by_text("Non compris, reste à saisir")).to_contain_text("zzz")
        expect(page.get_by_label("Âge", exact=True)).to_have_value("")
        page.keyboard.press("Alt+v")
        for label, value in FILLED.items():
            expect(page.get_by_label(label, exact=True)).to_have_value(value)
        expect(line).to_have_value("")
        expect(page.get_by_text("Antécédents : HTA")).to_be_visible()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Médecin < 20 min")).to_be_visible()


def test_a_discarded_line_fills_nothing(tmp_path: Path) -> None:
    with running_server(tmp_path) as base, a_page("fr-FR") as page:
        page.goto(base)
        line = page.get_by_label("Ligne rapide")
        line.press_sequentially("F 30 FC 118", delay=5)
        expect(page.get_by_role("button", name="Effacer la ligne")).to_be_visible()
        page.keyboard.press("Alt+k")
        expect(line).to_have_value("")
        expect(page.get_by_label("Âge", exact=True)).to_have_value("")
        expect(page.get_by_label("FC (/min)", exact=True)).to_have_value("")
