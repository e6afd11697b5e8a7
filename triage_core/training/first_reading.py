"""Against whose level the raise thresholds are chosen: the nurse's where the table tells it, else that of the rules.

In use the model raises above the rules, so a table without nurses is no makeshift: it is judged where it will serve.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from triage_core.decision import ResolvedMotif, decide_by_rules
from triage_core.features import MEASURES, VITALS
from triage_core.patient import Patient
from triage_core.quality import assess_quality
from triage_core.rules.catalog import RuleBook, load_rulebook
from triage_core.rules.engine import apply_rules
from triage_core.training.evaluate import gravity_ranks

NURSE, RULES = "nurse", "rules"
ENOUGH_NURSES = 0.5  # of the rows; a few corrections among rows without a nurse do not speak for them
MOST_JUDGED = 5000  # rows the rules are asked about, evenly spaced: one row is a whole decision
_TOLD = ("comorbidite_lourde_en_rapport", "adresse_par_medecin", "traumatisme", "mode_arrivee")


@dataclass(frozen=True)
class FirstReading:
    """The rows (by place) that have a level before the model speaks, its rank (0 to 3), and whose it is."""

    places: NDArray[np.int64]
    ranks: NDArray[np.int64]
    source: str


def first_reading(frame: pd.DataFrame) -> FirstReading:
    """The nurse's level where at least half of the rows bear one, else the rules' on an even sample of the rows."""
    nurse = frame["gravite_ioa"] if "gravite_ioa" in frame.columns else pd.Series(None, index=frame.index, dtype="str")
    known = nurse.notna().to_numpy()
    if known.any() and known.mean() >= ENOUGH_NURSES:
        return FirstReading(np.flatnonzero(known), gravity_ranks(nurse[known]), NURSE)
    places = np.unique(np.linspace(0, len(frame) - 1, min(len(frame), MOST_JUDGED)).astype(np.int64))
    return FirstReading(places, rule_ranks(frame.iloc[places]), RULES)


def rule_ranks(frame: pd.DataFrame) -> NDArray[np.int64]:
    """The rank of the gravity the rules alone give each row; no modulator counts as ticked, the table has none."""
    book = load_rulebook()
    known = frame.astype(object).where(frame.notna(), None)
    return np.array([_rule_rank(record, book) for record in known.to_dict("records")], dtype=np.int64)


def _rule_rank(record: Mapping[Any, Any], book: RuleBook) -> int:
    told = {name: record.get(name) for name in _TOLD}
    mesures = {measure.name: record.get(measure.name) for measure in MEASURES}
    constantes = {vital.name: record.get(vital.name) for vital in VITALS}
    told |= {"age": record["age"], "sexe": record["sexe"], "mesures": mesures, "constantes": constantes}
    patient = Patient.model_validate({name: value for name, value in told.items() if value is not None})
    entry = book.motif(record["motif_id"]) if record["motif_id"] is not None else None
    motif = ResolvedMotif(None if entry is None else entry.id, entry is not None)
    decided = decide_by_rules(patient, motif, apply_rules(patient, entry, book), assess_quality(patient))
    return decided.level.gravity.rank
