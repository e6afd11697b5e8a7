"""The benchmark as printed: the product beside every baseline, intervals under each figure."""

from collections.abc import Mapping, Sequence

from triage_core.training.benchmark_baselines import CLASSIFIER_COLUMNS, CLASSIFIERS, READER_COLUMNS, READERS, Row
from triage_core.training.benchmark_elsewhere import SUBGROUP_FIGURES, Transfer
from triage_core.training.benchmark_figures import Figures, Interval

_NAME, _CELL = 42, 10
GOALS = (
    "goals: qwk >= .72, auroc_12 >= .93, log_loss <= .76, macro_f1 >= .62, missed_at_over_26 < .25; caught_10 >= .50, "
    "caught_20 >= .70; coverage >= .93 in every level at a mean size <= 2.5"
)


def table(columns: Sequence[str], baselines: Sequence[Row], ours: Mapping[str, Figures]) -> str:
    """Baselines first, then our rows; a figure nobody measured is left out."""
    lines = [f"{'':<{_NAME}}" + "".join(f"{name:>{_CELL}}" for name in columns)]
    lines += [_line(name, figures) for name, figures in baselines]
    lines += [_line(name, [figures.get(column) for column in columns]) for name, figures in ours.items()]
    return "\n".join(lines)


def classifier_table(ours: Mapping[str, Figures]) -> str:
    """Every baseline classifier of the protocol, then ours."""
    return table((*CLASSIFIER_COLUMNS, "ece"), CLASSIFIERS, ours)


def reader_table(ours: Mapping[str, Figures]) -> str:
    """Every baseline second reader of the protocol, then ours."""
    return table(READER_COLUMNS, READERS, ours)


def interval_lines(figures: Figures, told: Mapping[str, Interval]) -> str:
    """One figure a line with its 95 % interval over visits."""
    return "\n".join(f"  {n:<20} {figures[n]:.3f}   [{low:.3f}, {high:.3f}]" for n, (low, high) in told.items())


def subgroup_table(told: Mapping[str, Figures]) -> str:
    """Sex and age bands, one a line."""
    return table(("n", *SUBGROUP_FIGURES), (), told)


def transfer_table(told: Mapping[str, Transfer]) -> str:
    """Before and after 100 local visits, with intervals of the figures that change most, then subgroups before."""
    columns = ("accuracy", "macro_f1", "qwk", "under", "over", "missed", "log_loss", "auroc_12", "ece")
    rows: dict[str, Figures] = {}
    for name, one in told.items():
        rows |= {f"{name}": one.before, f"{name}, 100 local": one.after}
    parts = [table(columns, (), rows)]
    for name, one in told.items():
        parts.append(f"\n{name}: 95 % intervals before | after")
        parts += [f"  {c:<12} {_pair(one.before_interval[c])} | {_pair(one.after_interval[c])}" for c in columns]
        parts.append(subgroup_table(one.subgroups))
    return "\n".join(parts)


def _pair(told: Interval) -> str:
    return f"[{told[0]:.3f}, {told[1]:.3f}]"


def _line(name: str, figures: Sequence[float | None]) -> str:
    cells = ("" if x is None else format(x, ".0f" if x > 10 else ".3f") for x in figures)
    return f"{name:<{_NAME}}" + "".join(f"{cell:>{_CELL}}" for cell in cells)
