"""A run that cannot end well says so before it begins."""

from pathlib import Path

import pandas as pd
import pytest

from triage_core.errors import DatasetError
from triage_core.training.run import TrainingOptions, run_training

SYNTHETIC = Path(__file__).parents[3] / "data" / "raw" / "patients_synthetic.csv"


def test_a_table_with_nothing_to_judge_on_is_refused_in_words_before_anything_is_fitted(tmp_path: Path) -> None:
    pd.read_csv(SYNTHETIC, dtype="str").head(2).to_csv(tmp_path / "two.csv", index=False)
    options = TrainingOptions(tmp_path / "two.csv", include_feedback=False)
    with pytest.raises(DatasetError, match=r"two.csv holds too few usable rows \(0 set aside\)"):
        run_training(options, [], tmp_path / "models", lambda share, step: None)
    assert not (tmp_path / "models" / "challengers").exists()
