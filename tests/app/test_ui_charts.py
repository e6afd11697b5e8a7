"""What the charts of the monitoring say of their limits, and how their axes are written."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from app.ui import state
from app.ui.shell import PAGES


def layout_of(page: Callable[[], None], language: str) -> dict[str, Any]:
    screen = AppTest.from_function(page)
    screen.session_state[state.LANGUAGE] = language
    layout: dict[str, Any] = orjson.loads(screen.run().get("plotly_chart")[0].proto.spec)["layout"]
    return layout


def control() -> None:
    from app.ui import watch_charts
    from triage_core.monitoring.proportions import p_chart

    centre, points = p_chart([("2026-11-01", 3, 20), ("2026-11-02", 1, 20)])
    watch_charts.control("error", "Corrections", points, centre or 0.0, 0.15)


def drift() -> None:
    from app.ui import watch_charts

    watch_charts.shares("drift", [("Motif", 3.8, "3,80"), ("Sexe", 0.1, "0,10")], "alt", [0.25, 0.25])


def uneven_drift() -> None:
    from app.ui import watch_charts

    watch_charts.shares("drift", [("Motif", 3.8, "3,80"), ("Sexe", 0.1, "0,10")], "alt", [0.25, 0.31])


@pytest.mark.parametrize(
    ("language", "said", "suffix"), [("fr", "limite<br>15\u202f%", "\u202f%"), ("en", "limit<br>15%", "%")]
)
def test_a_limit_is_named_in_the_margin_and_ticks_are_written_as_the_figures(
    language: str, said: str, suffix: str
) -> None:
    layout = layout_of(control, language)
    (name,) = layout["annotations"]
    assert (name["text"], name["x"], name["xref"], name["xanchor"], name["y"]) == (said, 1, "paper", "left", 15)
    assert layout["yaxis"]["ticksuffix"] == suffix and "tickformat" not in layout["yaxis"]
    assert layout["separators"][0] == {"fr": ",", "en": "."}[language]


def test_the_limit_of_drift_crosses_its_bars_and_bears_its_number() -> None:
    layout = layout_of(drift, "fr")
    (name,) = layout["annotations"]
    assert (name["text"], name["x"]) == ("limite 0,25", 0.25)
    lines = [(line["x0"], line["y0"], line["y1"]) for line in layout["shapes"]]
    assert set(lines) == {(0.25, -0.5, 0.5), (0.25, 0.5, 1.5)}
    assert {line.get("layer", "above") for line in layout["shapes"]} == {"above"}


def test_limits_that_differ_are_told_from_the_least_to_the_greatest() -> None:
    (name,) = layout_of(uneven_drift, "fr")["annotations"]
    assert name["text"] == "limite 0,25–0,31"


@pytest.mark.parametrize("name", ["activite", "surveillance", "modele", "retours"])
def test_a_page_with_charts_follows_the_theme(name: str) -> None:
    assert "charts.follow_theme()" in (PAGES / f"{name}.py").read_text("utf-8")
