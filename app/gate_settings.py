"""The margins of the gate as settings: MEDTRIAGE_GATE_*, shares (0.01 is one in a hundred)."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from triage_core.training.margins import GateMargins

_USUAL = GateMargins()
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class GateSettings(BaseSettings):
    """How much worse a challenger may be and still pass; see ``GateMargins`` and DECISIONS 35."""

    gate_rouge_recall: Share = _USUAL.rouge_recall
    gate_rouge_probability: Share = _USUAL.rouge_probability
    gate_under_triage: Share = _USUAL.under_triage
    gate_calibration: Share = _USUAL.calibration
    gate_sentinel_rouge: Share = _USUAL.sentinel_rouge
    gate_sentinel_jaune: Share = _USUAL.sentinel_jaune
    gate_sentinel_family: Share = _USUAL.sentinel_family
    gate_confidence: Annotated[float, Field(gt=0.5, lt=1, allow_inf_nan=False)] = _USUAL.confidence
    gate_resamples: Annotated[int, Field(ge=200, le=100_000)] = _USUAL.resamples

    @property
    def gate_margins(self) -> GateMargins:
        """The same for the training process."""
        told = {name.removeprefix("gate_"): getattr(self, name) for name in GateSettings.model_fields}
        return GateMargins(**told)

    def gate_environment(self) -> dict[str, str]:
        """The same as variables, for the processes we start."""
        return {f"MEDTRIAGE_{name.upper()}": str(getattr(self, name)) for name in GateSettings.model_fields}
