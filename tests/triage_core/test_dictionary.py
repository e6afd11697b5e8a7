"""The data dictionary is generated from the one table of features, and a check tells when it is stale."""

from pathlib import Path

import pytest

from triage_core import dictionary
from triage_core.features import FEATURES
from triage_core.training.table import TABLE_COLUMNS


def test_the_committed_dictionary_is_fresh() -> None:
    assert dictionary.main(["--check"]) == 0


def test_every_feature_and_every_column_stands_in_it() -> None:
    text = dictionary.dictionary()
    for feature in FEATURES:
        assert f"| `{feature.name}` | {feature.label} | {feature.unit} |" in text
    columns = text.split("## Colonnes")[1]
    assert [line.split("`")[1] for line in columns.splitlines() if line.startswith("| `")] == list(TABLE_COLUMNS)


@pytest.mark.parametrize(
    "row",
    [
        "| `frequence_cardiaque` | 0 à 3 mois | 79 à 175 | 85 à 175 |",
        "| `pression_systolique` | 14 à 15 ans | 90 à 150 | 110 à 130 |",
        "| `temperature` | Température | °C | requise | 14 à 47 | 33 à 41,5 | 36,1 à 38 | 0,1 |",
        "| `glasgow` | Glasgow | /15 | importante | 3 à 15 | 9 à 15 | 15 à 15 | entier |",
    ],
)
def test_a_row_reads_as_a_nurse_would_write_it(row: str) -> None:
    assert row in dictionary.dictionary().splitlines()


def test_a_stale_dictionary_is_told_and_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dictionary, "DOCUMENT", tmp_path / "DICTIONNAIRE.md")
    assert dictionary.main(["--check"]) == 1
    assert "DICTIONNAIRE.md" in capsys.readouterr().err
    assert dictionary.main([]) == 0
    assert dictionary.main(["--check"]) == 0


def test_anything_else_on_the_command_line_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert dictionary.main(["--no"]) == 2
    assert "usage" in capsys.readouterr().err
