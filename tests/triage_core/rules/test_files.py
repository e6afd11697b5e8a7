"""The rule files refuse to load when they are wrong, say where, and their generated document is fresh."""

from pathlib import Path

import pytest

from triage_core.errors import RuleFileError
from triage_core.rules import describe
from triage_core.rules.catalog import PACKAGED, load_rulebook
from triage_core.rules.conditions import AllOf, AnyOf, Atom, Scope
from triage_core.rules.describe import describe_book, describe_condition, describe_review
from triage_core.rules.reader import read_folder

FILE = "cardio_circulatoire.toml"


def spoiled(tmp_path: Path, old: str, new: str) -> Path:
    text = (PACKAGED / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path


FIRST = (
    'id = "hypotension_arterielle__1"\nlibelle = "PAS ≤ 70 mmHg"\nniveau = "1"\neffet = "fixe_niveau"\ntype = "mesure"'
)

CONDITION = 'conditions = {toutes = [{mesure = "pression_systolique", au_plus = 70, portee = "adulte"}]}'


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (FIRST, FIRST.replace('niveau = "1"', 'niveau = "0"'), "niveau"),
        (FIRST, FIRST.replace("fixe_niveau", "fixe"), "effet"),
        (FIRST, FIRST.replace('"mesure"', '"mesuree"'), "type"),
        (FIRST, FIRST.replace('"mesure"', '"mixte"'), "case"),
        (FIRST, FIRST.replace('"mesure"', '"clinique"'), "conditions"),
        (FIRST, FIRST.replace("PAS ≤ 70 mmHg", " "), "libelle"),
        (FIRST, FIRST + "\nseuil = 70", "seuil"),
        ('{mesure = "pression_systolique", au_plus = 70,', '{mesure = "pas", au_plus = 70,', "conditions.toutes"),
        ("au_plus = 70,", "environ = 70,", "conditions.toutes"),
        ("au_plus = 70,", 'au_plus = "70",', "conditions.toutes"),
        ("au_plus = 70,", "au_plus = 70, au_moins = 60,", "conditions.toutes"),
        ('portee = "adulte"', 'portee = "senior"', "conditions.toutes"),
        ("toutes = [", "toute = [", "conditions"),
        ('71}, attendu = "non"', '71}, attendu = "peut-être"', "attendu"),
        (
            "{patient = {age = 40, pression_systolique = 69}",
            "{patient = {pression_systolique = 69}",
            "exemples.patient",
        ),
        ("{patient = {age = 40, pression_systolique = 69}", "{patient = {age = 40, pas = 69}", "exemples.patient"),
        ("{patient = {age = 40, pression_systolique = 69}", '{patient = {age = "40"}', "exemples.patient"),
        (
            "{age = 40, pression_systolique = 69}",
            '{age = 40, pression_systolique = 69}, coche = "oui"',
            "exemples.coche",
        ),
        (FIRST, FIRST + '\ncase = "Cochez"', "case"),
        ("conditions = {toutes = [{mesure", "suggestion = {toutes = [{mesure", "conditions"),
        (CONDITION, "conditions = 70", "conditions"),
        (CONDITION, 'conditions = {predicat = "age > 3"}', "conditions"),
        (CONDITION, "conditions = {toutes = []}", "conditions"),
        ("exemples = [\n", "exemples = [3,\n", "exemples"),
    ],
)
def test_a_faulty_modulator_is_refused_by_file_rule_and_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    with pytest.raises(RuleFileError) as fault:
        read_folder(spoiled(tmp_path, old, new))
    message = str(fault.value)
    assert FILE in message
    assert "hypotension_arterielle__1" in message
    assert f"« {field} »" in message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('source = ["v1_1", "v1"]', 'source = ["wikipedia"]', "source"),
        ('source = ["v1_1", "v1"]', 'source = "v1"', "liste de textes"),
        ('confiance = "sourcee"', 'confiance = "certaine"', "confiance"),
        ('relecteur = ""', 'relecteur = "Dr X"', "date de relecture"),
        ('id = "membre_ischemie"', 'id = "hypotension_arterielle"', "déjà pris"),
        ("[chapitre]", "[partie]", "[chapitre]"),
        ("[sources]", "[origines]", "[sources]"),
        ("[chapitre]", "[chapitre", "illisible"),
        ('libelle_en = "Cardiorespiratory arrest"', "libelle_en = 3", "texte"),
    ],
)
def test_a_faulty_file_is_refused_in_french(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(RuleFileError, match=words.replace("[", r"\[").replace("]", r"\]")):
        read_folder(spoiled(tmp_path, old, new))


def test_measured_rules_without_examples_on_both_sides_are_refused(tmp_path: Path) -> None:
    lines = (PACKAGED / FILE).read_text(encoding="utf-8").splitlines()
    (tmp_path / FILE).write_text("\n".join(line for line in lines if 'attendu = "non"' not in line), encoding="utf-8")
    with pytest.raises(RuleFileError, match="des deux côtés"):
        read_folder(tmp_path)


def test_an_empty_folder_and_two_versions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="aucun fichier"):
        read_folder(tmp_path)
    for name in (FILE, "peau.toml"):
        (tmp_path / name).write_bytes((PACKAGED / name).read_bytes())
    (tmp_path / FILE).write_bytes((PACKAGED / FILE).read_bytes().replace(b'"french-1.1"', b'"french-1.2"'))
    with pytest.raises(RuleFileError, match="plusieurs versions"):
        read_folder(tmp_path)


def test_another_byte_is_another_version(tmp_path: Path) -> None:
    before = (PACKAGED / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(before, encoding="utf-8")
    first = read_folder(tmp_path).version
    (tmp_path / FILE).write_text(before + "\n# relu\n", encoding="utf-8")
    assert first.startswith("french-1.1+")
    assert read_folder(tmp_path).version != first


def test_the_packaged_book_is_read_once() -> None:
    assert load_rulebook() is load_rulebook()


def test_nobody_has_signed_a_rule_yet() -> None:
    book = load_rulebook()
    signed = [rule.id for rule in book.floor if rule.reviewer] + [m.id for m in book.motifs if m.reviewer]
    assert signed == []
    assert describe_review(book.motifs[0].signature) == "non relu"


def test_a_signature_is_shown_with_its_date(tmp_path: Path) -> None:
    signed = 'relecteur = "Relecteur d\'essai"\ndate_relecture = "2026-01-02"'
    motif = read_folder(spoiled(tmp_path, 'relecteur = ""\ndate_relecture = ""', signed)).motifs[0]
    assert describe_review(motif.signature) == "relu par Relecteur d'essai le 2026-01-02"
    assert (motif.author, motif.review_date, motif.next_review) == (load_rulebook().motifs[0].author, "2026-01-02", "")


def test_a_modulator_is_signed_with_its_motif() -> None:
    motif = load_rulebook().motif("tachycardie")
    assert motif is not None
    assert {rule.author for rule in motif.modulators} == {motif.author}


def test_the_house_rules_are_marked_inferred() -> None:
    (house,) = (file for file in load_rulebook().floor_files if file.id == "regles_maison")
    assert {rule.status for rule in house.rules} == {"inferee"}


def test_regles_md_is_what_the_files_say() -> None:
    assert describe.DOCUMENT.read_text(encoding="utf-8") == describe_book(load_rulebook())
    assert describe.main(["--check"]) == 0


def test_a_stale_document_fails_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "REGLES.md"
    monkeypatch.setattr(describe, "DOCUMENT", stale)
    assert describe.main(["--check"]) == 1
    stale.write_text(describe_book(load_rulebook()) + "modifié à la main\n", encoding="utf-8")
    assert describe.main(["--check"]) == 1
    assert describe.main(["--chek"]) == 2


def test_the_command_prints_the_document(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert describe.main([]) == 0
    assert capfdbinary.readouterr().out.decode("utf-8") == describe_book(load_rulebook())


def test_the_document_names_every_rule() -> None:
    book, text = load_rulebook(), describe_book(load_rulebook())
    ids = [rule.id for rule in book.floor] + [m.id for m in book.motifs] + sorted(book.every_modulator_id)
    assert [rule_id for rule_id in ids if f"`{rule_id}`" not in text] == []


def test_a_condition_reads_as_french_with_units_commas_and_age() -> None:
    cold = Atom("temperature", "au_plus", 35.2)
    slow = Atom("frequence_cardiaque", "moins_de", 50, Scope.ADULT)
    both = AnyOf((cold, AllOf((slow, Atom("age", "au_moins", 1)))))
    assert describe_condition(both) == (
        "température au plus 35,2 °C ou "
        "(fréquence cardiaque moins de 50 /min (à partir de 15 ans) et âge au moins 1 an)"
    )
