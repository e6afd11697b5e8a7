"""Charts of the monitoring: control charts, shares, drift and time, with their limits drawn and the last value said."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.ui import texts
from app.ui.charts import LESS_URGENT, LINE, MORE_URGENT, draw, mark_limit
from app.ui.texts import t
from feedback_store.watching import Activity
from triage_core.monitoring.proportions import ControlPoint

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

HEIGHT = 200
ROOM_FOR_WORDS = 20  # above a line whose name stands at its end
ROOM_BESIDE = 40  # right of the curve, for the name of its limit


def control(key: str, name: str, points: Sequence[ControlPoint], centre: float, limit: float | None) -> None:
    """One p-chart: the share, its mean, three-sigma limits, and the limit of the alert where there is one."""
    import plotly.graph_objects as go

    periods = [_when(point.period) for point in points]
    figure = go.Figure()
    for bound in ([point.upper for point in points], [point.lower for point in points], [centre] * len(points)):
        dash = "solid" if bound[0] == centre and len(set(bound)) == 1 else "dot"
        line = {"color": LINE, "width": 1, "dash": dash}
        figure.add_scatter(x=periods, y=_percents(bound), mode="lines", line=line)
    figure.add_scatter(
        x=periods,
        y=_percents([point.share for point in points]),
        mode="lines+markers",
        line={"color": LESS_URGENT},
        marker={
            "size": [10 if point.is_out else 5 for point in points],
            "symbol": ["diamond" if point.is_out else "circle" for point in points],
            "color": [MORE_URGENT if point.is_out else LESS_URGENT for point in points],
        },
    )
    if limit is not None:
        _name_beside(figure, 100 * limit, t("watch.limit", value=texts.percent(limit)))
    _percent_axis(figure)
    figure.update_xaxes(type="category", nticks=4)
    last, out = texts.percent(points[-1].share, 1), sum(point.is_out for point in points)
    draw(figure, HEIGHT, t("watch.control.alt", name=name, last=last, out=out), f"control_{key}")


def shares(key: str, rows: Sequence[tuple[str, float, str]], alt: str, limits: Sequence[float] | None = None) -> None:
    """Horizontal bars, the value written on each; where there are limits, a line across each bar and its number."""
    import plotly.graph_objects as go

    shown = list(reversed(rows))
    marks = list(reversed(limits or ()))
    names, values, words = [row[0] for row in shown], [row[1] for row in shown], [row[2] for row in shown]
    is_over = [bool(marks) and value >= marks[place] for place, value in enumerate(values)]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            text=None if marks else words,
            textposition="outside",
            cliponaxis=False,
            marker_color=[MORE_URGENT if over else LESS_URGENT for over in is_over],
        )
    )
    end = max(1.2 * max([*values, *marks], default=0.0), 0.01)
    if marks:
        beyond = [max(pair) for pair in zip(values, marks, strict=True)]  # so that no line strikes a value through
        told = [f"\u00a0{text}" for text in words]
        figure.add_scatter(x=beyond, y=names, text=told, mode="text", textposition="middle right", cliponaxis=False)
        _mark_limits(figure, marks)
    figure.update_xaxes(showticklabels=False, showgrid=False, range=[0, end])
    draw(figure, 30 + 24 * len(shown), alt, f"shares_{key}")


def model_activity(periods: Sequence[Activity]) -> None:
    """The shares of decisions that the model raised and on which it said nothing, each line named at its end."""
    import plotly.graph_objects as go

    last, days = len(periods) - 1, [_when(period.start) for period in periods]
    raised = [period.raised / period.n for period in periods]
    silent = [(period.silent + period.without_model) / period.n for period in periods]
    figure = go.Figure()
    # One line is named at its end, the other at its start: both often lie on the axis.
    for name, values, colour, named_at, side in (
        (t("watch.raised"), raised, LESS_URGENT, last, "top left" if last else "top center"),
        (t("watch.silent"), silent, MORE_URGENT, 0, "top right" if last else "bottom center"),
    ):
        text = f"{name} {texts.percent(values[-1], 1)}"
        figure.add_scatter(
            x=days,
            y=_percents(values),
            mode="lines+markers+text",
            text=[text if place == named_at else "" for place in range(len(values))],
            textposition=side,
            line={"color": colour},
            cliponaxis=False,
        )
    _percent_axis(figure)
    figure.update_layout(margin_t=ROOM_FOR_WORDS)
    figure.update_xaxes(type="category", nticks=6)
    draw(figure, HEIGHT, t("watch.activity.alt"), "model_activity")


def latency(periods: Sequence[Activity]) -> None:
    """The time that 95 % of the decisions keep, over time."""
    import plotly.graph_objects as go

    values = [period.latency_ms or 0 for period in periods]
    figure = go.Figure(
        go.Scatter(
            x=[_when(period.start) for period in periods],
            y=values,
            mode="lines+markers+text",
            text=[*[""] * (len(values) - 1), t("watch.latency.last", value=values[-1])],
            textposition="top left" if len(values) > 1 else "top center",
            line={"color": LESS_URGENT},
            cliponaxis=False,
        )
    )
    figure.update_yaxes(rangemode="tozero", title=t("watch.ms"))
    figure.update_layout(margin_t=ROOM_FOR_WORDS)
    figure.update_xaxes(type="category", nticks=6)
    draw(figure, HEIGHT, t("watch.latency.alt", last=values[-1]), "latency")


def _mark_limits(figure: "Figure", marks: Sequence[float]) -> None:
    """Each bar's limit across it, and over the first of them the number, or both ends where they differ."""
    for place, limit in enumerate(marks):
        mark_limit(figure, limit, place - 0.5, place + 0.5)
    said = t("watch.limit", value="–".join(dict.fromkeys(texts.number(limit, 2) for limit in (min(marks), max(marks)))))
    figure.add_annotation(x=marks[-1], y=1, yref="paper", text=said, showarrow=False, yanchor="bottom")
    figure.update_layout(margin_t=ROOM_FOR_WORDS)


def _name_beside(figure: "Figure", limit: float, name: str) -> None:
    """A limit across the whole chart, its name in the margin, where no curve runs."""
    figure.add_hline(y=limit, line={"color": MORE_URGENT, "width": 1})
    said = name.replace(" ", "<br>", 1)
    figure.add_annotation(x=1, xref="paper", xanchor="left", y=limit, text=said, showarrow=False, align="left")
    figure.update_layout(margin_r=ROOM_BESIDE)


def _percents(shares: Sequence[float | None]) -> list[float | None]:
    return [None if share is None else 100 * share for share in shares]


def _percent_axis(figure: "Figure") -> None:
    """Ticks written as a share is in a sentence of the language; plotly's own percentages know no space."""
    space = "\u202f" if texts.language() == "fr" else ""
    figure.update_yaxes(ticksuffix=f"{space}%", rangemode="tozero")


def _when(period: str) -> str:
    """The first day of a period, short: the axis has room for day and month."""
    return texts.date(f"{period}T12:00:00+00:00").removesuffix(f"/{period[:4]}").removeprefix(f"{period[:4]}-")
