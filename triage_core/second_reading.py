"""A second reading after the nurse's verdict: would the model have been more urgent, and because of what?

Pure functions. It speaks after her, changes nothing, and is silent about most visits: the threshold of the model's
manifest marks about one in ten.
"""

from dataclasses import dataclass

from triage_core.decision import Contribution, Decision
from triage_core.features import BY_NAME, reference_interval
from triage_core.levels import FrenchLevel, Gravity
from triage_core.quality import QualityGrade

MOST_REASONS = 3


@dataclass(frozen=True)
class SecondReading:
    """The model would have been more urgent.

    ``probability`` is P(gravity above hers), ``gravity`` the likeliest of those above hers, ``reasons`` the values
    that push towards more urgent, the strongest first; it may be empty.
    """

    probability: float
    gravity: Gravity
    reasons: tuple[Contribution, ...]


def read_again(decision: Decision, nurse: FrenchLevel, threshold: float | None) -> SecondReading | None:
    """The mark to show after her verdict, or ``None``: no model, no threshold, too much missing, or no disagreement.

    ``threshold`` comes from the manifest of the model that made the decision. Only gravities are compared: within one
    gravity the model has no opinion.
    """
    told = decision.probabilities
    if told is None or threshold is None or decision.prediction_quality is QualityGrade.INSUFFICIENT:
        return None
    above = {gravity: told[gravity] for gravity in Gravity if gravity.rank > nurse.gravity.rank}
    probability = sum(above.values())
    if not above or probability < threshold:
        return None
    return SecondReading(probability, max(above, key=lambda gravity: above[gravity]), _reasons(decision))


def _reasons(decision: Decision) -> tuple[Contribution, ...]:
    """What pushes towards more urgent; a usual value never does: it only looks so beside *not told*."""
    age = next(
        (c.value for c in decision.contributions if c.feature == "age" and isinstance(c.value, float | int)), None
    )
    pushing = [c for c in decision.contributions if c.effect > 0 and not _is_usual(c, age)]
    return tuple(sorted(pushing, key=lambda c: -c.effect)[:MOST_REASONS])


def _is_usual(contribution: Contribution, age: float | None) -> bool:
    value = contribution.value
    if contribution.feature not in BY_NAME or not isinstance(value, float | int):
        return False
    usual = reference_interval(contribution.feature, age)
    return usual is not None and usual[0] <= value <= usual[1]
