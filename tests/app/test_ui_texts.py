"""The words of the screens: every one exists, in two languages, with the same blanks, in French typography."""

import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from app import catalogue
from app.ui import texts
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
