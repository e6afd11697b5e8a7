"""The printed sheet, the protocols' words and the day's page, over real services."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from app import wiring
from app.protocols.library import Hit
from app.protocols.reading import Passage
from app.sheet import sheet_pdf
from app.ui import protocols_view, sheet_view, state, texts
from tests.builders import a_request
from tests.pages.conftest import said
from tests.pages.test_other_pages import open_page
from tests.pages.test_waiting_page import at_minutes_ago
from tests.typed import as_typed

__all__ = ["at_minutes_ago"]
SHOCK = {"motif_id": "douleur_thoracique_sca", "frequence_cardiaque": 118, "pression_systolique": 92}


def in_one_line(text: str) -> str:
    """Words without the breaks of lines and with plain spaces."""
    return " ".join(as_typed(text).split())


def printed(services: wiring.Services, prediction_id: str) -> str:
    content = sheet_view.sheet_content(services, prediction_id)
    assert content is not None
    (page,) = PdfReader(io.BytesIO(sheet_pdf(content))).pages
    assert [round(float(side) * 25.4 / 72) for side in (page.mediabox.width, page.mediabox.height)] == [148, 210]
    return in_one_line(page.extract_text())


def asked_for(services: wiring.Services, prediction_id: str, monkeypatch: pytest.MonkeyPatch, **session: str) -> str:
    """What the button hands out to a browser of Tokyo: it is drawn by another thread, which has no session."""
    offered: list[Callable[[], bytes]] = []
    with monkeypatch.context() as patch:
        patch.setattr(sheet_view.st, "download_button", lambda _label, draw, **_rest: offered.append(draw))
        patch.setattr(texts.st, "session_state", session)
        patch.setattr(texts, "zone", lambda: ZoneInfo("Asia/Tokyo"))
        sheet_view.sheet_button(services, prediction_id)
    with ThreadPoolExecutor(1) as pool:
        pdf = pool.submit(offered[0]).result()
    return in_one_line(PdfReader(io.BytesIO(pdf)).pages[0].extract_text())


def verdict(decision: object, kind: str, gravity: str, level: str) -> dict[str, object]:
    told = {"feedback_type": kind, "corrected_gravity": gravity, "corrected_french_level": level}
    return told | {"prediction_id": decision.prediction_id, "original_gravity": decision.gravity_level}  # type: ignore[attr-defined]


def test_the_sheet_says_level_vitals_why_and_that_nobody_confirmed_it(services: wiring.Services) -> None:
    text = printed(services, services.decide(a_request(**SHOCK), "A12").prediction_id)
    for words in (
        "Tri 2 · ROUGE",
        "Cas A12",
        "118 /min",
        "92 mmHg",
        "Tri 2 : PAS 92 mmHg avec FC 118 /min (seuil général FRENCH, PAS ≤ 100 mmHg",
        "non confirmé",
        "non marqué CE",
    ):
        assert words in text


def test_paper_speaks_the_language_of_its_screen_on_its_clock(
    services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = services.decide(a_request(**SHOCK), "A12")
    text = asked_for(services, decision.prediction_id, monkeypatch, **{state.LANGUAGE: "en"})
    record = services.store.decision(decision.prediction_id)
    assert record is not None
    assert "RED" in text and "Chest pain" in text and "Physician" in text and "WHY" in text
    assert "Médecin" not in text and f"{record.timestamp.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}" in text
    assert "Médecin" in asked_for(services, decision.prediction_id, monkeypatch)


def test_of_limits_by_age_the_sheet_prints_the_patients_own(services: wiring.Services) -> None:
    child = {"age": 0.5, "motif_id": "fievre", "frequence_cardiaque": 170}
    assert "FC haute pour l'âge (> 160/min)" in printed(services, services.decide(a_request(**child)).prediction_id)


def test_the_sheet_tells_the_history_and_why_with_the_patients_values(services: wiring.Services) -> None:
    told = {"motif_id": "dyspnee_insuffisance_respiratoire", "antecedents": ["BPCO", "infarctus 2019"]}
    decision = services.decide(a_request(frequence_respiratoire=32, saturation_oxygene=88, **told))
    text = printed(services, decision.prediction_id)
    assert "ANTÉCÉDENTS BPCO, infarctus 2019" in text
    assert "Tri 2 : FR 32 /min avec SpO₂ 88 % (grille FRENCH, Dyspnée" in text


def test_a_sheet_without_history_has_no_heading_for_it_and_a_full_one_stays_above_its_foot(
    services: wiring.Services,
) -> None:
    assert "ANTÉCÉDENTS" not in printed(services, services.decide(a_request()).prediction_id)
    long = {"motif_consultation": "mal " * 60, "antecedents": ["insuffisance cardiaque"] * 50}
    content = sheet_view.sheet_content(services, services.decide(a_request(**SHOCK, **long)).prediction_id)
    assert content is not None
    motif, history, (heading, why) = content.blocks
    full = replace(content, status=["À vérifier " * 12] * 4, blocks=(motif, history, (heading, why * 12)))
    text = in_one_line(PdfReader(io.BytesIO(sheet_pdf(full))).pages[0].extract_text())
    above, below = text.split("RÉÉVALUATIONS")
    assert above.rstrip().endswith("…") and "non marqué CE" in below


def test_what_was_not_measured_is_said_and_is_to_be_measured(services: wiring.Services) -> None:
    text = printed(services, services.decide(a_request(saturation_oxygene=None, **SHOCK)).prediction_id)
    assert "non mesuré" in text and "Provisoire, à mesurer : Saturation en oxygène" in text and "Sans repère" in text


def test_the_nurses_level_stands_on_the_sheet_beside_ours(services: wiring.Services) -> None:
    decision = services.decide(a_request(**SHOCK))
    services.store.submit(verdict(decision, "upgrade", "ROUGE", "1"))
    text = printed(services, decision.prediction_id)
    assert "Tri 1 · ROUGE" in text and "Niveau de l'infirmier : 1 (proposé : 2)" in text


def test_a_level_corrected_twice_is_printed_as_it_was_recorded_last(services: wiring.Services) -> None:
    decision = services.decide(a_request(**SHOCK))
    services.store.submit(verdict(decision, "upgrade", "ROUGE", "1"))
    lowered = {"reason": "erreur de brassard", "confirmed": True}
    services.store.submit(verdict(decision, "downgrade", "VERT", "4") | lowered)
    text = printed(services, decision.prediction_id)
    assert "Tri 4 · VERT" in text and "Médecin < 120 min" in text and "infirmier : 4 (proposé : 2)" in text


def test_a_confirmed_level_needs_no_remark_and_a_guessed_motif_does(services: wiring.Services) -> None:
    decision = services.decide(a_request(motif_id=None, motif_consultation="mal de gorge" + " x" * 300))
    services.store.submit(verdict(decision, "correct", "JAUNE", "3B"))
    text = printed(services, decision.prediction_id)
    assert "non confirmé" not in text and "motif à confirmer" in text and "Mots du patient : mal de gorge" in text


def test_nothing_is_printed_of_an_unknown_decision(services: wiring.Services) -> None:
    assert sheet_view.sheet_content(services, "unknown") is None


def test_a_passage_is_cited_by_page_or_by_section() -> None:
    assert protocols_view.citation(Hit(Passage("a.pdf", None, 3, "x"), "x")) == "a.pdf, page 3"
    assert "« Choc »" in as_typed(protocols_view.citation(Hit(Passage("a.md", "Choc", None, "x"), "x")))
    assert protocols_view.citation(Hit(Passage("a.md", None, None, "x"), "x")) == "a.md"


def test_the_day_is_told_in_figures_and_an_empty_one_says_so(
    screen: AppTest, services: wiring.Services, at_minutes_ago: Callable[..., str]
) -> None:
    open_page(screen, "activite")
    assert "Aucun patient trié" in said(screen)
    key = at_minutes_ago(0, **SHOCK)
    services.store.waiting.record(key, "taken_over")
    screen.run()
    shown = {metric.label: metric.value for metric in screen.metric}
    assert (shown["Patients triés"], as_typed(shown["Délais tenus"])) == ("1", "100 %")
    services.decide(a_request(motif_id="douleur_gorge"))
    screen.run()
    assert {metric.label: metric.value for metric in screen.metric}["Attendent encore"] == "1"


@pytest.mark.parametrize("minutes", [None, 0.5, 7.2])
def test_a_duration_is_told_in_seconds_or_minutes(minutes: float | None) -> None:
    from app.ui.activity_view import _duration

    assert as_typed(_duration(minutes)) == {None: "—", 0.5: "30 s", 7.2: "7 min"}[minutes]


def test_protocols_say_what_is_missing(services: wiring.Services, tmp_path: Path) -> None:
    def page() -> None:
        from app import wiring
        from app.ui import protocols_view

        protocols_view.show_passages(wiring.services().protocols, "avc")

    assert "n'a pas encore déposé de protocole" in said(AppTest.from_function(page).run())
    services.protocols.folder.mkdir(parents=True)
    (services.protocols.folder / "avc.md").write_text("# AVC *urgent*\nAppeler <b>vite</b>.", encoding="utf-8")
    (services.protocols.folder / "casse.pdf").write_bytes(b"no")
    services.protocols.refresh()
    shown = said(AppTest.from_function(page).run())
    assert "Appeler \\<b\\>vite" in shown
    assert "casse.pdf n'est pas lu : fichier abîmé, protégé ou qui n'est pas un PDF. Redonnez-le." in shown.replace(
        "\\", ""
    )
    assert "Error" not in shown and "))" not in shown
    (services.protocols.folder / "avc.md").rename(services.protocols.folder / "autre.md")
    (services.protocols.folder / "autre.md").write_text("# Autre\nRien.", encoding="utf-8")
    services.protocols.refresh()
    assert "Aucun passage" in said(AppTest.from_function(page).run())


def test_how_long_a_nurse_typed_is_kept_with_the_decision(
    judged: Callable[..., AppTest], services: wiring.Services
) -> None:
    judged()
    (visit,) = services.store.waiting.board().visits
    record = services.store.decision(visit.prediction_id)
    assert record is not None and record.entry_seconds is not None
    assert visit.entry_s == record.entry_seconds >= 0
