"""How well the words of a phrase stand together in a text."""

import pytest

from triage_core.motifs.placing import ReadText, placed


@pytest.mark.parametrize(
    ("first", "second", "clauses", "quality"),
    [
        (0, 1, [0, 0], 1.0),  # side by side, in order
        (1, 0, [0, 0], 0.93),
        (0, 3, [0] * 4, 0.95),  # two words between
        (0, 6, [0] * 7, 0.65),  # five words between
        (0, 10, [0] * 11, 0.0),  # too far apart
        (0, 1, [0, 1], 0.85),  # only a comma between
        (0, 2, [0, 1, 1], 0.0),  # in another clause
        (0, 0, [0], 0.0),  # one word cannot stand for two
    ],
)
def test_two_words_are_worth_what_stands_between_them(
    first: int, second: int, clauses: list[int], quality: float
) -> None:
    read = ReadText({"mal": [(first, 1.0)], "gorge": [(second, 1.0)]}, dict(enumerate(clauses)), len(clauses))
    assert placed(("mal", "gorge"), read)[0] == quality
