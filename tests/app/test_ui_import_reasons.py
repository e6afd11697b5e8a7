"""Every reason of an import is told in the words of the screen."""

import pandas as pd
import pytest

from app.ui import texts
from app.ui.import_reasons import in_words
from tests.typed import as_typed
from triage_core.training.checks import find_faults, typed


@pytest.fixture(autouse=True)
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "language", lambda: "fr")


def plainly(reason: str) -> str:
    """The words without French typography."""
    return as_typed(in_words(reason))


def test_no_reason_of_a_row_is_told_in_english() -> None:
    frame, faults = typed(pd.DataFrame())
    reasons = [*faults, *find_faults(frame, ("gravite",)), "age: dates not read"]
    told = {reason: plainly(reason) for reason in reasons}
    assert [reason for reason, words in told.items() if words == reason or "not " in words or "outside" in words] == []
    assert told["age: outside 0-125 ans"] == "Âge : hors de 0 à 125 ans"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("the mapping gives no column for age, gravite", "aucune colonne n'est choisie pour : Âge, Gravité réelle."),
        ("chu.csv lacks the columns ['FC'] of the mapping", "chu.csv n'a pas les colonnes : FC."),
        ("chu.csv was imported already; give the file another name", "chu.csv a déjà été importé ; donnez un autre"),
        ("chu.csv holds no usable row (3 set aside: age: missing (3))", "chu.csv ne contient aucune ligne utilisable"),
        (
            "temperature: the values look like °F; declare it under [units] if so",
            "Température : les valeurs ressemblent",
        ),
        ("sexe: 2 code(s) without a meaning; declare them under [codes.sexe]", "Sexe : codes sans signification (2)"),
        ("Permission denied", "Permission denied"),
    ],
)
def test_what_is_said_of_a_file_or_a_column_is_french_and_an_unknown_word_stays(reason: str, words: str) -> None:
    assert plainly(reason).startswith(words)
