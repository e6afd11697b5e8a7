"""What a criterion that words or measures suggest and nobody ticked would change: said to the nurse, never done."""

from collections.abc import Iterable

from triage_core.decision import ResolvedMotif, decide_by_rules
from triage_core.levels import FrenchLevel
from triage_core.motifs.criteria import Suggestion
from triage_core.patient import Patient
from triage_core.quality import assess_quality
from triage_core.rules.catalog import RuleBook
from triage_core.rules.engine import apply_rules


def would_raise(
    suggestions: Iterable[Suggestion], patient: Patient, motif_id: str, level: FrenchLevel, book: RuleBook
) -> tuple[tuple[Suggestion, FrenchLevel], ...]:
    """Those suggestions that are not ticked and with which the rules would give more than ``level``, and how much.

    ``motif_id`` is the motif that counted, chosen or guessed. A criterion that also needs a measure not taken is
    not among them: it cannot be said what it would give.
    """
    motif = ResolvedMotif(motif_id, is_chosen=patient.motif_id is not None)
    levels = [
        (one, _level_with(one.rule_id, patient, motif, book))
        for one in suggestions
        if one.rule_id not in patient.modulateurs
    ]
    return tuple((one, given) for one, given in levels if given.rank > level.rank)


def _level_with(rule_id: str, patient: Patient, motif: ResolvedMotif, book: RuleBook) -> FrenchLevel:
    ticked = patient.model_copy(update={"modulateurs": (*patient.modulateurs, rule_id)})
    outcome = apply_rules(ticked, book.motif(motif.motif_id or ""), book)
    return decide_by_rules(ticked, motif, outcome, assess_quality(ticked)).level
