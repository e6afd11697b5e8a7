"""Every sentence the gate can write is told in the language of the screen; an unknown one stays as it is."""

import numpy as np
import pytest

from app.ui import gate_reasons, texts
from tests.typed import as_typed
from triage_core.training.bootstrap import Loss
from triage_core.training.gate import _criterion, bypassed
from triage_core.training.losses import Measured

LABELS = (
    ("rouge_recall", "rappel ROUGE"),
    ("rouge_probability", "probabilité ROUGE des vrais ROUGE"),
    ("under_triage", "sous-triage"),
    ("calibration", "erreur de calibration"),
    ("sentinel_rouge", "sentinelles, probabilité ROUGE"),
    ("sentinel_jaune", "sentinelles, probabilité JAUNE ou plus"),
    ("sentinel_family", "sentinelles, famille la plus touchée (choc septique)"),
)
LOSSES = (Loss(0.001, -0.002, 0.004), Loss(0.05, -0.01, 0.09), Loss(0.05, 0.03, 0.09), Loss(*[np.nan] * 3))
SENTENCES = [
    *(_criterion(Measured(name, label, loss), 0.01).reason for name, label in LABELS for loss in LOSSES),
    *bypassed("v1", 10).reasons,
    "loi de monotonie rompue : Saturation en oxygène",
    "l'ordre des colonnes change la réponse",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_of_the_gate_is_itself_in_french_and_another_in_english(
    sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "language", lambda: "fr")
    assert as_typed(gate_reasons.in_words(sentence)) == sentence
    monkeypatch.setattr(texts, "language", lambda: "en")
    english = gate_reasons.in_words(sentence)
    assert not {"perte", "marge", "rappel", "sentinelles", "juger", "comparaison", "rompue", "colonnes"} & {
        *english.replace(",", " ").replace(":", " ").split()
    }


def test_an_unknown_sentence_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "language", lambda: "en")
    assert gate_reasons.in_words("autre chose") == "autre chose"
