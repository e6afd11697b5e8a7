"""Draws the motif given the level, and what a motif brings: words, measures, whether glycaemia is asked for."""

import numpy as np

from triage_core.levels import FrenchLevel
from triage_core.rules.catalog import Motif, RuleBook
from triage_core.training.synthetic_settings import GridUse, MotifSettings
from triage_core.training.synthetic_vitals import LEVELS, Bools, Floats, Ints, Visits, pull_row

TRAUMA_CHAPTER = "Traumatologie"


def level_shares_of(motif: Motif, use: GridUse) -> Floats:
    """How much of a motif's visits the grid puts on each level, by rank; not a probability, a weight.

    The default keeps its share, the levels of its modulators divide the rest, the neighbours get a little.
    """
    weight = np.zeros(len(LEVELS))
    others = [rule.level for rule in motif.modulators if rule.effect == "set_level" and rule.level is not None]
    default = motif.default_level.rank
    weight[default] += use.default_share if others else 1.0
    for level in others:
        weight[level.rank] += (1 - use.default_share) / len(others)
    lowest = int(np.flatnonzero(weight)[0])
    referred = use.referred_3b * weight[FrenchLevel.L3B.rank]
    weight[min(default + 1, FrenchLevel.L1.rank)] += use.one_more_urgent
    weight[max(default - 1, 0)] += use.one_less_urgent
    weight[FrenchLevel.L3A.rank] += referred
    weight[FrenchLevel.L3B.rank] -= referred
    if lowest >= FrenchLevel.L2.rank:
        weight[:lowest] = 0.0  # an arrest is never less than an arrest
    return weight


class MotifDrawer:
    """Draws motifs of one rule book with the weights of the settings."""

    def __init__(self, book: RuleBook, settings: MotifSettings) -> None:
        self._settings = settings
        self.motifs = book.motifs
        shares = np.array([level_shares_of(motif, settings.grid) for motif in book.motifs])
        frequency = [settings.weights.get(motif.id, settings.grid.other_motif_weight) for motif in book.motifs]
        self._weights = (shares * np.array(frequency)[:, None]).T  # (levels, motifs)
        self._pull = np.array([pull_row(settings.pull.get(motif.id, {})) for motif in book.motifs])

    def draw(self, rng: np.random.Generator, visits: Visits, one_step_off: float) -> Ints:
        """Index of each visit's motif. Now and then it speaks of the neighbouring level, as the severity leans."""
        off = rng.random(len(visits.rank)) < one_step_off
        presented = np.clip(visits.rank + np.where(off, np.sign(visits.severity), 0), 0, len(LEVELS) - 1)
        possible = self._weights[visits.rank] > 0
        weights = self._weights[presented.astype(np.int64)] * self._suits(visits)
        weights = np.where(self._floor_free(visits.rank) | possible, weights, 0.0)
        totals = np.cumsum(weights, axis=1)
        target = rng.random(len(visits.rank)) * totals[:, -1]
        index: Ints = np.argmax(totals > target[:, None], axis=1).astype(np.int64)
        return index

    def pull(self, index: Ints) -> Floats:
        """Shift of the vitals' standard scores (n, 9)."""
        result: Floats = self._pull[index]
        return result

    def _floor_free(self, rank: Ints) -> Bools:
        """Whether a visit of this rank may present with each motif: never below a motif of level 1 or 2."""
        lowest = np.array([np.flatnonzero(column)[0] for column in self._weights.T])
        result: Bools = (rank[:, None] >= lowest) | (lowest < FrenchLevel.L2.rank)
        return result

    def _suits(self, visits: Visits) -> Bools:
        months = 12 * visits.age
        spans = np.array([self._settings.months.get(motif.id, (0, 1500)) for motif in self.motifs], dtype=float)
        sexes = [self._settings.sex.get(motif.id) for motif in self.motifs]
        for_men, for_women = (np.array([sex in (None, wanted) for sex in sexes]) for wanted in ("M", "F"))
        in_span = (months[:, None] >= spans[:, 0]) & (months[:, None] < spans[:, 1] + 1)
        result: Bools = in_span & np.where(visits.is_male[:, None], for_men, for_women)
        return result

    def is_trauma(self, index: Ints) -> Bools:
        return np.array([motif.chapter == TRAUMA_CHAPTER for motif in self.motifs])[index]

    def asks_glycaemia(self, rng: np.random.Generator, index: Ints) -> Bools:
        asked = self._settings.glycaemia_asked
        by_motif = np.array([motif.id in asked.motifs for motif in self.motifs])[index]
        result: Bools = by_motif | (rng.random(len(index)) < asked.diabetic_share)
        return result

    def measures(self, rng: np.random.Generator, index: Ints) -> dict[str, Floats]:
        """The measures that the motif asks for, NaN elsewhere."""
        drawn = {}
        for name, measure in self._settings.measures.items():
            asks = np.array([motif.id in measure.motifs for motif in self.motifs])[index]
            value = np.interp(rng.random(len(index)), (0.0, 0.5, 1.0), measure.range)
            shown = asks & (rng.random(len(index)) < measure.measured)
            stepped = np.round(np.round(value / measure.step) * measure.step, 1)
            drawn[name] = np.where(shown, stepped, np.nan)
        return drawn

    def texts(self, rng: np.random.Generator, index: Ints) -> tuple[str, ...]:
        """A short wording a visit, as a nurse would type it: the label, one half of it, an alias; a few are empty."""
        pick, blank = rng.random(len(index)), rng.random(len(index)) < self._settings.grid.text_left_blank
        words = [_wordings(self.motifs[motif]) for motif in index]
        return tuple("" if b else w[int(p * len(w))] for w, p, b in zip(words, pick, blank, strict=True))


def _wordings(motif: Motif) -> tuple[str, ...]:
    first, *others = [part.strip() for part in motif.label.split(" / ")]
    injury = "Traumatisme " if first.startswith("Traumatisme ") else ""
    halves = [first, *(injury + other for other in others)]
    return tuple(dict.fromkeys(text.lower() for text in (*halves, motif.label, *motif.aliases)))
