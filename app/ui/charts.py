"""Charts in the theme's colours with labels on the marks themselves; plotly is loaded when the first one is drawn."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app.ui import texts
from app.ui.texts import t

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MORE_URGENT, LESS_URGENT, LINE = "#C2570C", "#1F5A8C", "#7C8791"
FIGURE_HEIGHT = 230  # so that what to do stands under what is, on one screen
_STILL = {"displayModeBar": False, "staticPlot": True}


def contributions(items: Sequence[tuple[str, float]], title: str) -> None:
    """Small horizontal bars: right pushes towards more urgent, left towards less; the name stands on each bar."""
    import plotly.graph_objects as go

    shown = list(reversed(items))
    names = [f"{name} {'↑' if effect > 0 else '↓'}" for name, effect in shown]
    figure = go.Figure(
        go.Bar(
            x=[effect for _, effect in shown],
            y=list(range(len(shown))),
            orientation="h",
            marker_color=[MORE_URGENT if effect > 0 else LESS_URGENT for _, effect in shown],
        )
    )
    ink = {"size": 12, "color": _ink()}
    figure.update_yaxes(tickvals=list(range(len(shown))), ticktext=names, tickfont=ink, ticklen=0, showgrid=False)
    figure.update_xaxes(showticklabels=False, zeroline=True, zerolinecolor=LINE, showgrid=False)
    st.caption(title)
    _draw(figure, 24 + 19 * len(shown), t("card.contributions.alt", items=", ".join(reversed(names))), "contributions")


def confusion(matrix: Sequence[Sequence[float]], labels: Sequence[str]) -> None:
    """Counts by true (rows) and predicted (columns) gravity, most urgent first, the count in each cell."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Heatmap(
            z=[list(row) for row in matrix],
            x=list(labels),
            y=list(labels),
            texttemplate="%{z}",
            colorscale=[[0, "#F1F4F7"], [1, "#1F5A8C"]],
            showscale=False,
        )
    )
    figure.update_yaxes(autorange="reversed", title=t("modele.true"))
    figure.update_xaxes(title=t("modele.predicted"), side="top")
    _draw(figure, FIGURE_HEIGHT, t("modele.confusion.alt"), "confusion")


def calibration(curves: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Observed share against announced probability, one labelled line per level, with the diagonal of perfection."""
    import plotly.graph_objects as go

    diagonal = {"x": [0, 1], "y": [0, 1], "text": ["", t("modele.perfect")], "line": {"dash": "dot", "color": LINE}}
    figure = go.Figure(go.Scatter(**diagonal, mode="lines+text", textposition="middle right"))
    for name, points in curves.items():
        labels = [""] * (len(points) - 1) + [name]
        figure.add_scatter(
            x=[x for x, _ in points],
            y=[y for _, y in points],
            mode="lines+markers+text",
            text=labels,
            textposition="bottom right",
            line={"color": MORE_URGENT},
        )
    figure.update_xaxes(range=[0, 1.15], title=t("modele.announced"))
    figure.update_yaxes(range=[0, 1.05], title=t("modele.observed"))
    _draw(figure, FIGURE_HEIGHT, t("modele.calibration.alt"), "calibration")


def levels(counts: Mapping[str, int]) -> None:
    """How many verdicts fell on each level, the count on each bar."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Bar(x=list(counts), y=list(counts.values()), text=list(counts.values()), marker_color=LESS_URGENT)
    )
    figure.update_yaxes(showticklabels=False, showgrid=False)
    said = ", ".join(f"{name} {texts.number(count)}" for name, count in counts.items())
    _draw(figure, 140, t("retours.levels.alt", items=said), "levels")


def _ink() -> str:
    """The page's own ink, so that a name is as readable as the text around it."""
    shown = "dark" if st.context.theme.type == "dark" else "light"
    return str(st.get_option(f"theme.{shown}.textColor"))


def _draw(figure: "Figure", height: int, alt: str, key: str) -> None:
    separators = ", " if texts.language() == "fr" else ".,"
    margins = {"l": 4, "r": 4, "t": 4, "b": 4}
    figure.update_layout(height=height, margin=margins, showlegend=False, separators=separators)
    st.plotly_chart(figure, width="stretch", height=height, config=_STILL, key=f"chart_{key}", alt=alt)
