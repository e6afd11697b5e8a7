"""What must hold for any note: no number cut, no word lost, every source in the text, no exception, no slow text."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.triage_core.extraction.reading import read
from triage_core.extraction.result import Extraction
from triage_core.features import BY_NAME

LABELS = ("FC", "fc :", "pouls", "HR", "TA", "sat", "SpO2", "T", "temp", "EVA", "G", "GCS", "dextro", "FR", "PAS")
PIECES = (
    *LABELS, "14/9", "110", "37,2", "9", "120/80", "bpm", "mmHg", "AA", "%", "H 65", "depuis 2h", "ATCD HTA", "père",
    "IDM", "DT", "puis", "environ", "-", "/", ",", ".", "\n", "le 12/03", "1 g", "06 12 34 56 78", "pas de", "à", "g",
    "°", "38°5", "mmol/L", "né le 12/03/1957", "chute", "par les pompiers", ":", "(", ")", "3 sem", "F", "+", ">",
)  # fmt: skip
ANYTHING = st.text(max_size=2000)
NOTES = st.lists(st.sampled_from(PIECES), max_size=40).flatmap(
    lambda pieces: st.sampled_from(("", " ")).map(lambda glue: glue.join(pieces))
)


def numbers_of(extraction: Extraction) -> dict[str, float]:
    return {name: float(e.value) for name, e in extraction.values.items() if name in BY_NAME}  # type: ignore[arg-type]


@given(st.one_of(ANYTHING, NOTES))
@settings(max_examples=600, deadline=None)
def test_any_text_is_answered_with_values_in_bounds_and_sources_that_stand_in_it(text: str) -> None:
    extraction = read(text)
    assert all(extracted.source and extracted.source in text for extracted in extraction.values.values())
    assert all(left.text and left.text in text for left in extraction.unparsed)
    for name, value in numbers_of(extraction).items():
        assert BY_NAME[name].hard[0] <= value <= BY_NAME[name].hard[1]
    values = numbers_of(extraction)
    if {"pression_systolique", "pression_diastolique"} <= values.keys():
        assert values["pression_diastolique"] < values["pression_systolique"] or (
            extraction.values["pression_systolique"].source != extraction.values["pression_diastolique"].source
        )


@given(st.one_of(NOTES, st.text(alphabet="abdFCTA 0123456789/,.-°%hg\n", max_size=300)))
@settings(max_examples=600, deadline=None)
def test_no_letter_and_no_digit_is_lost_between_values_and_unparsed_words(text: str) -> None:
    extraction = read(text)
    shown = [extracted.source for extracted in extraction.values.values()] + [u.text for u in extraction.unparsed]
    covered = [False] * len(text)
    for words in shown:
        at = text.find(words)
        while at >= 0:
            covered[at : at + len(words)] = [True] * len(words)
            at = text.find(words, at + 1)
    assert all(covered[at] for at, c in enumerate(text) if c.isascii() and c.isalnum())


@given(st.sampled_from(LABELS), st.integers(1, 99_999), st.text(alphabet="0123456789.,", min_size=1, max_size=3))
@settings(max_examples=600, deadline=None)
def test_a_longer_number_is_never_read_as_a_part_of_it(label: str, number: int, more: str) -> None:
    written = f"{number}{more}"
    extraction = read(f"{label} {written} ")
    bare = written.rstrip(".,")
    for extracted in extraction.values.values():
        assert bare in extracted.source
    for name, value in numbers_of(extraction).items():
        whole = float(bare.replace(",", "."))
        assert value in {whole, round(whole * 10, 1), round(whole * 100, 1)}, (name, value, written)


@given(st.sampled_from(LABELS), st.integers(1, 200), st.sampled_from("abeghkoOlItTGxz²½٣１"), st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_number_with_a_letter_in_it_gives_no_value(label: str, number: int, letter: str, before: bool) -> None:
    assume(label != "dextro" or letter not in "gG")  # « 1g20 » and « 1G20 » are a glucose
    assume(not before or letter not in "gGtT")  # « G3 » is a Glasgow
    written = f"{letter}{number}" if before else f"{number}{letter}{number}"
    assert not numbers_of(read(f"{label} {written}"))


@given(st.sampled_from(("FC", "FR", "sat", "T", "EVA", "GCS", "dextro")), st.integers(1, 9), st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_a_number_cut_by_a_space_is_not_read_in_part(label: str, first: int, second: int) -> None:
    for written in (f"{first}0 {second}", f"{first} {second}0", f"{first}, {second}", f"{first} {second} {second}"):
        assert not numbers_of(read(f"{label} {written}")), written


def of(name: str, *texts: str) -> list[float | None]:
    return [numbers_of(read(text)).get(name) for text in texts]


@pytest.mark.parametrize(
    ("name", "value", "texts"),
    [
        (
            "frequence_cardiaque",
            110,
            ["FC 110", "fc110", "FC: 110/min", "pouls à 110", "HR 110 bpm", "110 bpm", "FC=110"],
        ),
        (
            "pression_systolique",
            140,
            ["TA 14/9", "TA 140/90 mmHg", "14/9 cmHg", "TA 140 90", "BP 140 over 90", "PAS 140"],
        ),
        ("temperature", 37.2, ["T 37,2", "T° 37.2", "37°2", "temp 98.96°F", "T37,2°C", "température à 37,2"]),
        (
            "saturation_oxygene",
            94,
            ["sat 94", "SpO2 : 94 %", "94% AA", "sat 0,94", "O2 sat 94% RA", "saturation à 94%"],
        ),
        ("glycemie", 1.2, ["dextro 1,2", "glycémie 6,66 mmol/L", "glucose 120 mg/dL", "dext 1g20", "HGT 1.2 g/L"]),
        ("echelle_douleur", 6, ["EVA 6", "EN 6/10", "EVA 60/100", "douleur genou 6/10", "pain score 6"]),
        ("glasgow", 15, ["G15", "GCS 15/15", "Glasgow à 15", "E4V5M6", "Y4 V5 M6"]),
        ("age", 1.5, ["enfant de 18 mois", "F 18 mois", "1 an et demi garçon", "bébé 18 mois"]),
    ],
)
def test_every_way_of_writing_a_value_gives_the_same_value(name: str, value: float, texts: list[str]) -> None:
    assert of(name, *texts) == [value] * len(texts)


@pytest.mark.parametrize(
    "piece", ["FC 110 ", "a", "1", "1/", "père ", ", ", "ATCD ", "puis ", "-", "( ", "t.a.", "dextro", "le 1"]
)
def test_two_thousand_characters_cost_at_most_a_few_times_what_two_halves_cost(piece: str) -> None:
    def spent(length: int) -> float:
        text = (piece * length)[:length]
        times = []
        for _ in range(3):
            start = time.process_time()
            read(text)
            times.append(time.process_time() - start)
        return min(times)

    assert spent(2000) < 8 * spent(500) + 0.05


def test_the_answer_is_values_and_unparsed_and_nothing_else() -> None:
    told = read("H 65 DT TA 14/9 bla ATCD HTA").told()
    assert list(told) == ["values", "unparsed"] and told["unparsed"] == ["bla"]
    assert all({"value", "source"} <= value.keys() for value in told["values"].values())  # type: ignore[attr-defined]
