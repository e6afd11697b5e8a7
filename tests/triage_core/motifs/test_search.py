"""What a nurse types finds its motif; what is denied, another word, or unknown does not."""

import time
import tomllib
from pathlib import Path

import pytest

from triage_core.motifs.search import CONFIDENCE, MotifSearch
from triage_core.rules.catalog import load_rulebook

TABLE = tomllib.loads(Path(__file__).with_name("queries.toml").read_text(encoding="utf-8"))
QUERIES: dict[str, list[str]] = {
    text: [motif] if isinstance(motif, str) else motif for text, motif in TABLE["requetes"].items()
}
BOOK = load_rulebook()
SEARCH = MotifSearch(BOOK)


def first(text: str, age: float | None = None) -> str | None:
    best = SEARCH.recognise(text, age)
    return best.id if best else None


def test_the_table_is_long_enough_and_names_real_motifs() -> None:
    assert len(QUERIES) >= 120
    assert all(BOOK.motif(motif) for wanted in QUERIES.values() for motif in wanted)


def test_at_least_92_in_100_queries_find_their_motif_first() -> None:
    wrong = {text: first(text) for text, wanted in QUERIES.items() if first(text) not in wanted}
    assert len(wrong) <= 0.08 * len(QUERIES), wrong


def test_at_least_99_in_100_queries_find_their_motif_among_the_first_five() -> None:
    lost = [text for text, wanted in QUERIES.items() if not {c.id for c in SEARCH.rank(text)} & set(wanted)]
    assert len(lost) <= 0.01 * len(QUERIES), lost


def held_out(file: str) -> dict[str, list[str]]:
    told = tomllib.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))["requetes"]
    return {text: [motif] if isinstance(motif, str) else motif for text, motif in told.items()}


HELD_OUT = ("queries_held_out.toml", "queries_held_out_2.toml", "queries_held_out_3.toml")


@pytest.mark.parametrize("file", HELD_OUT)
def test_queries_once_held_out_stay_found_first_in_92_and_among_five_in_99_of_100(file: str) -> None:
    queries = held_out(file)
    ranked = {text: [found.id for found in SEARCH.rank(text)] for text in queries}
    assert len(queries) >= 120 and all(BOOK.motif(motif) for wanted in queries.values() for motif in wanted)
    assert sum(not {*ranked[text][:1]} & {*wanted} for text, wanted in queries.items()) <= 0.08 * len(queries)
    assert sum(not {*ranked[text]} & {*wanted} for text, wanted in queries.items()) <= 0.01 * len(queries)


UNSEEN = (("a", 0.98, 0.99), ("b", 0.95, 0.99), ("c", 0.93, 0.985), ("d", 0.98, 0.99))  # the goal is .92 and .99


@pytest.mark.parametrize(("name", "first_share", "five_share"), UNSEEN)
def test_queries_of_someone_who_never_saw_the_table_stay_found(
    name: str, first_share: float, five_share: float
) -> None:
    queries = held_out(f"queries_unseen_{name}.toml")
    ranked = {text: [found.id for found in SEARCH.rank(text)] for text in queries}
    assert len(queries) >= 250 and {motif for wanted in queries.values() for motif in wanted} >= {
        motif.id for motif in BOOK.motifs
    }
    assert sum(bool({*ranked[text][:1]} & {*wanted}) for text, wanted in queries.items()) >= first_share * len(queries)
    assert sum(bool({*ranked[text]} & {*wanted}) for text, wanted in queries.items()) >= five_share * len(queries)


def test_the_held_out_queries_are_five_hundred_and_none_stands_in_two_sets() -> None:
    texts = [text for file in HELD_OUT for text in held_out(file)]
    assert len(texts) >= 500
    assert len({*texts}) >= 0.98 * len(texts)


@pytest.mark.parametrize(
    ("text", "motif"),
    [
        ("fracture", "trauma_abdomen_thorax_cervical"),
        ("AVP dans la rue", "hebergement_social"),
        ("accident de travail", "accouchement"),
        ("39 ans", "fievre"),
        ("absence de fièvre", "convulsions"),
        ("mal", "anxiete_depression"),
    ],
)
def test_a_word_that_a_longer_phrase_leaves_over_names_no_motif(text: str, motif: str) -> None:
    assert first(text) != motif


@pytest.mark.parametrize("text", TABLE["aucun_motif"]["textes"])
def test_unknown_or_denied_text_is_answered_by_not_knowing(text: str) -> None:
    assert SEARCH.recognise(text) is None


@pytest.mark.parametrize(("text", "motif"), TABLE["jamais"].items())
def test_a_word_inside_another_word_or_denied_is_not_that_motif(text: str, motif: str) -> None:
    assert motif not in {found.id for found in SEARCH.rank(text, limit=115) if found.score >= CONFIDENCE}


@pytest.mark.parametrize(("text", "motif"), TABLE["malgre_la_negation"].items())
def test_a_negation_hides_only_what_it_denies(text: str, motif: str) -> None:
    assert first(text) == motif


@pytest.mark.parametrize(("text", "age", "motif"), TABLE["selon_l_age"]["cas"])
def test_the_age_chooses_between_the_child_and_the_general_motif(text: str, age: float, motif: str) -> None:
    assert first(text, age) == motif


@pytest.mark.parametrize("motif", BOOK.motifs, ids=lambda motif: motif.id)
def test_motif_of_titles_every_motif_is_found_first_by_its_own_names(motif) -> None:  # type: ignore[no-untyped-def]
    assert [first(motif.label), first(motif.label_en)] == [motif.id, motif.id]


def test_the_table_of_synonyms_serves_every_motif_of_the_grid_and_no_other() -> None:
    lines = SEARCH._synonyms.motifs
    assert set(lines) == {motif.id for motif in BOOK.motifs}
    assert all(len(line["fr"]) >= 5 and len(line["en"]) >= 3 for line in lines.values())


@pytest.mark.parametrize(
    ("text", "motif"),
    [
        ("il ne tousse presque vraiment plus", None),  # « ne » stands four words before
        ("douleur abdominale non fébrile", "douleur_abdominale"),
        ("non fébrile", None),
    ],
)
def test_a_negation_is_read_from_afar_and_inside_a_sentence(text: str, motif: str | None) -> None:
    found = SEARCH.recognise(text)
    assert (found.id if found else None) == motif


def test_nothing_typed_finds_nothing() -> None:
    assert SEARCH.rank("") == () == SEARCH.rank("  \n,")
    assert SEARCH.recognise("") is None


@pytest.mark.parametrize("text", [*list(QUERIES)[:40], "douleur", "chute", "ceph"])
def test_scores_lie_between_zero_and_one_and_descend(text: str) -> None:
    scores = [found.score for found in SEARCH.rank(text, limit=115)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len(SEARCH.rank(text, limit=3)) <= 3


def test_a_longer_exact_phrase_scores_higher_than_a_shorter_one() -> None:
    assert SEARCH.rank("syndrome coronaire aigu")[0].score > SEARCH.rank("infarctus")[0].score


def test_a_typing_error_costs_confidence() -> None:
    assert SEARCH.rank("epistaxys")[0].score < SEARCH.rank("epistaxis")[0].score


def test_of_two_equal_motifs_the_more_urgent_comes_first() -> None:
    assert [found.id for found in SEARCH.rank("toux, hématémèse")[:2]] == ["hematemese", "toux_bronchite"]


@pytest.mark.parametrize("hint", ["chute", "fracture"])
def test_a_hint_offers_a_choice_and_is_not_recognised(hint: str) -> None:
    assert SEARCH.rank(hint) and SEARCH.recognise(hint) is None


def test_motifs_of_another_age_are_left_out() -> None:
    assert "fievre_3_mois" not in {found.id for found in SEARCH.rank("fièvre du nourrisson", limit=115, age=40)}


@pytest.mark.parametrize(
    ("text", "motif"),
    [
        ("ictère nouveau-né J4", "ictere_neonatal"),
        ("fièvre 39 bb de 3 semaines", "fievre_3_mois"),
        ("fièvre depuis 3 semaines", "fievre"),
        ("malventre", "douleur_abdominale"),
    ],
)
def test_an_age_told_in_the_words_chooses_and_a_duration_does_not(text: str, motif: str) -> None:
    assert SEARCH.rank(text)[0].id == motif


@pytest.mark.parametrize(
    ("text", "motif"),
    [
        ("FC 152", "tachycardie"),
        ("39º5", "fievre"),
        ("TA 74/41", "hypotension_arterielle"),
        ("FC 152, mal de gorge", "douleur_gorge"),
        ("FC 75", None),
        ("box 39", None),
    ],
)
def test_a_value_names_a_motif_when_no_word_does(text: str, motif: str | None) -> None:
    assert first(text) == motif


def test_what_is_set_aside_is_no_reason_and_what_is_treated_weighs_less_than_the_reason() -> None:
    assert SEARCH.recognise("hors fièvre") is None
    assert first("douleur abdo sous traitement pour HTA") == "douleur_abdominale"


@pytest.mark.parametrize(
    "text",
    [
        "décide",
        "décision",
        "gravité",
        "seulement",
        "commencé",
        "saisie",
        "champion",
        "essai",
        "passer",
        "répondre",
        "écart",
        "triage",
    ],
)
def test_an_ordinary_word_is_no_misspelt_symptom(text: str) -> None:
    assert SEARCH.recognise(text) is None


@pytest.mark.parametrize("text", ["chute ce matin", "a mal depuis hier", "main"])
def test_a_word_that_names_nothing_still_proposes_where_it_may_hurt_and_is_not_recognised(text: str) -> None:
    assert {"trauma_epaule_membre_distal", "douleur_rachidienne"} & {found.id for found in SEARCH.rank(text)}
    assert SEARCH.recognise(text) is None


def test_two_thousand_characters_of_anything_are_answered() -> None:
    assert SEARCH.rank(("douleur thorcaique " * 200)[:2000])[0].id == "douleur_thoracique_sca"
    assert SEARCH.rank("\x00💥()[]{}|||  \\ n'" * 100) == ()


def test_a_query_takes_less_than_five_milliseconds() -> None:
    start = time.process_time()
    for text in QUERIES:
        SEARCH.rank(text)
    assert (time.process_time() - start) / len(QUERIES) < 0.005
