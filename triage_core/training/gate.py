"""The gate: a challenger may replace the champion only when it is not worse where it matters.

Both models are judged on the same frozen rows, on what they would say alone (most probable gravity).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

Metrics = Mapping[str, float]  # at least rouge_recall and under_triage_rate


@dataclass(frozen=True)
class GateMargins:
    """How much worse a challenger may be on the frozen set and still pass (shares, 0.01 is one in a hundred).

    Refitting the same rows with eight seeds spreads ROUGE recall over 0.030 and under-triage over 0.006 (measured):
    a difference within that is not a difference between models.
    """

    rouge_recall: float = 0.03
    under_triage: float = 0.01


@dataclass(frozen=True)
class GateVerdict:
    """Whether the challenger passed, the reasons in words, and the figures that made them."""

    accepted: bool
    reasons: tuple[str, ...]
    champion_version: str
    n_frozen: int
    champion: dict[str, float]
    challenger: dict[str, float]
    margins: dict[str, float]

    def as_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return asdict(self)


def judge(
    champion: Metrics, challenger: Metrics, champion_version: str, n_frozen: int, margins: GateMargins | None = None
) -> GateVerdict:
    """Compare two models on the same ``n_frozen`` rows; refuse with every reason that holds."""
    margins = margins or GateMargins()
    refusals = tuple(_refusals(champion, challenger, margins))
    reasons = refusals or (
        f"rappel ROUGE {_percent(challenger['rouge_recall'])} (champion {_percent(champion['rouge_recall'])})",
        f"sous-triage {_percent(challenger['under_triage_rate'])} (champion {_percent(champion['under_triage_rate'])})",
    )
    return GateVerdict(
        not refusals, reasons, champion_version, n_frozen, dict(champion), dict(challenger), asdict(margins)
    )


def _refusals(champion: Metrics, challenger: Metrics, margins: GateMargins) -> list[str]:
    reasons = []
    if challenger["rouge_recall"] < champion["rouge_recall"] - margins.rouge_recall:
        reasons.append(
            f"rappel ROUGE en baisse : {_percent(challenger['rouge_recall'])} "
            f"contre {_percent(champion['rouge_recall'])}"
        )
    if challenger["under_triage_rate"] > champion["under_triage_rate"] + margins.under_triage:
        reasons.append(
            f"sous-triage en hausse : {_percent(challenger['under_triage_rate'])} "
            f"contre {_percent(champion['under_triage_rate'])}"
        )
    return reasons


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".replace(".", ",") + "\u00a0%"
