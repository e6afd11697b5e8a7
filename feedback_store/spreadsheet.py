"""Tables for a spreadsheet that runs nothing of what was typed: one writer for every CSV we hand out."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DELIMITER = ";"  # what a French spreadsheet expects


def safe_csv(head: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A table for a spreadsheet: UTF-8 with its mark, ``;`` between cells.

    A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=DELIMITER)
    writer.writerows([_cell(value) for value in row] for row in (head, *rows))
    return sheet.getvalue().encode("utf-8-sig")


def without_formula(text: str) -> str:
    """A text that no spreadsheet runs: one that would start a formula gets an apostrophe in front."""
    return "'" + text if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _cell(value: object) -> object:
    """Numbers as they are, nothing for null, lists and answers joined, and no text that starts a formula."""
    if isinstance(value, dict):
        value = [f"{name} : {word}" for name, word in value.items()]
    if isinstance(value, (list, tuple)):
        value = " | ".join(str(part) for part in value)
    if isinstance(value, str):
        return without_formula(value)
    return "" if value is None else value
