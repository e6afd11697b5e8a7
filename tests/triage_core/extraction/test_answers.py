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
