"""The gate: a challenger may replace the champion only when it is shown not to be worse where it matters.

Both models answer the same frozen visits and the same sentinel cases, alone (no rules). Each loss comes with the
interval of a paired bootstrap, and passes when its upper end stays within a margin: what cannot be shown is refused.
The margins were chosen by measurement (DECISIONS 35): a refit of the same rows passes, a clearly worse model does not.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from triage_core.training.bootstrap import Resampling
from triage_core.training.losses import Answers, Measured, SentinelAnswers, measure_losses
from triage_core.training.margins import GateMargins

Metrics = Mapping[str, float]
_RISES = ("under_triage", "calibration")  # told as what rises; the others as what falls


@dataclass(frozen=True)
class Criterion:
    """One question of the gate: the challenger's loss, its interval, the margin, the outcome and why, in French.

    ``loss``, ``low`` and ``high`` are ``None`` when the rows cannot tell: that refuses.
    """

    name: str
    loss: float | None
    low: float | None
    high: float | None
    margin: float
    passed: bool
    reason: str


@dataclass(frozen=True)
class GateVerdict:
    """Whether the challenger passed, the reasons in words, and the figures that made them.

    ``bypassed``: the run was asked not to judge; such a version is not accepted, a person may only override.
    """

    accepted: bool
    reasons: tuple[str, ...]
    champion_version: str
    n_frozen: int
    champion: dict[str, float]
    challenger: dict[str, float]
    margins: dict[str, float]
    criteria: tuple[Criterion, ...] = ()
    broken_laws: tuple[str, ...] = ()
    bypassed: bool = False

    def as_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return asdict(self)


def judge(frozen: Answers, sentinels: SentinelAnswers, margins: GateMargins | None = None) -> tuple[Criterion, ...]:
    """Every criterion with its interval and its outcome, in a fixed order."""
    margins = margins or GateMargins()
    measured = measure_losses(frozen, sentinels, Resampling(margins.confidence, margins.resamples))
    return tuple(_criterion(told, float(getattr(margins, told.name))) for told in measured)


def verdict(
    criteria: tuple[Criterion, ...],
    broken_laws: tuple[str, ...],
    champion_version: str,
    n_frozen: int,
    figures: tuple[Metrics, Metrics] = ({}, {}),
    margins: GateMargins | None = None,
) -> GateVerdict:
    """Accept when every criterion passed and no law is broken; refuse with every reason that holds.

    ``figures`` are the champion's and the challenger's metrics on the frozen set, kept for the record.
    """
    refusals = (*broken_laws, *(criterion.reason for criterion in criteria if not criterion.passed))
    reasons = refusals or tuple(criterion.reason for criterion in criteria)
    told = asdict(margins or GateMargins())
    one, other = (dict(each) for each in figures)
    return GateVerdict(not refusals, reasons, champion_version, n_frozen, one, other, told, criteria, broken_laws)


def bypassed(champion_version: str, n_frozen: int, margins: GateMargins | None = None) -> GateVerdict:
    """The verdict of a run that was asked not to judge: nothing was shown, so nothing is accepted."""
    reason = "comparaison désactivée pour cet essai : rien n'est démontré"
    told = asdict(margins or GateMargins())
    return GateVerdict(False, (reason,), champion_version, n_frozen, {}, {}, told, bypassed=True)


def _criterion(told: Measured, margin: float) -> Criterion:
    loss = told.loss
    if np.isnan(loss.estimate):
        reason = f"{told.label} : impossible à juger, aucun cas ne peut le dire"
        return Criterion(told.name, None, None, None, margin, False, reason)
    passed = bool(loss.high <= margin)
    words = told.label if passed else f"{told.label} {_why(told)}"
    interval = f"[{_points(loss.low)} ; {_points(loss.high)}]"
    reason = f"{words} : perte {_points(loss.estimate)} {interval}, marge {_points(margin)} points"
    return Criterion(told.name, loss.estimate, loss.low, loss.high, margin, passed, reason)


def _why(told: Measured) -> str:
    """Proven worse, or merely not proven to be no worse."""
    if told.loss.low <= 0:
        return "sans preuve suffisante"
    return "en hausse" if told.name in _RISES else "en baisse"


def _points(share: float) -> str:
    """Percentage points, as French writes them."""
    return f"{100 * share:.1f}".replace("-0.0", "0.0").replace("-", "−").replace(".", ",")
