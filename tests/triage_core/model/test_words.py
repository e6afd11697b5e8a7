"""The words part: what is served weighs words as training did, says nothing when nothing was written."""

import json
import math

import numpy as np
import pytest

from tests.builders import a_patient
from triage_core.model.words import Document, WordScorer, document_of, read_scorer
from triage_core.training.words import fit_words

COMPLAINTS = ("douleur thoracique", "mal de gorge", "douleur thoracique serrée", "rhume", "mal de gorge et rhume")
DOCUMENTS = [
    Document(COMPLAINTS[n % 5], "douleur_gorge" if n % 2 else None, "ambulance" if n % 5 == 2 else None, n % 3 == 0)
    for n in range(60)
]
RANKS = np.array([3 if n % 5 in (0, 2) else n % 2 for n in range(60)])


def test_what_is_served_weighs_every_visit_as_training_did() -> None:
    fitted = fit_words(DOCUMENTS, RANKS, 4)
    served = [fitted.scorer().margins(document) for document in DOCUMENTS]
    np.testing.assert_allclose(served, fitted.margins(DOCUMENTS), atol=1e-4)


def test_words_that_came_with_grave_visits_say_graver() -> None:
    scorer = fit_words(DOCUMENTS, RANKS, 4).scorer()
    grave, light = scorer.margins(Document("douleur thoracique")), scorer.margins(Document("rhume"))
    assert all(one > other for one, other in zip(grave, light, strict=True))


def test_a_word_never_seen_leaves_the_intercepts_and_nothing_written_says_nothing() -> None:
    scorer = fit_words(DOCUMENTS, RANKS, 4).scorer()
    assert scorer.margins(Document("xyzzy")) == scorer.intercepts
    assert all(math.isnan(margin) for margin in scorer.margins(Document(None)))
    assert all(math.isnan(margin) for margin in scorer.margins(Document(" … ")))


def test_the_file_reads_back_as_the_same_scorer_and_the_same_bytes() -> None:
    scorer = fit_words(DOCUMENTS, RANKS, 4).scorer()
    again = read_scorer(scorer.as_json(), 3)
    assert again.as_json() == scorer.as_json()
    assert again.margins(DOCUMENTS[0]) == scorer.margins(DOCUMENTS[0])


@pytest.mark.parametrize("content", ["[]", "{}", '{"intercepts":[0],"terms":[]}', '{"intercepts":[0,0,0],"terms":[]}'])
def test_a_file_that_is_no_scorer_is_refused(content: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_scorer(content.encode(), 3)


def test_a_short_word_is_one_piece_and_a_long_one_many() -> None:
    _, pieces, _ = Document("mal").terms
    assert dict(pieces) == {" ma": 1, "mal": 1, "al ": 1, " mal": 1, "mal ": 1, " mal ": 1}
    assert dict(Document("a").terms[1]) == {" a ": 1}


def test_the_document_of_a_patient_holds_words_and_frame_and_no_vital() -> None:
    patient = a_patient(motif_consultation="Mal au ventre", mode_arrivee="smur", traumatisme=True)
    words, _, frame = document_of(patient, "douleur_abdominale").terms
    assert set(words) == {"mal", "au", "ventre", "mal au", "au ventre"}
    assert set(frame) == {"motif=douleur_abdominale", "arrivee=smur", "traumatisme"}


def test_the_file_holds_weights_of_words_and_no_visit() -> None:
    told = json.loads(fit_words(DOCUMENTS, RANKS, 4).scorer().as_json())
    assert set(told) == {"intercepts", "terms"}
    assert "douleur thoracique" in told["terms"][0]


def test_an_empty_scorer_is_refused_when_levels_differ() -> None:
    with pytest.raises(ValueError, match="3 margins"):
        read_scorer(WordScorer((0.0,), ({}, {}, {})).as_json(), 3)
