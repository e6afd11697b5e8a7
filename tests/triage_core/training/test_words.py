"""Fitting words: nothing of a row's own fold speaks for it, and only what people wrote themselves counts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from triage_core.model.words import Document
from triage_core.training import words
from triage_core.training.dataset import read_table
from triage_core.training.words import crossfitted_words, documents_of, fit_vocabulary, fit_words, has_free_text

SYNTHETIC = Path("data/raw/patients_synthetic.csv")


def test_no_row_sees_its_own_fold_through_its_words() -> None:
    folds = np.arange(80) % 2
    ranks = np.where(folds == 0, np.arange(80) // 2 % 2, 0)
    telling = [Document("grave mot" if rank else "autre mot") for rank in ranks]
    blind = crossfitted_words(telling, ranks, 2, folds)[folds == 0]
    assert np.ptp(blind[:, 0]) == 0  # the other fold has never seen "grave", let alone what it means


def test_a_term_of_one_document_is_no_vocabulary() -> None:
    vocabulary = fit_vocabulary([Document("fièvre"), Document("fièvre"), Document("hapax")])
    assert set(vocabulary.places[0]) == {"fievre"}


def test_where_all_rows_say_the_same_words_weigh_nothing() -> None:
    documents = [Document("fièvre"), Document("toux")] * 10
    fitted = fit_words(documents, np.zeros(20, dtype=np.int64), 3)
    assert not fitted.weights.any()
    assert max(fitted.intercepts) < -5


def test_of_a_very_large_table_a_seeded_part_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [Document(word) for word in ("fièvre", "toux", "chute")] * 20
    ranks = np.arange(60) % 3 % 2
    whole = fit_words(documents, ranks, 2)
    monkeypatch.setattr(words, "MOST_ROWS", 40)
    part = fit_words(documents, ranks, 2)
    assert part.scorer().as_json() == fit_words(documents, ranks, 2).scorer().as_json()
    assert part.vocabulary.rarities != whole.vocabulary.rarities


def test_the_synthetic_table_has_no_free_text_and_a_history_has() -> None:
    synthetic = documents_of(read_table(SYNTHETIC).frame)
    history = [Document(f"visite numéro {number}") for number in range(400)]
    assert not has_free_text(synthetic)
    assert has_free_text(history)
    assert not has_free_text([*history, *[Document(None)] * 500])
    assert not has_free_text([*synthetic, *history[:200]])  # corrections beside the synthetic table


def test_a_table_without_words_gives_documents_that_say_nothing() -> None:
    told = documents_of(pd.DataFrame({"age": [1, 2]}))
    assert told == (Document(None), Document(None))
    framed = documents_of(
        pd.DataFrame({"motif_consultation": [None], "traumatisme": [np.nan], "mode_arrivee": ["smur"]})
    )
    assert framed == (Document(None, None, "smur", None),)
