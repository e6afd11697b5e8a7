"""Critical visits written by hand that every model must go on seeing: most of them no rule makes ROUGE by itself.

They are nobody's patients and never trained on. Written by MedTriage from textbook presentations; not reviewed by a
clinician. ``sentinelles.csv`` has one case a line: family, features, whether the rules alone make it ROUGE, and why
it is critical.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triage_core.features import VITALS

if TYPE_CHECKING:
    import pandas as pd

PACKAGED = Path(__file__).with_name("sentinelles.csv")
BY_RULES, NOT_BY_RULES = "oui", "non"


@dataclass(frozen=True)
class Sentinels:
    """The cases as rows for ``columns.matrix``, each with its family (``sepsis``, ``enfant``, ...)."""

    frame: "pd.DataFrame"
    families: tuple[str, ...]
    is_rouge_by_rules: NDArray[np.bool_]


def load_sentinels(path: Path = PACKAGED) -> Sentinels:
    """Every sentinel case; a vital that was not measured is NaN."""
    import pandas as pd

    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    numbers = ("age", *(vital.name for vital in VITALS))
    columns = {name: [float(line[name]) if line[name] else np.nan for line in lines] for name in numbers}
    told = {name: [line[name] for line in lines] for name in ("case_id", "sexe", "motif_id")}
    by_rules = np.array([line["par_les_regles"] == BY_RULES for line in lines], dtype=bool)
    return Sentinels(pd.DataFrame(told | columns), tuple(line["famille"] for line in lines), by_rules)
