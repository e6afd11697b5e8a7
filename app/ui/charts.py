"""Charts in the theme's colours with labels on the marks themselves; plotly is loaded when the first one is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app.ui import texts
from app.ui.badge import LOOKS
from app.ui.texts import t
from triage_core.levels import FrenchLevel

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MORE_URGENT, LESS_URGENT, LINE = "#C2570C", "#1F5A8C", "#7C8791"
LONGEST_SHARE = 2.5  # of a delay; a longer wait is drawn no longer: its bar is broken and says so
FIGURE_HEIGHT = 230  # so that what to do stands under what is, on one screen
_STILL = {"displayModeBar": False, "staticPlot": True}


def confusion(matrix: Sequence[Sequence[float]], labels: Sequence[str]) -> None:
    """Counts by true (rows) and predicted (columns) gravity, most urgent first, the count in each cell."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Heatmap(
            z=[list(row) for row in matrix],
            x=list(labels),
            y=list(labels),
            texttemplate="%{z}",
            colorscale=[[0, _theme_colour("secondaryBackgroundColor")], [1, _theme_colour("primaryColor")]],
            showscale=False,
        )
    )
    figure.update_yaxes(autorange="reversed", title=t("modele.true"))
    figure.update_xaxes(title=t("modele.predicted"), side="top")
    draw(figure, FIGURE_HEIGHT, t("modele.confusion.alt"), "confusion")


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
    draw(figure, FIGURE_HEIGHT, t("modele.calibration.alt"), "calibration")


def levels(counts: Mapping[str, int]) -> None:
    """How many verdicts fell on each level, the count on each bar."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Bar(
            x=list(counts),
            y=list(counts.values()),
            text=list(counts.values()),
            textposition="outside",
            marker_color=LESS_URGENT,
        )
    )
    _room_above(figure, counts.values())
    said = ", ".join(f"{name} {texts.number(count)}" for name, count in counts.items())
    draw(figure, 140, t("retours.levels.alt", items=said), "levels")


def arrivals(by_hour: Sequence[int]) -> None:
    """How many patients came in each hour of the day, from the first hour with one to the last."""
    import plotly.graph_objects as go

    busy = [hour for hour, count in enumerate(by_hour) if count]
    hours = range(min(busy, default=0), max(busy, default=23) + 1)
    names, counts = [t("hour", hour=hour) for hour in hours], [by_hour[hour] for hour in hours]
    told = [count or "" for count in counts]
    figure = go.Figure(go.Bar(x=names, y=counts, text=told, textposition="outside", marker_color=LESS_URGENT))
    _room_above(figure, counts)
    said = ", ".join(f"{name} {texts.number(count)}" for name, count in zip(names, counts, strict=True))
    draw(figure, 200, t("activity.by_hour.alt", items=said), "arrivals")


def by_french_level(counts: Sequence[tuple[FrenchLevel, int]]) -> None:
    """Patients of each level in the level's own colour, told by shape and number first."""
    import plotly.graph_objects as go

    names = [f"{LOOKS[level].shape} {level.value}" for level, _ in counts]
    numbers = [count for _, count in counts]
    figure = go.Figure(
        go.Bar(
            x=names,
            y=numbers,
            text=numbers,
            textposition="outside",
            marker={"color": [LOOKS[level].fill for level, _ in counts], "line": {"color": LINE, "width": 1}},
        )
    )
    _room_above(figure, numbers)
    said = ", ".join(f"{name} {texts.number(count)}" for name, count in zip(names, numbers, strict=True))
    draw(figure, 180, t("activity.by_level.alt", items=said), "by_level")


def waits(rows: Sequence[tuple[str, float, str]]) -> None:
    """Median wait of each level as a share of the level's delay, and its words; a bar too long is cut, and says so."""
    import plotly.graph_objects as go

    shown = list(reversed(rows))
    names, drawn = [name for name, _, _ in shown], [min(share, LONGEST_SHARE) for _, share, _ in shown]
    beside = [f"» {words}<br>{t('activity.cut')}" if _is_cut(share) else words for _, share, words in shown]
    colours = [MORE_URGENT if share > 1 else LESS_URGENT for _, share, _ in shown]
    bars = go.Bar(x=drawn, y=names, text=beside, textposition="outside", orientation="h", marker_color=colours)
    figure = go.Figure(bars)
    for place, (_, share, _) in enumerate(shown):
        if _is_cut(share):
            _break(figure, place)
    figure.add_vline(x=1, line={"color": _ink(), "width": 1.5, "dash": "dot"})
    figure.add_annotation(x=1, y=1, yref="paper", text=t("activity.delay"), showarrow=False, yanchor="bottom")
    figure.update_xaxes(showticklabels=False, showgrid=False, range=[0, 1.4 * max(1.0, *drawn)])
    figure.update_yaxes(tickfont={"size": 13, "color": _ink()})
    alt = ", ".join(f"{name} {words}" + f" ({t('activity.cut')})" * _is_cut(share) for name, share, words in rows)
    figure.update_layout(margin={"t": 24})
    draw(figure, 60 + 44 * len(shown), t("activity.delays.alt", items=alt), "waits")


def _is_cut(share: float) -> bool:
    return share > LONGEST_SHARE


def _break(figure: "Figure", place: int) -> None:
    """A gap with two strokes across the bar at a place from below: it goes on further than it is drawn."""
    middle, paper = 0.9 * LONGEST_SHARE, _theme_colour("backgroundColor")
    sides = {"x0": middle - 0.04, "x1": middle + 0.04, "y0": place - 0.45, "y1": place + 0.45}
    figure.add_shape(type="rect", **sides, fillcolor=paper, line_width=0)
    figure.add_annotation(x=middle, y=place, text="//", showarrow=False, font={"size": 16, "color": _ink()})


def _room_above(figure: "Figure", heights: Iterable[int]) -> None:
    """No axis beside bars that bear their numbers, and room for the number of the highest."""
    figure.update_yaxes(showticklabels=False, showgrid=False, range=[0, 1.25 * max(heights, default=1)])


def _ink() -> str:
    """The page's own ink, so that a name is as readable as the text around it."""
    return _theme_colour("textColor")


def _theme_colour(name: str) -> str:
    """A colour of the theme that this browser shows."""
    shown = "dark" if st.context.theme.type == "dark" else "light"
    return str(st.get_option(f"theme.{shown}.{name}"))


def draw(figure: "Figure", height: int, alt: str, key: str) -> None:
    """Draw one figure as every chart of ours: still, no legend, numbers as the language writes them, and its words."""
    separators = ", " if texts.language() == "fr" else ".,"
    margins = {"l": 4, "r": 4, "t": figure.layout.margin.t or 4, "b": 4}
    font = {"size": 12, "color": _ink()}
    figure.update_layout(height=height, margin=margins, showlegend=False, separators=separators, font=font)
    figure.update_xaxes(tickfont=font, title_font=font)
    figure.update_yaxes(tickfont=font, title_font=font)
    st.plotly_chart(figure, width="stretch", height=height, config=_STILL, key=f"chart_{key}", alt=alt)
