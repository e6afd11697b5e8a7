"""A measure word with its value is a measure first; the reason is looked for in the rest."""

import pytest

from tests.triage_core.extraction.reading import read
from triage_core.motifs.criteria import suggested
from triage_core.rules.catalog import load_rulebook


@pytest.mark.parametrize(
    ("note", "reason", "temperature"),
    [
        ("H 44 T 41 FC 140 TA 9/4 purpura", "purpura", 41),
        ("H 80 T 35,4 confus FC 100", "confus", 35.4),
        ("femme 70 T 38 toux", "toux", 38),
        ("chambre 3 T 38,5 toux", "toux", 38.5),
        ("H 40 T 39", "T 39", 39),
        ("T 35 trouvé dehors", "T 35", 35),
    ],
)
def test_a_temperature_is_read_and_names_the_reason_only_when_nothing_else_does(
    note: str, reason: str, temperature: float
) -> None:
    values = read(note).values
    assert values["temperature"].value == temperature
    assert values["motif_consultation"].source == reason


def test_words_that_name_no_motif_stay_visible_beside_the_value_that_does() -> None:
    found = read("T 35 trouvé dehors")
    assert found.values["motif_consultation"].detail["motif_id"] == "hypothermie"
    assert [left.text for left in found.unparsed] == ["trouvé dehors"]


def test_an_ordinary_temperature_names_no_reason() -> None:
    assert "motif_consultation" not in read("H 40 T 37").values


@pytest.mark.parametrize(
    ("note", "name", "value"),
    [
        ("H 44 PA 12/8 toux", "pression_systolique", 120),
        ("femme 44 EN 6 lombalgie", "echelle_douleur", 6),
        ("H 130 PA 12/8", "pression_systolique", None),
        ("tabac 20 PA toux", "pression_systolique", None),
        ("douleur en 44 EN 6", "echelle_douleur", None),
    ],
)
def test_the_age_before_a_short_label_does_not_count_it(note: str, name: str, value: float | None) -> None:
    values = read(note).values
    assert (values[name].value if name in values else None) == value


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("H 30 DT, ECG ST+, EVA 8 TA 13/8 FC 88 FR 16 sat 98 T 37 G15", "ECG ST+"),
        ("H 30 DT, ECG ST-, EVA 8", "ECG ST-"),
        ("H 30 DT, ECG ST +", "ECG ST +"),
        ("H 30 DT ECG ST+ TA 12/8", "DT ECG ST+"),
        ("toux +++, TA 12/8", "toux"),
        ("DT - TA 12/8", "DT"),
    ],
)
def test_a_plus_stays_with_the_word_it_is_typed_at(note: str, words: str) -> None:
    found = read(note)
    assert words in [found.values["motif_consultation"].value, *(left.text for left in found.unparsed)]


@pytest.mark.parametrize(
    ("note", "criterion"),
    [
        ("H 30 DT, ECG ST+, EVA 8", "douleur_thoracique_sca__1"),
        ("F 55 céphalées brutales EVA 10, raideur nuque", "cephalee__1"),
        ("F 55 céphalées, raideur de nuque EVA 5", "cephalee__1"),
        ("F 55 céphalées inhabituelles", "cephalee__1"),
    ],
)
def test_the_words_of_a_line_suggest_the_criterion_of_its_motif(note: str, criterion: str) -> None:
    found = read(note)
    reason = found.values["motif_consultation"]
    motif = load_rulebook().motif(str(reason.detail["motif_id"]))
    assert motif is not None
    told = "\n".join([str(reason.value), *(left.text for left in found.unparsed)])
    assert criterion in {one.rule_id for one in suggested(told, motif, 55)}
