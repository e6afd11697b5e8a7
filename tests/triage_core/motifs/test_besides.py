"""A second reason in what a note left over: offered when it begins above the chosen one, and never for a unit."""

import pytest

from triage_core.motifs.besides import more_urgent
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import load_rulebook

BOOK = load_rulebook()
SEARCH = MotifSearch(BOOK)


def offered(chosen: str, *texts: str, age: float | None = 40) -> list[tuple[str, str]]:
    motif = BOOK.motif(chosen)
    assert motif is not None
    return [(one.motif.id, one.words) for one in more_urgent(texts, "\n".join(texts), motif, SEARCH, BOOK, age)]


@pytest.mark.parametrize(
    ("chosen", "words", "other"),
    [
        ("douleur_abdominale", "enceinte 8 SA", "grossesse_t1_t2"),
        ("anxiete_depression", "idées noires sans scénario", "idee_comportement_suicidaire"),
        ("anxiete_depression", "fourmillement main droite", "deficit_neurologique_avc"),
        ("examen_administratif", "agression par conjoint", "agression_sexuelle_sevices"),
        ("grossesse_t3", "contractions /5 min", "accouchement"),
    ],
)
def test_a_reason_that_begins_above_the_chosen_one_is_offered_with_its_words(
    chosen: str, words: str, other: str
) -> None:
    assert offered(chosen, "consciente", words) == [(other, words)]


def test_a_milder_reason_the_same_and_words_that_name_none_are_not_offered() -> None:
    assert offered("deficit_neurologique_avc", "plaie du front", "AVC", "porte des lunettes") == []


def test_what_is_denied_is_not_offered() -> None:
    assert offered("anxiete_depression", "pas d'idées suicidaires") == []


@pytest.mark.parametrize(
    "words", ["cooling 15 min", "15 min de repos", "sonde ch 17", "EHPAD St Joseph", "sous 4 L/min"]
)
def test_a_unit_and_a_place_name_no_reason(words: str) -> None:
    assert offered("brulure", words, age=80) == []


def test_two_at_most_and_the_most_urgent_first() -> None:
    found = offered("renouvellement_ordonnance", "plaie de la main", "céphalée", "paralysie du bras", "AVC")
    assert len(found) == 2
    assert found[0] == ("deficit_neurologique_avc", "paralysie du bras")


ELSEWHERE = (
    "AVC il y a 10 ans",
    "infarctus en 2010",
    "TS en 2015",
    "voisin décédé hier",
    "arrêt du coeur de sa mère",
    "craint AVC",
    "FA connue",
)


@pytest.mark.parametrize("words", ELSEWHERE)
def test_long_ago_a_relative_and_a_fear_offer_nothing(words: str) -> None:
    assert offered("renouvellement_ordonnance", words) == []


def test_a_motif_stands_at_the_level_of_the_criterion_that_its_words_suggest() -> None:
    assert offered("malaise", "TC sous Eliquis") == [("traumatisme_cranien", "TC sous Eliquis")]
    assert offered("malaise", "TC") == []


def test_a_chosen_motif_stands_at_the_level_of_its_own_suggested_criterion() -> None:
    assert offered("traumatisme_cranien", "sous Eliquis", "malaise") == []
