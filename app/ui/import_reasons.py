"""What the import says of rows, columns and files, in the words of the screen.

The core tells its reasons in English, since reports and the command line keep them; a reason nobody put into words here
is shown as it is.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.ui import texts
from app.ui.texts import t
from triage_core.features import BY_NAME

_OF_A_COLUMN: Mapping[str, str] = MappingProxyType(
    {
        "number": "not a number",
        "truth": "not true, false or empty",
        "outside": r"outside (?P<low>-?[\d.]+)-(?P<high>[\d.]+) (?P<unit>.*)",
        "whole": "not a whole number",
        "missing": "missing",
        "missing_or_unknown": "missing or unknown",
        "unknown": "unknown",
        "twice": "stands twice",
        "grid": "not a motif of the grid",
        "long": r"longer than (?P<most>\d+)",
        "dates": "dates not read",
        "swapped": "not below pression_systolique",
        "disagree": "not that of niveau_french",
        "no_column": "no column found, and a table cannot do without",
        "scale": "declare its scale under .*",
        "codes": r"(?P<count>\d+) code\(s\) without a meaning; declare them under .*",
        "unit": r"the values look like (?P<units>.*); declare it under .*",
    }
)
_OF_A_FILE: Mapping[str, str] = MappingProxyType(
    {
        "taken": r"(?P<name>.*) was imported already; .*",
        "lacking": r"the mapping gives no column for (?P<columns>.*)",
        "absent": r"(?P<name>.*) lacks the columns \[(?P<columns>.*)\] of the mapping",
        "empty": r"(?P<name>.*) holds no row",
        "unusable": r"(?P<name>.*) holds no usable row \((?P<count>\d+|none) set aside.*",
        "unreadable": r"(?P<name>.*) cannot be read as a (?P<kind>CSV|Parquet) table: .*",
        "ending": "a file must end with one of (?P<ends>.*)",
        "no_file": "no such file in this folder",
        "busy": "another import is in progress",
        "strange": "(?P<name>.*): none of its columns is recognised: .*",
    }
)


def column_label(column: str) -> str:
    """A column of ours as the screen calls it."""
    feature = BY_NAME.get(column)
    if feature is not None:
        return feature.label if texts.language() == "fr" else feature.label_en
    return t(f"import.column.{column}") if texts.has(f"import.column.{column}") else column


def in_words(reason: str) -> str:
    """A reason of the core in the language of the screen; an unknown one as it is."""
    column, _, rest = reason.partition(": ")
    told = _matched("import.why", _OF_A_COLUMN, rest)
    if told is not None:
        return f"{column_label(column)}{t('import.why.colon')}{told}"
    return _matched("import.file_why", _OF_A_FILE, reason) or reason


def _matched(area: str, patterns: Mapping[str, str], told: str) -> str | None:
    for name, pattern in patterns.items():
        found = re.fullmatch(pattern, told, re.DOTALL)
        if found is not None:
            return t(f"{area}.{name}", **{key: _shown(key, value) for key, value in found.groupdict().items()})
    return None


def _shown(key: str, value: str) -> str:
    if key == "columns":
        return ", ".join(column_label(name.strip(" '\"")) for name in value.split(","))
    if key in ("low", "high"):
        return texts.number(float(value), 0 if float(value).is_integer() else 1)
    return value
