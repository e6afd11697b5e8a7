"""An administrator settles contradictions and answers what was set aside; a refusal is overridden in writing."""

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.shelf import Gate, Promotion, VersionInfo
from app.ui import adjudication_view, roles, state, texts
from feedback_store.errors import JournalWriteError
from feedback_store.intake import gather
from tests.builders import a_request
from tests.pages.conftest import said as escaped
from tests.pages.test_other_pages import as_administrator, open_page
from triage_core.levels import FrenchLevel
from triage_core.training.correction import BELOW_RULES
from triage_core.training.doubt import IMPROBABLE_BATCH, IMPROBABLE_LOWERING

WHY = "Relu avec le dossier et le médecin"


def said(screen: AppTest) -> str:
    """All words on the page without the marks that keep them harmless in Markdown."""
    return escaped(screen).replace("\\", "")


def judged_by(services: wiring.Services, *verdicts: tuple[str, str], **changes: object) -> str:
    """One decision on a calm adult (level 5 unless changed) and one verdict of each nurse: (nurse, level)."""
    decision = services.decide(a_request(**changes))
    for nurse, wanted in verdicts:
        level = FrenchLevel(wanted)
        way = level.rank - decision.french_level.rank
        services.store.submit(
            {
                "prediction_id": decision.prediction_id,
                "nurse_id": nurse,
                "original_gravity": decision.gravity_level.value,
                "feedback_type": "correct" if way == 0 else "upgrade" if way > 0 else "downgrade",
                "corrected_gravity": level.gravity.value,
                "corrected_french_level": wanted,
                "reason": "va bien",
                "confirmed": True,
            }
        )
    return decision.prediction_id


def page(screen: AppTest) -> AppTest:
    return open_page(as_administrator(screen), "arbitrage")


def test_a_nurse_is_refused(screen: AppTest, services: wiring.Services) -> None:
    judged_by(services, ("a", "5"), ("b", "2"))
    open_page(screen, "arbitrage")
    assert "réservée à l'administrateur" in said(screen)
    assert not screen.button


def test_nothing_to_settle_is_one_sentence(screen: AppTest, services: wiring.Services) -> None:
    judged_by(services, ("a", "5"), ("b", "5"))
    assert "Rien à arbitrer" in said(page(screen))


def test_a_contradiction_is_settled_with_a_level_and_a_reason_and_then_learnt(
    screen: AppTest, services: wiring.Services
) -> None:
    case = judged_by(services, ("ioa-1", "5"), ("ioa-2", "2"))
    page(screen)
    assert "40 ans, F" in said(screen).replace("*", "")
    assert list(screen.dataframe[0].value["Infirmier"]) == ["ioa-1", "ioa-2"]
    level, reason = state.of_arbitrage(case)
    screen.button(key=f"settle_{case}").click().run()
    assert "Choisissez le niveau retenu" in said(screen)
    screen.selectbox(key=level).set_value(FrenchLevel.L3A)
    screen.button(key=f"settle_{case}").click().run()
    assert "Écrivez un motif d'au moins 10" in said(screen)
    screen.text_input(key=reason).set_value(WHY)
    screen.button(key=f"settle_{case}").click().run()
    assert "Cas tranché" in said(screen) and "Rien à arbitrer" in said(screen)
    [told] = gather(services.store, services.reviews.events()).corrections
    assert (told.row["niveau_french"], told.is_settled) == ("3A", True)
    assert services.reviews.events()[-1].reason == WHY


def test_an_english_screen_tells_a_group_in_english(screen: AppTest, services: wiring.Services) -> None:
    judged_by(services, ("ioa-7", "5"), age=70, motif_id="douleur_thoracique_sca")
    page(screen)
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    words = said(screen)
    assert "ioa-7 · Chest pain / acute coronary syndrome (ACS) → GREY" in words and "GRIS" not in words
    assert "below the level of the rules" in words and "au-dessous" not in words
    assert list(screen.dataframe[0].value["Rules"]) == ["YELLOW"]


def test_a_doubt_is_told_in_the_screens_language(monkeypatch: pytest.MonkeyPatch) -> None:
    doubts = (BELOW_RULES, IMPROBABLE_LOWERING, IMPROBABLE_BATCH, "autre : doute")
    monkeypatch.setattr(texts, "language", lambda: "en")
    told = texts.with_semicolons(map(adjudication_view._doubt, doubts))
    assert (
        told.startswith("below the level of the rules; an improbable lowering")
        and "baisse" not in told
        and "hausses" not in told
    )
    monkeypatch.setattr(texts, "language", lambda: "fr")
    told = texts.with_semicolons(map(adjudication_view._doubt, doubts))
    assert "règles\u202f; baisse improbable d’après" in told and told.endswith("autre\u202f: doute")


@pytest.mark.parametrize(("word", "review"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_group_of_doubtful_verdicts_is_answered_together(
    screen: AppTest, services: wiring.Services, word: str, review: str
) -> None:
    for age in (70, 75, 80):
        judged_by(services, ("ioa-7", "5"), age=age, motif_id="douleur_thoracique_sca")
    page(screen)
    [group] = adjudication_view._open().doubtful
    assert "ioa-7" in said(screen) and "3 cas" in said(screen) and "au-dessous du niveau des règles" in said(screen)
    screen.button(key=f"{word}_{group.key}").click().run()
    assert "Écrivez un motif" in said(screen)
    screen.text_input(key=state.of_arbitrage(group.key)[1]).set_value(WHY)
    screen.button(key=f"{word}_{group.key}").click().run()
    assert f"3 cas {'acceptés' if word == 'accept' else 'rejetés'}" in said(screen)
    assert {told.review for told in gather(services.store, services.reviews.events()).corrections} == {review}


def test_some_cases_of_a_group_can_be_answered_alone(screen: AppTest, services: wiring.Services) -> None:
    for age in (70, 75, 80):
        judged_by(services, (" ", "5"), age=age, motif_id="douleur_thoracique_sca")
    page(screen)
    [group] = adjudication_view._open().doubtful
    assert "sans nom" in said(screen)
    screen.multiselect(key=state.of_arbitrage(group.key)[0]).set_value([2])
    screen.text_input(key=state.of_arbitrage(group.key)[1]).set_value(WHY)
    screen.button(key=f"reject_{group.key}").click().run()
    reviews = [told.review for told in gather(services.store, services.reviews.events()).corrections]
    assert reviews == [None, "rejected", None]


def test_a_case_that_changed_meanwhile_is_not_settled_blindly(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = judged_by(services, ("a", "5"), ("b", "2"))
    page(screen)
    screen.selectbox(key=state.of_arbitrage(case)[0]).set_value(FrenchLevel.L2)
    screen.text_input(key=state.of_arbitrage(case)[1]).set_value(WHY)
    monkeypatch.setattr(adjudication_view, "_open", lambda: adjudication_view._Open((), ()))
    screen.button(key=f"settle_{case}").click().run()
    assert services.reviews.events() == ()


def test_a_decision_that_could_not_be_written_says_so(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = judged_by(services, ("a", "5"), ("b", "2"))
    page(screen)
    screen.selectbox(key=state.of_arbitrage(case)[0]).set_value(FrenchLevel.L2)

    def full(*_: object) -> None:
        raise JournalWriteError("disk full")

    monkeypatch.setattr(services.reviews, "settle", full)
    screen.button(key=f"settle_{case}").click().run()
    assert "n'a pas pu être enregistrée" in said(screen)


def a_refused(name: str) -> VersionInfo:
    gate = Gate(False, ("rappel ROUGE en baisse",), "v1")
    return VersionInfo(name, None, "2026-11-23T10:00:00+00:00", {}, gate, None)


def test_a_refused_version_is_only_offered_for_an_override_and_asks_for_a_reason(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(services.models, "versions", lambda: [a_refused("v2")])
    open_page(as_administrator(screen), "modele")
    assert screen.selectbox(key=state.MODEL_VERSION).options == []
    assert screen.selectbox(key=state.OVERRIDE_VERSION).options == ["v2"]
    screen.selectbox(key=state.OVERRIDE_VERSION).set_value("v2")
    screen.text_area(key=state.OVERRIDE_REASON).set_value("   ")
    screen.button(key="model_override").click().run()
    assert "écrivez un motif d'au moins 20 caractères" in said(screen)

    def promote(version: str, override: str, by: str) -> Promotion:
        asked.append((version, override))
        return Promotion(version, None, True)

    monkeypatch.setattr(services.models, "promote", promote)
    screen.text_area(key=state.OVERRIDE_REASON).set_value(WHY)
    screen.button(key="model_override").click().run()
    assert asked == [("v2", WHY)]
    assert "v2 en service malgré le refus" in said(screen)


def test_an_override_does_nothing_for_a_nurse(screen: AppTest, services: wiring.Services, monkeypatch) -> None:
    monkeypatch.setattr(services.models, "versions", lambda: [a_refused("v2")])
    asked: list[object] = []
    monkeypatch.setattr(services.models, "promote", lambda *told, **more: asked.append(told))
    open_page(as_administrator(screen), "modele")
    screen.selectbox(key=state.OVERRIDE_VERSION).set_value("v2")
    screen.text_area(key=state.OVERRIDE_REASON).set_value(WHY)
    screen.selectbox(key=state.ROLE).set_value(roles.NURSE)
    screen.button(key="model_override").click().run()
    assert asked == []


def test_an_override_stays_on_the_page_with_its_reason(screen: AppTest, services: wiring.Services) -> None:
    ledger = services.settings.models_dir / "history" / "promotions.jsonl"
    ledger.parent.mkdir(parents=True)
    ledger.write_text(
        '{"timestamp":"2026-11-23T10:00:00+00:00","act":"promote","version":"v2","previous":"v1",'
        f'"by":null,"override":"{WHY}","gate_reasons":["rappel ROUGE"]}}\n',
        encoding="utf-8",
    )
    open_page(as_administrator(screen), "modele")
    words = said(screen)
    assert "v2 : mise en service malgré le refus le 23/11/2026 (auteur non identifié)" in words
    assert WHY in words
