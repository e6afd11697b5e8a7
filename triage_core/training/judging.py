"""Brings two bundles before the gate: both answer the frozen visits, the sentinel cases and the generated patients."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage_core.model.bundle import Bundle
from triage_core.model.ordinal import Probabilities
from triage_core.model.predict import Predictor
from triage_core.rules.catalog import load_rulebook
from triage_core.training.evaluate import bundle_rows, score_bundle, true_ranks
from triage_core.training.gate import GateVerdict, judge, verdict
from triage_core.training.laws import broken_laws
from triage_core.training.losses import Answers, SentinelAnswers
from triage_core.training.margins import GateMargins
from triage_core.training.sentinels import load_sentinels

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class _Pair:
    champion: Bundle
    challenger: Bundle

    def answers(self, frame: "pd.DataFrame") -> tuple[Probabilities, Probabilities]:
        return at_least(self.champion, frame), at_least(self.challenger, frame)


def at_least(bundle: Bundle, frame: "pd.DataFrame") -> Probabilities:
    """P(at least VERT, JAUNE, ROUGE) of each row of a flat table by a bundle, as it would serve."""
    return Predictor(bundle).cumulative(bundle_rows(bundle, frame))


def judge_bundles(
    champion: Bundle, challenger: Bundle, frozen: "pd.DataFrame", margins: GateMargins | None = None
) -> GateVerdict:
    """The gate's verdict on a challenger, with every figure that made it."""
    pair, sentinels = _Pair(champion, challenger), load_sentinels()
    criteria = judge(
        Answers(true_ranks(frozen), *pair.answers(frozen)),
        SentinelAnswers(*pair.answers(sentinels.frame), sentinels.families),
        margins,
    )
    motifs = tuple(motif.id for motif in load_rulebook().motifs)
    laws = broken_laws(lambda patients: at_least(challenger, patients), motifs)
    figures = (score_bundle(champion, frozen), score_bundle(challenger, frozen))
    return verdict(criteria, laws, champion.version, len(frozen), figures, margins)
