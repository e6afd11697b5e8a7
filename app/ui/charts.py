"""Charts with labels on the marks themselves; plotly is loaded when the first one is drawn.

A browser may go dark at night with the page open, and Streamlit tells nothing of it: a page with charts follows
the theme. What is painted is clear or holds 3 to 1 on either ground; words take the page's ink.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app.ui import texts
from app.ui.badge import LOOKS
from app.ui.texts import t
from triage_core.levels import FrenchLevel

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MORE_URGENT, LESS_URGENT, LINE = "#C2570C", "#2F78BA", "#7C8791"
CELLS = ("rgba(47,120,186,0.06)", "rgba(47,120,186,0.6)")  # a tint of either ground: a count is read on it in the ink
LIMIT = (("#FFFFFF", 4), ("#1B2228", 2))  # dark in a pale edge: told on both grounds and across a bar of any colour
LONGEST_SHARE = 2.5  # of a delay; a longer wait is drawn no longer: its bar is broken and says so
BREAK = (LONGEST_SHARE * 0.88, LONGEST_SHARE * 0.92)  # from where to where a cut bar is open
ROOM_FOR_WAIT = 124  # right of the longest bar, for "11 h 59 pour 20 min"
FIGURE_HEIGHT = 230  # so that what to do stands under what is, on one screen
LOOK_EVERY_S = 2.0
_STILL = {"displayModeBar": False, "staticPlot": True}


def confusion(matrix: Sequence[Sequence[float]], labels: Sequence[str]) -> None:
    """Counts by true (rows) and predicted (columns) gravity, most urgent first, the count in each cell."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Heatmap(
            z=[list(row) for row in matrix],
            x=list(labels),
            y=list(labels),
            colorscale=[[0, CELLS[0]], [1, CELLS[1]]],
            showscale=False,
        )
    )
    cells = [(x, y, count) for y, row in zip(labels, matrix, strict=True) for x, count in zip(labels, row, strict=True)]
    across, down, counts = zip(*cells, strict=True)
    figure.add_scatter(x=across, y=down, text=[texts.number(count) for count in counts], mode="text")
    figure.update_yaxes(autorange="reversed", showgrid=False, title=t("modele.true"))
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
    colours = [MORE_URGENT if share > 1 else LESS_URGENT for _, share, _ in shown]
    beside = ["" if _is_cut(share) else words for _, share, words in shown]
    lengths = [BREAK[0] if _is_cut(share) else share for _, share, _ in shown]
    bars = go.Bar(x=lengths, y=names, text=beside, textposition="outside", orientation="h", marker_color=colours)
    figure = go.Figure(bars)
    _broken_ends(figure, [(name, words) for name, share, words in shown if _is_cut(share)])
    mark_limit(figure, 1, -0.5, len(shown) - 0.5)
    figure.add_annotation(x=1, y=1, yref="paper", text=t("activity.delay"), showarrow=False, yanchor="bottom")
    figure.update_xaxes(showticklabels=False, showgrid=False, range=[0, max(1.0, *drawn)])
    alt = ", ".join(f"{name} {words}" + f" ({t('activity.cut')})" * _is_cut(share) for name, share, words in rows)
    figure.update_traces(cliponaxis=False)
    figure.update_layout(margin={"t": 24, "r": ROOM_FOR_WAIT}, barmode="overlay")
    draw(figure, 60 + 44 * len(shown), t("activity.delays.alt", items=alt), "waits")


def _is_cut(share: float) -> bool:
    return share > LONGEST_SHARE


def _broken_ends(figure: "Figure", rows: Sequence[tuple[str, str]]) -> None:
    """The far ends of bars that go on further than they are drawn: an open gap with two strokes, then the words."""
    if not rows:
        return
    names, far = [name for name, _ in rows], LONGEST_SHARE - BREAK[1]
    beside = {"text": [words for _, words in rows], "textposition": "outside"}
    ends = {"base": [BREAK[1]] * len(rows), "x": [far] * len(rows), "y": names}
    figure.add_bar(**ends, **beside, orientation="h", marker_color=MORE_URGENT)
    for name in names:
        figure.add_annotation(x=sum(BREAK) / 2, y=name, text="//", showarrow=False, font_size=16)


def mark_limit(figure: "Figure", x: float, low: float, high: float) -> None:
    """A line at a limit across horizontal bars, from one place on their axis to another."""
    for colour, width in LIMIT:
        figure.add_shape(type="line", x0=x, x1=x, y0=low, y1=high, line={"color": colour, "width": width})


def _room_above(figure: "Figure", heights: Iterable[int]) -> None:
    """No axis beside bars that bear their numbers, and room for the number of the highest."""
    figure.update_yaxes(showticklabels=False, showgrid=False, range=[0, 1.25 * max(heights, default=1)])


def _ink() -> str:
    """The page's own ink, so that a name is as readable as the text around it; Streamlit's is too pale by day."""
    return str(st.get_option(f"theme.{'dark' if _theme() == 'dark' else 'light'}.textColor"))


def _theme() -> str | None:
    return st.context.theme.type


def follow_theme() -> None:
    """Run the page again when its browser goes dark or light; once on every page that draws charts."""
    _look_at_theme(_theme())


@st.fragment(run_every=LOOK_EVERY_S)
def _look_at_theme(drawn_in: str | None) -> None:
    if _theme() != drawn_in:
        st.rerun()


def draw(figure: "Figure", height: int, alt: str, key: str) -> None:
    """Draw one figure as every chart of ours: still, no legend, numbers as the language writes them, and its words."""
    separators = ",\u202f" if texts.language() == "fr" else ".,"
    own, font, clear = figure.layout.margin, {"size": 12, "color": _ink()}, "rgba(0,0,0,0)"
    margins = {"l": 4, "r": own.r or 4, "t": own.t or 4, "b": 4}
    figure.update_layout(height=height, margin=margins, showlegend=False, separators=separators, font=font)
    figure.update_layout(paper_bgcolor=clear, plot_bgcolor=clear)
    figure.update_xaxes(tickfont=font, title_font=font)
    figure.update_yaxes(tickfont=font, title_font=font)
    st.plotly_chart(figure, width="stretch", height=height, config=_STILL, key=f"chart_{key}", alt=alt)
