"""The administrator reads whether the journals are what they were."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from app import wiring
from feedback_store.journals import DECISIONS
from tests.builders import a_request
from tests.pages.conftest import said
from tests.pages.test_other_pages import as_administrator, open_page
from tests.pages.test_paper import printed


def opened(screen: AppTest) -> str:
    open_page(as_administrator(screen), "journal")
    return said(screen)


def test_sound_journals_are_said_to_be_with_their_digest(screen: AppTest, services: wiring.Services) -> None:
    for _ in range(3):
        services.decide(a_request())
    services.store.keeping.check()
    assert "Aucune anomalie : 3 lignes enregistrées, 3 vérifiées" in opened(screen)
    assert screen.metric[0].value == services.store.keeping.current_digest().code


def test_an_altered_line_is_named_and_what_to_do_is_said(screen: AppTest, services: wiring.Services) -> None:
    for _ in range(3):
        services.decide(a_request())
    path = Path(services.settings.data_dir / DECISIONS)
    path.write_bytes(path.read_bytes().replace(b'"sexe":"F"', b'"sexe":"M"', 1))
    open_page(as_administrator(screen), "journal")
    screen.button(key="journal_check").click().run()
    assert "ne sont plus ce qu'elles étaient" in said(screen)
    assert "medtriage verify" in said(screen)
    assert "line 1 seq 1: altered" in screen.code[0].value


def test_a_journal_that_accepts_no_more_records_says_so(screen: AppTest, services: wiring.Services) -> None:
    services.decide(a_request())
    services.store.keeping.ledgers.decisions._refusal = "flush failed"
    assert "plus rien n'est enregistré" in opened(screen)


def test_before_the_first_line_there_is_no_digest(screen: AppTest) -> None:
    opened(screen)
    assert screen.metric[0].value == "aucune ligne"


def test_a_printed_sheet_bears_the_digest_that_verification_takes(screen: AppTest, services: wiring.Services) -> None:
    decision = services.decide(a_request())
    code = services.store.keeping.current_digest().sheet
    assert code.startswith("1-") and f"Journal {code}" in printed(services, decision.prediction_id)
    assert code in opened(screen)
