"""The head nurse's day on the screen: its rows to take away, bars that are cut, figures that are empty."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.ui import activity_sheet, state
from app.ui.charts import LONGEST_SHARE
from feedback_store.activity import DayVisit, day_activity
from feedback_store.visits import Visit
from tests.builders import a_request
from tests.pages.conftest import said
from tests.pages.test_other_pages import open_page
from tests.typed import as_typed
from triage_core.levels import FrenchLevel

SHOCK = {"motif_id": "douleur_thoracique_sca", "frequence_cardiaque": 118, "pression_systolique": 92}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def rows_of(content: bytes) -> list[dict[str, str]]:
    words = content.decode("utf-8-sig").replace("’", "'")
    return list(csv.DictReader(io.StringIO(words, newline=""), delimiter=";"))


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Callable[[], bytes], str]]:
    """What the page's button would hand out, and under which name."""
    found: list[tuple[Callable[[], bytes], str]] = []

    def button(_label: str, data: Callable[[], bytes], file_name: str, **_: Any) -> bool:
        found.append((data, file_name))
        return False

    monkeypatch.setattr(activity_sheet.st, "download_button", button)
    return found


def test_the_button_hands_out_the_days_rows_without_a_name_and_that_is_noted(
    screen: AppTest, services: wiring.Services, offered: list[tuple[Callable[[], bytes], str]]
) -> None:
    decision = services.decide(a_request(**SHOCK), "Madame Unetelle")
    services.store.waiting.record(decision.prediction_id, "taken_over", "ide-7")
    open_page(screen, "activite")
    export, name = offered[-1]
    content, today = export(), datetime.now(UTC).date().isoformat()
    (row,) = rows_of(content)
    assert name == f"activite_{today}.csv"
    assert (row["Niveau"], row["Évaluations"], row["Délai du niveau (min)"]) == ("2", "1", "20")
    assert (row["Attente (min)"][:2], row["Verdict après (min)"], row["Délai tenu"]) == ("0,", "", "oui")
    assert row["Issue"] == "pris en charge" and row["Motif de recours"].startswith("Douleur thoracique")
    assert not any(word in content.decode() for word in ("Unetelle", "ide-7", decision.prediction_id))
    assert [(seen.what, seen.on) for seen in services.access_log.newest(1)] == [("activity", today)]


def test_an_english_screen_gives_english_headings(
    screen: AppTest, services: wiring.Services, offered: list[tuple[Callable[[], bytes], str]]
) -> None:
    services.decide(a_request(**SHOCK))
    screen.session_state[state.LANGUAGE] = "en"
    open_page(screen, "activite")
    (row,) = rows_of(offered[-1][0]())
    assert (row["Wait (min)"][:2], row["Outcome"], row["Provisional"]) == ("0.", "still waiting", "no")


def test_a_day_without_patients_offers_nothing(screen: AppTest, offered: list[object]) -> None:
    open_page(screen, "activite")
    assert not offered


@pytest.mark.parametrize("motif", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_reason_for_the_visit_leaves_as_a_formula(services: wiring.Services, motif: str) -> None:
    visit = DayVisit(NOON, FrenchLevel.L2, True, motif, 1, 2.04, 1441.5, 20, None, "waiting")
    (row,) = rows_of(activity_sheet.activity_csv(services.book, (visit,)))
    assert (row["Motif de recours"], row["Attente (min)"], row["Délai tenu"]) == ("'" + motif, "1441,5", "")


def waits_chart(minutes: float) -> tuple[str, str]:
    """The last chart of a day when a patient of level 2 waited so long: what is drawn, and its words."""

    def page(activity: object) -> None:
        from app.ui.activity_view import show_activity

        show_activity(activity)  # type: ignore[arg-type]

    visit = Visit("p1", "p1", NOON, NOON, FrenchLevel.L2, False, None, ended=NOON + timedelta(minutes=minutes))
    activity = day_activity([visit], NOON.date(), UTC, NOON)
    chart = AppTest.from_function(page, args=(activity,)).run().get("plotly_chart")[-1].proto
    return as_typed(orjson.dumps(orjson.loads(chart.spec)).decode()), as_typed(chart.alt)


@pytest.mark.parametrize(("minutes", "waited", "is_cut"), [(50, "50 min", False), (220, "3 h 40", True)])
def test_a_bar_longer_than_the_chart_says_that_it_is_cut(
    services: wiring.Services, minutes: float, waited: str, is_cut: bool
) -> None:
    drawn, alt = waits_chart(minutes)
    assert f"{waited} pour 20 min" in drawn and f"{waited} pour 20 min" in alt
    assert ("barre coupée" in alt, '"//"' in drawn) == (is_cut,) * 2
    assert "»" not in drawn and "coupée" not in drawn


def test_a_cut_bar_is_open_and_nothing_is_painted_over_it(services: wiring.Services) -> None:
    figure = orjson.loads(waits_chart(220)[0])
    near, far = figure["data"]
    assert near["x"][0] < far["base"][0] < far["base"][0] + far["x"][0] == LONGEST_SHARE
    assert {shape["type"] for shape in figure["layout"]["shapes"]} == {"line"}


def test_a_figure_that_is_a_dash_says_why(screen: AppTest, services: wiring.Services) -> None:
    services.decide(a_request(**SHOCK))
    open_page(screen, "activite")
    assert {metric.label: metric.value for metric in screen.metric}["Temps de tri médian"] == "—"
    words = said(screen)
    assert "Aucune dernière évaluation n'est confirmée." in words
    assert "Aucune dernière évaluation n'a encore de verdict." in words
    assert "Aucun délai ne compte encore ce jour." in words
