"""Why a measure is not there is an answer, not a part of the reason; it is no value, and its words stay visible."""

import pytest

from tests.triage_core.extraction.reading import read

WITHHELD = {
    "frequence_cardiaque", "pression_systolique", "pression_diastolique", "saturation_oxygene", "temperature"
}  # fmt: skip


@pytest.mark.parametrize(
    ("note", "wanted"),
    [
        ("sat imprenable mains froides TA 9/5", {"saturation_oxygene": "non_mesurable"}),
        ("EVA non évaluable, démence", {"echelle_douleur": "non_mesurable"}),
        ("sat NM T 37", {"saturation_oxygene": "non_mesurable"}),
        ("TA refusée, FC 88", dict.fromkeys(("pression_systolique", "pression_diastolique"), "refus")),
        ("pouls imprenable", {"frequence_cardiaque": "non_mesurable"}),
        ("SpO2 unobtainable, HR 88", {"saturation_oxygene": "non_mesurable"}),
        ("suicidaire, refuse les constantes", dict.fromkeys(WITHHELD, "refus")),
        ("H 33 refuse les constantes, lombalgie", dict.fromkeys(WITHHELD, "refus")),
        ("refuse les constantes H 33 lombalgie", dict.fromkeys(WITHHELD, "refus")),
        ("refuse les constantes mais FC 88", dict.fromkeys(WITHHELD - {"frequence_cardiaque"}, "refus")),
        ("douleur impossible à marcher", {}),
        ("refuse de marcher, T 38", {}),
        ("sat 94 puis refus de soins", {}),
    ],
)
def test_an_answer_stands_behind_its_label(note: str, wanted: dict[str, str]) -> None:
    assert {name: answer.value for name, answer in read(note).answers.items()} == wanted


def test_an_answer_is_no_reason_no_value_and_its_words_are_told_by_the_route() -> None:
    found = read("H 70 dyspnée sat imprenable TA 9/5")
    assert found.values["motif_consultation"].source == "dyspnée"
    assert "saturation_oxygene" not in found.values
    assert "sat imprenable" in found.told()["unparsed"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("note", "word", "reason"),
    [
        ("hyperglycémie dextro HI", "HI", "hyperglycémie"),
        ("hyperglycémie, dextro HI", "HI", "hyperglycémie"),
        ("hyperglycémie HI", "HI", "hyperglycémie"),
        ("malaise dextro : LO", "LO", "malaise"),
        ("malaise, dextro HIGH", "HI", "malaise"),
        ("glycémie LO sueurs", "LO", "glycémie LO"),
    ],
)
def test_the_word_of_a_meter_is_an_answer_and_names_the_reason_only_when_nothing_else_does(
    note: str, word: str, reason: str
) -> None:
    found = read(note)
    assert {name: answer.value for name, answer in found.answers.items()} == {"glycemie": word}
    assert found.values["motif_consultation"].source == reason and "glycemie" not in found.values
    assert found.answers["glycemie"].source in found.told()["unparsed"]  # type: ignore[operator]


@pytest.mark.parametrize("note", ["sugar high", "dextro HI puis 3,2", "sat LO", "dextro Hier 2,1"])
def test_small_letters_a_later_number_and_another_label_are_no_word_of_a_meter(note: str) -> None:
    assert not read(note).answers


def test_a_refusal_in_the_middle_leaves_the_reason_and_the_age() -> None:
    values = read("H 33 refuse les constantes, lombalgie").values
    assert (values["age"].value, values["motif_consultation"].source) == (33, "lombalgie")
