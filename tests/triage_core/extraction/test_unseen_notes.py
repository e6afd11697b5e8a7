"""Notes of someone who had not seen the reader, and what their first measure taught."""

import pytest

from tests.triage_core.extraction.reading import read
from tests.triage_core.extraction.test_extract import notes, score


@pytest.mark.parametrize("name", ["a", "b", "c", "d"])
def test_notes_of_someone_who_never_saw_the_reader_stay_read(name: str) -> None:
    counted = score(notes(f"notes_unseen_{name}.toml"))
    assert counted["right"] >= 0.985 * (counted["right"] + counted["wrong"]), counted
    assert counted["right"] >= 0.96 * (counted["right"] + counted["missed"]), counted


@pytest.mark.parametrize(
    ("text", "age", "sexe"),
    [("box 12 : H 54a chute", 54, "M"), ("ASTHME H 23 ANS SAT 91", 23, "M"), ("constipation 8 j, H 82 ans", 82, "M")],
)
def test_a_number_before_the_sex_is_no_age_when_one_stands_behind_it(text: str, age: float, sexe: str) -> None:
    values = read(text).values
    assert (values["age"].value, values["sexe"].value) == (age, sexe)
