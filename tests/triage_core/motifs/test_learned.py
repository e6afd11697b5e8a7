"""Likeness to examples chooses where the table names several motifs; unreadable weights leave the table alone."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from triage_core.motifs import silent
from triage_core.motifs.ages import AgeRange
from triage_core.motifs.learned import PACKAGED, PIECES, UNLEARNED, Told, load_learned, terms_of
from triage_core.motifs.search import MotifSearch
from triage_core.motifs.silent import search_or_silence
from triage_core.rules.catalog import load_rulebook
from triage_core.training.fit_motifs import digest, fit, read_examples

BOOK = load_rulebook()
TABLE_ALONE = MotifSearch(BOOK, learned=UNLEARNED)
BOTH = MotifSearch(BOOK)
QUERIES = sorted(Path(__file__).parent.glob("queries*.toml"))


def test_the_packaged_weights_were_learned_from_the_packaged_examples() -> None:
    with np.load(PACKAGED, allow_pickle=False) as told:
        assert str(told["examples"]) == digest()


def test_every_motif_has_examples_and_no_query_of_the_tests_is_one() -> None:
    examples = read_examples()
    assert {ids[0] for ids in examples.values()} == {motif.id for motif in BOOK.motifs}
    assert all(BOOK.motif(motif) for ids in examples.values() for motif in ids)
    queries = {text for file in QUERIES for text in tomllib.loads(file.read_text(encoding="utf-8"))["requetes"]}
    assert not queries & examples.keys()


def test_chances_are_of_all_motifs_and_sum_to_one() -> None:
    chances = load_learned().log_chances(BOTH.terms("mal au ventre depuis hier soir"))
    assert chances.shape == (len(BOOK.motifs),)
    assert np.exp(chances).sum() == pytest.approx(1, abs=1e-4)


def test_what_is_denied_leaves_no_piece_and_numbers_are_alike() -> None:
    told = [[Told("douleur", True), Told("38", True), Told("fievr", False)]]
    words, pieces = terms_of(told, AgeRange(1.0, 1.0), {"fievre"})
    assert words == {"douleur", "#", "!fievr", "douleur #", "# !fievr", "@nourrisson", "=fievre"}
    assert {len(piece) for piece in pieces} == {*PIECES}
    assert not any("fie" in piece for piece in pieces)


@pytest.mark.parametrize(
    ("text", "motif"),
    [
        ("dent de sagesse, joue gonflée depuis 3j", "dent_gencive"),
        ("brûlure par arc électrique 20 000 V, électricien", "electrisation"),
        ("prise de 8 g de paracétamol pour un mal de dents", "intoxication_medicamenteuse"),
    ],
)
def test_where_the_table_names_several_the_likeness_chooses(text: str, motif: str) -> None:
    named = [found for found in TABLE_ALONE.rank(text) if found.score > 0.5]
    assert len(named) > 1
    assert BOTH.rank(text)[0].id == motif


@pytest.mark.parametrize("text", ["bonjour", "rendez-vous", "pas de fièvre", "zzz qqq", ""])
def test_what_the_table_does_not_know_is_not_recognised_by_likeness(text: str) -> None:
    assert BOTH.recognise(text) is None


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_the_first_candidate_of_five_is_the_one_recognised(file: Path) -> None:
    for text in tomllib.loads(file.read_text(encoding="utf-8"))["requetes"]:
        found, ranked = BOTH.recognise(text), BOTH.rank(text)
        assert found is None or found == ranked[0]


SOUND = PACKAGED.read_bytes()


@pytest.mark.parametrize("content", [None, b"", SOUND[: len(SOUND) // 2], b"PK\x03\x04 no archive", b"\x80\x04N."])
def test_without_readable_weights_the_table_ranks_alone(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "weights.npz"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(silent, "load_learned", lambda: load_learned(file))
    found, fault = search_or_silence(BOOK)
    text = "dent de sagesse, joue gonflée depuis 3j"
    assert fault is None and found.rank(text) == TABLE_ALONE.rank(text)
    assert "the table ranks alone" in caplog.text


def test_weights_of_other_motifs_are_refused() -> None:
    one = replace(load_learned(), motifs=("arret_cardiorespiratoire",))
    with pytest.raises(ValueError, match="other motifs"):
        MotifSearch(BOOK, learned=one)


def test_the_fit_learns_what_it_is_shown() -> None:
    few = {text: (ids[0],) for text, ids in list(read_examples().items())[::9]}
    learned = fit(BOOK, few, phrases=3)
    search = MotifSearch(BOOK, learned=learned)
    right = sum(max(likely := search.likeness(text), key=likely.__getitem__) == ids[0] for text, ids in few.items())
    assert right >= 0.9 * len(few)


@pytest.mark.slow
def test_a_new_fit_gives_the_packaged_weights() -> None:
    anew, packaged = fit(BOOK, read_examples()), load_learned()
    assert anew.places == packaged.places
    apart = np.abs(anew.weights.astype(int) - packaged.weights.astype(int))
    assert apart.max() <= 1  # a byte's last place is the library's
