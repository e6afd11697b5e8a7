"""One writer for every CSV: a spreadsheet reads it and runs nothing of it."""

import csv
import io

import pytest

from feedback_store.spreadsheet import safe_csv


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＠x"])
def test_no_text_of_head_or_row_leaves_as_a_formula(start: str) -> None:
    assert read(safe_csv([start], [[start], [[start, "b"]]])) == [["'" + start], ["'" + start], [f"'{start} | b"]]


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert read(safe_csv(["a", "b", "c", "d"], [[-1.5, None, {"x": "refus"}, "a;b"]])) == [
        ["a", "b", "c", "d"],
        ["-1.5", "", "x : refus", "a;b"],
    ]
