"""Visits as the members of an ensemble need them, taken apart and put together by fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from triage_core.features import VITALS
from triage_core.model.columns import (
    COLUMNS,
    GROUPS,
    MONOTONE,
    VITAL_GROUPS,
    Floats,
    matrix,
    motif_code,
    with_motif_prior,
)
from triage_core.model.words import Document
from triage_core.patient import Constantes, Patient
from triage_core.rules.catalog import RuleBook
from triage_core.rules.engine import apply_rules
from triage_core.training.motif_prior import crossfitted, mean_ranks
from triage_core.training.words import FittedWords, Vocabulary, crossfitted_words, documents_of, fit_words

if TYPE_CHECKING:
    import pandas as pd

Ranks = NDArray[np.int64]
CONTEXT = ("ambulance", "a_pied", "traumatisme")  # 0 or 1; they act either way
RULES = ("niveau_regles", "niveau_plancher")  # French ranks of the rules with the motif and of the vitals' floor
PLAIN = (*(vital.name for vital in VITALS), "sans_douleur")  # as measured: only for members that need not keep the law


@dataclass(frozen=True)
class Cases:
    """Visits without their levels. ``base`` is ``columns.matrix``; every array has one row a visit."""

    base: Floats
    motifs: tuple[str | None, ...]
    documents: tuple[Document, ...]
    context: Floats
    rules: Floats
    plain: Floats
    nurse: Ranks  # her rank on the scale of the truth; -1 where she gave none. Never a column but of a second reader

    def take(self, places: Sequence[int] | Ranks) -> "Cases":
        """Some of the visits, in the order asked."""
        chosen = np.asarray(places)
        return Cases(
            self.base[chosen],
            tuple(self.motifs[place] for place in chosen),
            tuple(self.documents[place] for place in chosen),
            self.context[chosen],
            self.rules[chosen],
            self.plain[chosen],
            self.nurse[chosen],
        )


def cases_of(frame: "pd.DataFrame", book: RuleBook, nurse: Ranks | None = None) -> Cases:
    """The visits of a flat table (columns of ``table.TABLE_COLUMNS``, labels not needed) and the nurse's ranks."""
    motifs = tuple(motif if isinstance(motif, str) else None for motif in frame["motif_id"])
    arrival, trauma = frame["mode_arrivee"], frame["traumatisme"]
    context = np.column_stack([arrival == "ambulance", arrival == "a_pied", trauma.eq(True)]).astype(np.float32)
    vitals = frame[[vital.name for vital in VITALS]].to_numpy(dtype=np.float32)
    plain = np.column_stack([vitals, frame["echelle_douleur"] == 0]).astype(np.float32)
    asked = np.full(len(frame), -1, dtype=np.int64) if nurse is None else nurse
    return Cases(matrix(frame), motifs, documents_of(frame), context, rules_ranks(frame, book), plain, asked)


def rules_ranks(frame: "pd.DataFrame", book: RuleBook) -> Floats:
    """What the rules say of each visit before any model, shape ``(n, 2)``; no rule at all is NaN, no floor is 0."""
    told = np.full((len(frame), len(RULES)), np.nan, dtype=np.float32)
    for place, record in enumerate(frame.to_dict("records")):
        patient = _patient(record)
        motif_id = record["motif_id"]
        with_motif = apply_rules(patient, book.motif(motif_id) if isinstance(motif_id, str) else None, book).level
        floor = apply_rules(patient, None, book).level
        told[place] = (np.nan if with_motif is None else with_motif.rank, 0 if floor is None else floor.rank)
    return told


def _patient(record: Mapping[str, Any]) -> Patient:
    """A row as the rules read it: unchecked, because rows of a table were checked by their own reader."""
    vitals: dict[str, Any] = {v.name: None if record[v.name] != record[v.name] else record[v.name] for v in VITALS}
    constantes = Constantes.model_construct(**vitals)
    return Patient.model_construct(
        age=record["age"], sexe=record["sexe"], motif_id=record["motif_id"], constantes=constantes
    )


@dataclass(frozen=True)
class Prepared:
    """The columns of some training cases, and the same columns for others: all that is learned is of the training.

    ``columns`` are crossfitted: no row sees its own level through its motif or its words.
    """

    cases: Cases
    ranks: Ranks
    n_levels: int
    folds: Ranks
    columns: Floats
    _prior: dict[float, float]
    _words: FittedWords

    def of(self, cases: Cases) -> Floats:
        """The columns of cases that were not trained on."""
        told = with_motif_prior(cases.base, self._prior)
        return np.hstack([told, self._words.margins(cases.documents), cases.context, cases.rules, cases.plain])

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms of the training cases."""
        return self._words.vocabulary

    @property
    def lawful(self) -> slice:
        """The columns a member may use that keeps the law of worse vitals: all but the plain ones."""
        return slice(0, self.columns.shape[1] - len(PLAIN))

    @cached_property
    def monotone(self) -> tuple[int, ...]:
        """The constraint of each lawful column: vitals, motif and rules upward, words and context free."""
        return (*MONOTONE, *(0 for _ in range(self.n_levels - 1 + len(CONTEXT))), *(1 for _ in RULES))

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The columns that go missing together in copies."""
        words = tuple(range(len(COLUMNS), len(COLUMNS) + self.n_levels - 1))
        return (*VITAL_GROUPS, GROUPS["motif"], words)


def prepare(cases: Cases, ranks: Ranks, n_levels: int, folds: Ranks) -> Prepared:
    """Learn motif means and words of the training cases, and tell each row what the other folds say of it."""
    base = crossfitted(cases.base, cases.motifs, ranks, folds)
    margins = crossfitted_words(cases.documents, ranks, n_levels, folds)
    columns = np.hstack([base, margins, cases.context, cases.rules, cases.plain])
    prior = {motif_code(motif): mean for motif, mean in mean_ranks(cases.motifs, ranks).items()}
    return Prepared(cases, ranks, n_levels, folds, columns, prior, fit_words(cases.documents, ranks, n_levels))
