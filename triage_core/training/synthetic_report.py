"""Lays synthetic vitals beside real ones; ``python -m triage_core.training.synthetic_report`` renews data/README.md."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from triage_core.features import ADULT_FROM_YEARS, BY_NAME
from triage_core.training.dataset import read_table
from triage_core.training.synthetic import DEFAULT_OUT

README = Path("data/README.md")
BEGIN, END = "<!-- comparison: generated, do not edit -->", "<!-- end of comparison -->"
REAL = {"nhamcs": "NHAMCS", "danish": "Danish", "ktas": "KTAS"}
SAME_LEVELS = {"2": ("2",), "3": ("3A", "3B"), "4": ("4",), "5": ("5",)}  # level 1 has 40 rows: too few for quantiles

Quantiles = list[float]


def comparison(frame: pd.DataFrame) -> str:
    """One Markdown table a vital: quantiles of synthetic adults and of the real data sets, by five-level triage."""
    text = Path(__file__).with_name("real_quantiles.toml").read_text(encoding="utf-8")
    real = tomllib.loads(text)
    adults = frame[frame["age"] >= ADULT_FROM_YEARS]
    names = list(real["nhamcs"]["2"])
    return "\n".join(line for name in names for line in _section(name, adults, real))


def _section(name: str, adults: pd.DataFrame, real: dict[str, dict[str, dict[str, Quantiles]]]) -> Iterator[str]:
    probabilities = real["probabilities"]
    yield f"### {BY_NAME[name].label} ({BY_NAME[name].unit})\n"
    yield "| level | synthetic | " + " | ".join(REAL.values()) + " |\n|---|---|" + "---|" * len(REAL)
    for level, french in SAME_LEVELS.items():
        drawn = adults[adults["niveau_french"].isin(french)][name].quantile(list(probabilities))
        cells = [_cell(list(drawn)), *(_cell(real[source][level].get(name, [])) for source in REAL)]
        yield f"| {' + '.join(french)} | " + " | ".join(cells) + " |"
    yield ""


def _cell(values: Quantiles) -> str:
    return " · ".join(f"{round(value, 1):g}" for value in values) or "not recorded"


def main() -> int:
    """Renew the generated part of data/README.md from the committed table; 1 when its marks are gone."""
    text = README.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        print(f"{README} has lost its marks: {BEGIN} and {END}", file=sys.stderr)
        return 1
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    README.write_text(
        f"{before}{BEGIN}\n{comparison(read_table(DEFAULT_OUT).frame)}{END}{after}", encoding="utf-8", newline="\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
