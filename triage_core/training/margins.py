"""How much worse a challenger may be: numbers alone, so that settings can be read without the training libraries."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GateMargins:
    """How much worse a challenger may be and still pass (shares, 0.01 is one in a hundred), and how sure we must be.

    ``rouge_recall``: share of the ROUGE visits called ROUGE. ``rouge_probability``: mean P(ROUGE) of the ROUGE visits.
    ``under_triage``: share of visits called less urgent than they are. ``calibration``: mean error over 15 bins.
    ``sentinel_*``, on the sentinel cases: mean P(ROUGE), mean P(at least JAUNE), and the latter in the family that
    lost most. ``confidence`` is one-sided.
    """

    rouge_recall: float = 0.06
    rouge_probability: float = 0.02
    under_triage: float = 0.015
    calibration: float = 0.01
    sentinel_rouge: float = 0.06
    sentinel_jaune: float = 0.04
    sentinel_family: float = 0.2
    confidence: float = 0.95
    resamples: int = 2000
