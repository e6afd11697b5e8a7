"""Charts of the monitoring: control charts, shares, drift and time, with their limits drawn and the last value said."""

from collections.abc import Sequence

from app.ui import texts
from app.ui.charts import LESS_URGENT, LINE, MORE_URGENT, draw
from app.ui.texts import t
from feedback_store.watching import Activity
from triage_core.monitoring.proportions import ControlPoint

HEIGHT = 200
ROOM_FOR_WORDS = 20  # above a line whose name stands at its end


def control(key: str, name: str, points: Sequence[ControlPoint], centre: float, limit: float | None) -> None:
    """One p-chart: the share, its mean, three-sigma limits, and the limit of the alert where there is one."""
    import plotly.graph_objects as go

    periods = [_when(point.period) for point in points]
    figure = go.Figure()
    for bound in ([point.upper for point in points], [point.lower for point in points], [centre] * len(points)):
        dash = "solid" if bound[0] == centre and len(set(bound)) == 1 else "dot"
        line = {"color": LINE, "width": 1, "dash": dash}
        figure.add_scatter(x=periods, y=bound, mode="lines", line=line)
    figure.add_scatter(
        x=periods,
        y=[point.share for point in points],
        mode="lines+markers",
        line={"color": LESS_URGENT},
        marker={
            "size": [10 if point.is_out else 5 for point in points],
            "symbol": ["diamond" if point.is_out else "circle" for point in points],
            "color": [MORE_URGENT if point.is_out else LESS_URGENT for point in points],
        },
    )
    if limit is not None:
        said = t("watch.limit", value=texts.percent(limit))
        figure.add_hline(
            y=limit, line={"color": MORE_URGENT, "width": 1}, annotation_text=said, annotation_position="top left"
        )
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    figure.update_xaxes(type="category", nticks=6)
    last, out = texts.percent(points[-1].share, 1), sum(point.is_out for point in points)
    draw(figure, HEIGHT, t("watch.control.alt", name=name, last=last, out=out), f"control_{key}")


def shares(key: str, rows: Sequence[tuple[str, float, str]], alt: str, limits: Sequence[float] | None = None) -> None:
    """Horizontal bars, the value written on each; a tick marks the limit of each bar where there is one."""
    import plotly.graph_objects as go

    shown = list(reversed(rows))
    marks = list(reversed(limits)) if limits is not None else None
    is_over = [marks is not None and value >= marks[place] for place, (_, value, _) in enumerate(shown)]
    figure = go.Figure(
        go.Bar(
            x=[value for _, value, _ in shown],
            y=[name for name, _, _ in shown],
            orientation="h",
            text=[text for _, _, text in shown],
            textposition="outside",
            cliponaxis=False,
            marker_color=[MORE_URGENT if over else LESS_URGENT for over in is_over],
        )
    )
    if marks is not None:
        tick = {"symbol": "line-ns-open", "size": 14, "color": MORE_URGENT}
        figure.add_scatter(x=marks, y=[name for name, _, _ in shown], mode="markers", marker=tick)
    widest = max([value for _, value, _ in shown] + (marks or []), default=0.0)
    figure.update_xaxes(showticklabels=False, showgrid=False, range=[0, max(1.2 * widest, 0.01)])
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
            y=values,
            mode="lines+markers+text",
            text=[text if place == named_at else "" for place in range(len(values))],
            textposition=side,
            line={"color": colour},
            cliponaxis=False,
        )
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
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


def _when(period: str) -> str:
    """The first day of a period, short: the axis has room for day and month."""
    return texts.date(f"{period}T12:00:00+00:00").removesuffix(f"/{period[:4]}").removeprefix(f"{period[:4]}-")
