"""How a foreign CSV file is written: encoding, delimiter and decimal mark, told from its first bytes."""

import codecs
import csv
import re
from pathlib import Path
from typing import Literal

from triage_core.errors import DatasetError
from triage_core.history.mapping import FileForm

_HEAD_BYTES = 1 << 18
_DELIMITERS: tuple[Literal[",", ";", "\t", "|"], ...] = (";", "\t", "|", ",")
_COMMA, _POINT = re.compile(r"-?\d+,\d+"), re.compile(r"-?\d+\.\d+")


def sniff(path: Path) -> FileForm:
    """Look at the beginning of a CSV file. Raises ``DatasetError`` when it cannot be read or is empty."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as fault:
        raise DatasetError(f"{path.name} cannot be read as a CSV table: {type(fault).__name__}") from fault
    encoding = _encoding(head)
    lines = codecs.getincrementaldecoder(encoding)("replace").decode(head).splitlines()
    if not lines or not lines[0].strip():
        raise DatasetError(f"{path.name} cannot be read as a CSV table: no header")
    delimiter = max(_DELIMITERS, key=lines[0].count)
    cells = [cell.strip() for row in csv.reader(lines[1:200], delimiter=delimiter) for cell in row]
    commas, points = (sum(bool(mark.fullmatch(cell)) for cell in cells) for mark in (_COMMA, _POINT))
    return FileForm(delimiter=delimiter, encoding=encoding, decimal="," if commas > points else ".")


def _encoding(head: bytes) -> Literal["utf-8", "utf-8-sig", "cp1252", "utf-16"]:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # a letter cut at the end is no fault
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
