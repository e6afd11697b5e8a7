"""The gate's margins are settings: read from the environment, refused when they make no sense, handed on whole."""

import pytest

from app.gate_settings import GateSettings
from app.settings import Settings, SettingsError, load_settings
from triage_core.training.margins import GateMargins


def test_without_settings_the_measured_margins_hold() -> None:
    assert Settings(_env_file=None).gate_margins == GateMargins()


def test_a_margin_of_the_environment_reaches_the_gate_and_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDTRIAGE_GATE_ROUGE_RECALL", "0.01")
    monkeypatch.setenv("MEDTRIAGE_GATE_CONFIDENCE", "0.99")
    settings = load_settings()
    assert (settings.gate_margins.rouge_recall, settings.gate_margins.confidence) == (0.01, 0.99)
    assert settings.environment()["MEDTRIAGE_GATE_ROUGE_RECALL"] == "0.01"
    assert {f"MEDTRIAGE_{name.upper()}" for name in GateSettings.model_fields} <= settings.environment().keys()


@pytest.mark.parametrize(
    ("name", "value"), [("ROUGE_RECALL", "-0.1"), ("CALIBRATION", "nan"), ("CONFIDENCE", "0.5"), ("RESAMPLES", "10")]
)
def test_a_margin_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MEDTRIAGE_GATE_{name}", value)
    with pytest.raises(SettingsError, match=f"MEDTRIAGE_GATE_{name}"):
        load_settings()
