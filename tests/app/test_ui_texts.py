"""The words of the screens: every one exists, in two languages, with the same blanks, in French typography."""

import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from app import catalogue
from app.ui import texts
from app.ui.grid_rows import _lacking
from triage_core.features import ARRIVAL_MODES, FEATURES
from triage_core.quality import QualityGrade

ROOT = Path(__file__).resolve().parents[2]
TABLES = [
    table
    for path in sorted((ROOT / "app" / "ui").glob("words_*.py"))
    for name, table in vars(import_module(f"app.ui.{path.stem}")).items()
    if name.startswith("WORDS_")
]
WORDS = {key: sentences for table in TABLES for key, sentences in table.items()}


def blanks(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_every_sentence_is_translated_and_says_the_same_things() -> None:
    assert catalogue.faults(WORDS, catalogue.kept_translations()) == ()
    english = {key: told for key, (_, told) in catalogue.kept_translations().items()}
    assert [key for key in WORDS if blanks(WORDS[key]) != blanks(english[key])] == []


def test_the_compiled_catalogue_is_the_one_of_its_source() -> None:
    assert catalogue.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ({}, "a: no English"),
        ({"a": ("Bonjour", "")}, "a: no English"),
        ({"a": ("Bonsoir", "Hello")}, "a: the French changed since it was translated"),
        ({"a": ("Bonjour", "Hello {name}")}, "a: placeholders differ"),
        ({"a": ("Bonjour", "Hello"), "b": ("x", "y")}, "b: no such word any more"),
    ],
)
def test_what_a_catalogue_lacks_is_named(kept: dict[str, tuple[str, str]], told: str) -> None:
    assert catalogue.faults({"a": "Bonjour"}, kept) == (told,)


def test_every_key_that_a_screen_names_has_a_sentence() -> None:
    sources = [*(ROOT / "app").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    named = {key for path in sources for key in re.findall(r"\bt\(\s*\"([\w.]+)\"", path.read_text("utf-8"))}
    assert len(named) > 80
    assert named <= set(WORDS)


def test_no_key_stands_in_two_tables_and_the_screens_read_them_all() -> None:
    assert sum(len(table) for table in TABLES) == len(WORDS)
    assert [key for key in WORDS if not texts.has(key)] == []


def test_every_value_that_a_screen_may_meet_has_a_word() -> None:
    wanted = [f"arrival.{mode}" for mode in ARRIVAL_MODES] + [f"quality.{grade}" for grade in QualityGrade]
    wanted += [f"short.{feature.name}" for feature in FEATURES]
    assert [key for key in wanted if not texts.has(key)] == []


def test_french_spacing_and_apostrophes_are_applied() -> None:
    assert texts.typographic("l'EVA : « 7 » ?") == "l’EVA\u202f: «\u202f7\u202f»\u202f?"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("infirmier < 10 min", "infirmier <~10~min"),
        ("FC > 100/min, FR ≥ 30/min", "FC >~100/min, FR ≥~30/min"),
        ("2 h 16 d'attente, 64 ans", "2~h~16 d’attente, 64~ans"),
        ("24 h ; 18 mois", "24~h^; 18~mois"),
        ("PAS ≤ 100 mmHg avec 0,7 g/L", "PAS ≤~100~mmHg avec 0,7~g/L"),
        ("3 hommes, 2 anses", "3 hommes, 2 anses"),
    ],
)
def test_a_number_stays_with_its_sign_and_its_unit(words: str, shown: str) -> None:
    assert texts.typographic(words).replace("\u00a0", "~").replace("\u202f", "^") == shown
    assert texts.held(words).replace("\u00a0", "~").replace("'", "’").replace(" ;", "^;") == shown


def test_a_sentence_is_held_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    for code in texts.LANGUAGES:
        monkeypatch.setattr(texts, "language", lambda code=code: code)
        assert texts.t("card.nurse", minutes=10).endswith("<\u00a010\u00a0min")


def test_a_label_of_a_rule_is_told_as_the_form_writes_it() -> None:
    assert texts.of_rule("FR < 30/min et SpO2 > 90 %") == "FR <\u00a030/min et SpO₂ >\u00a090\u202f%"


def test_what_a_row_of_the_grid_lacks_follows_a_french_colon() -> None:
    assert "\u202f: Cétonémie" in _lacking(["cetonemie_mmol_l"])


def test_colons_and_semicolons_are_those_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}
    for code in texts.LANGUAGES:
        monkeypatch.setattr(texts, "language", lambda code=code: code)
        told[code] = texts.with_colon("a", texts.with_semicolons(("b", "c")))
    assert told == {"fr": "a\u202f: b\u202f; c", "en": "a: b; c"}


def test_none_is_singular_in_french_and_plural_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}
    for code in texts.LANGUAGES:
        monkeypatch.setattr(texts, "language", lambda code=code: code)
        told[code] = [texts.counted("train.duplicates", count) for count in (0, 1, 2)]
    assert told == {
        "fr": ["0 doublon", "1 doublon", "2 doublons"],
        "en": ["0 duplicates", "1 duplicate", "2 duplicates"],
    }


def test_numbers_are_grouped_and_bear_a_comma() -> None:
    assert [texts.number(value) for value in (1234567, 37.2, 0.25, 60.0)] == [
        "1\u202f234\u202f567",
        "37,2",
        "0,25",
        "60",
    ]
    assert texts.percent(0.4286, 1) == "42,9\u202f%"


def test_a_day_is_written_day_month_year_and_none_is_a_dash() -> None:
    assert texts.date("2026-11-23T10:00:00+00:00") == "23/11/2026"
    assert texts.date(None) == texts.date("hier") == "—"


def test_text_of_a_user_cannot_become_markup() -> None:
    assert texts.plain("<b> :red[x] $y$ [a](b)") == r"\<b\> \:red\[x\] \$y\$ \[a\]\(b\)"
