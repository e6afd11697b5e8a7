"""An abbreviation, then sex and age, then « G n »: none of them is swallowed by the reason."""

import pytest

from tests.triage_core.extraction.reading import read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("TC H 63 G 13 TA 13/8 FC 80", {"age": 63, "sexe": "M", "glasgow": 13}),
        ("DT H 63 TA 12/7", {"age": 63, "sexe": "M"}),
        ("AVC F 80 G 9 dextro 1,1", {"age": 80, "sexe": "F", "glasgow": 9, "glycemie": 1.1}),
        ("coma H 45 G 7 dextro LO TA 11/7", {"age": 45, "sexe": "M", "glasgow": 7}),
        ("chute F 84 G 9 dextro 1,1", {"age": 84, "sexe": "F", "glasgow": 9}),
    ],
)
def test_age_sex_and_glasgow_are_read_behind_an_abbreviation(text: str, told: dict[str, object]) -> None:
    values = read(text).values
    assert {name: values[name].value for name in told} == told


@pytest.mark.parametrize("text", ["FIEVRE DEPUIS H 24", "PERF G 10 EN COURS", "DT H 3"])
def test_hours_and_an_infusion_are_none_of_them(text: str) -> None:
    assert not {"age", "glasgow"} & read(text).values.keys()
