"""What nurses said of our decisions: figures, filters, and a table that stays short."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.ui import feedback_view, state
from tests.builders import a_request
from tests.pages.conftest import said
from tests.pages.test_other_pages import open_page
from tests.typed import as_typed
from triage_core.levels import FrenchLevel, Gravity


def test_feedback_without_any_verdict_says_where_they_come_from(screen: AppTest) -> None:
    open_page(screen, "retours")
    assert "Aucun verdict sur la période" in said(screen)


def test_a_recorded_verdict_is_counted_and_listed(judged: Callable[..., AppTest]) -> None:
    screen = judged()
    screen.button(key=state.of_level("2")).click().run()
    open_page(screen, "retours")
    assert {metric.label: metric.value for metric in screen.metric}["Verdicts"] == "1"
    assert list(screen.dataframe[0].value["Verdict"]) == ["Plus grave"]
    assert "DD/MM/YYYY HH:mm" in screen.dataframe[0].proto.columns
    screen.session_state[state.FEEDBACK_LEVELS] = [Gravity.GRIS]
    screen.run()
    assert "Aucun verdict ne répond" in said(screen)


def test_a_long_table_shows_the_newest_and_says_how_many_there_are(
    screen: AppTest, services: wiring.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback_view, "MOST_ROWS", 2)
    for kind, wanted in (("correct", "5"), ("upgrade", "3B"), ("correct", "5")):
        verdict(services, kind, wanted)
    open_page(screen, "retours")
    assert list(screen.dataframe[0].value["Verdict"]) == ["Correct", "Plus grave"]
    assert "Les 2 derniers sur 3" in said(screen)


def verdict(services: wiring.Services, kind: str, wanted: str, **more: object) -> None:
    """One decision on a calm adult (level 5) and one verdict on it."""
    decision = services.decide(a_request())
    told = {"prediction_id": decision.prediction_id, "original_gravity": decision.gravity_level.value}
    level = FrenchLevel(wanted)
    chosen = {"feedback_type": kind, "corrected_gravity": level.gravity.value, "corrected_french_level": wanted}
    services.store.submit(told | chosen | {"missed_symptoms": []} | more)


def test_seven_verdicts_give_the_figures_and_the_filtered_table(screen: AppTest, services: wiring.Services) -> None:
    for kind, wanted in (*[("correct", "5")] * 4, ("upgrade", "3B"), ("upgrade", "2"), ("disagree", "3A")):
        verdict(services, kind, wanted, reason="fatigue" if kind == "upgrade" else None)
    open_page(screen, "retours")
    figures = {metric.label: as_typed(metric.value) for metric in screen.metric}
    assert figures["Verdicts"] == "7"
    assert (figures["Confirmés"], figures["Sous-triage"], figures["Désaccords"]) == ("57,1 %", "42,9 %", "14,3 %")
    screen.session_state[state.FEEDBACK_KIND] = ["upgrade"]
    screen.run()
    assert list(screen.dataframe[0].value["Raison"]) == ["fatigue", "fatigue"]
    assert list(screen.dataframe[0].value["Niveau de l’infirmier"]) == ["▲ 2 · ROUGE", "◇ 3B · JAUNE"]


def test_an_english_screen_names_the_colours_in_english(screen: AppTest, services: wiring.Services) -> None:
    verdict(services, "upgrade", "2")
    open_page(screen, "retours")
    screen.session_state[state.FEEDBACK_LEVELS] = [Gravity.GRIS]
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    levels = screen.get("button_group")[1].proto.options
    assert [option.content for option in levels] == [f":violet[{word}]" for word in ("RED", "YELLOW", "GREEN", "GREY")]
    assert "GREY 1" in screen.get("plotly_chart")[0].proto.alt
    assert list(screen.dataframe[0].value["Nurse's level"]) == ["▲ 2 · RED"]


def test_a_verdict_without_a_french_level_is_told_by_its_colour(screen: AppTest, services: wiring.Services) -> None:
    verdict(services, "upgrade", "2", corrected_french_level=None)
    open_page(screen, "retours")
    screen.selectbox(key=state.LANGUAGE).set_value("en").run()
    assert list(screen.dataframe[0].value["Nurse's level"]) == ["RED"]
