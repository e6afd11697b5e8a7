"""From a part of the foreign file to our columns, by the declared mapping alone; what cannot be read is a fault."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from triage_core.history.mapping import CODED, FIVE_LEVELS, LABELS, Mapping
from triage_core.history.units import DECIMALS, convert
from triage_core.levels import FrenchLevel, Gravity
from triage_core.motifs.search import MotifSearch
from triage_core.training.checks import Faults
from triage_core.training.table import NUMBER_COLUMNS, TABLE_COLUMNS

_FIVE = {"1": "ROUGE", "2": "ROUGE", "3": "JAUNE", "4": "VERT", "5": "GRIS"}
_FRENCH = {level.value: level.value for level in FrenchLevel}
_GRAVITY_OF_LEVEL = {level.value: level.gravity.value for level in FrenchLevel}
_GRAVITY = {gravity.value: gravity.value for gravity in Gravity}
_DAYS_A_YEAR = 365.25


class Translator:
    """Brings parts of one file into our columns, in order; remembers what each distinct reason for coming means."""

    def __init__(self, mapping: Mapping, search: MotifSearch, stem: str) -> None:
        """``stem`` begins the case ids of a file that has none of its own."""
        self._mapping, self._search, self._stem = mapping, search, stem
        self._motifs: dict[str, str | None] = {}
        self._labels = [name for name in LABELS if name in mapping.columns]

    def __call__(self, part: pd.DataFrame, first_row: int) -> tuple[pd.DataFrame, Faults]:
        """Our columns (without the labels nobody has), texts or numbers, and where a number could not be read."""
        columns: dict[str, pd.Series] = {}
        faults: Faults = {}
        for name in TABLE_COLUMNS:
            header = self._mapping.columns.get(name)
            if header is None:
                continue
            if name in NUMBER_COLUMNS:
                columns[name], faults[f"{name}: not a number"] = self._numbers(name, part[header])
            else:
                columns[name] = self._words(name, part[header])
        if self._mapping.age_from is not None:
            columns["age"], faults["age: dates not read"] = self._ages(part)
        return self._completed(columns, part.index, first_row), faults

    def _completed(self, columns: dict[str, pd.Series], index: pd.Index, first_row: int) -> pd.DataFrame:
        """What follows from the rest: an id by the row's number, a motif by its words, a gravity by its level."""
        if "case_id" not in columns:
            numbers = pd.Series(np.arange(first_row, first_row + len(index)), index=index).astype("str")
            columns["case_id"] = f"{self._stem}-" + numbers.str.zfill(8)
        if "motif_id" not in columns and "motif_consultation" in columns:
            columns["motif_id"] = _by_word(columns["motif_consultation"], self._motif_of)
        if "gravite" not in columns and "niveau_french" in columns:
            columns["gravite"] = _by_word(columns["niveau_french"], _GRAVITY_OF_LEVEL.get)
        lacking = [name for name in TABLE_COLUMNS if name not in columns and name not in LABELS]
        columns |= {name: pd.Series(pd.NA, index=index, dtype="str") for name in lacking}
        return pd.DataFrame({name: columns[name] for name in TABLE_COLUMNS if name in columns}, index=index)

    def _numbers(self, name: str, given: pd.Series) -> tuple[pd.Series, np.ndarray]:
        number = given
        if not pd.api.types.is_numeric_dtype(given):
            text = given.astype("str").str.strip().str.replace(" ", "").str.replace("\u00a0", "")
            decimal = self._mapping.file.decimal
            number = pd.to_numeric(text.str.replace(",", ".") if decimal == "," else text, errors="coerce")
        values = number.to_numpy(dtype=np.float64, na_value=np.nan)
        unread = given.notna().to_numpy() & ~np.isfinite(values)
        values = np.where(np.isfinite(values), values, np.nan)
        return pd.Series(convert(name, values, self._mapping.units.get(name)), index=given.index), unread

    def _words(self, name: str, given: pd.Series) -> pd.Series:
        text = given.astype("str").str.strip()
        text = text.where(text != "")
        if name in CODED:
            codes = {word: ours for ours, words in self._mapping.codes.get(name, {}).items() for word in words}
            is_ours = self._mapping.columns[name] == name
            return _by_word(text, lambda word: _coded(codes, word, is_ours))
        if name in LABELS:
            scale = self._mapping.scales.get(name, "FRENCH" if name == "niveau_french" else "gravity")
            return _by_word(text, lambda word: _level(name, scale, word))
        return text

    def _ages(self, part: pd.DataFrame) -> tuple[pd.Series, np.ndarray]:
        told = self._mapping.age_from
        assert told is not None  # noqa: S101 - the caller asks only then
        birth, visit = (_dates(part[name], told.format) for name in (told.birth, told.visit))
        days = (visit - birth).dt.total_seconds().to_numpy() / 86_400
        is_read = np.isfinite(days)
        return pd.Series(np.round(days / _DAYS_A_YEAR, DECIMALS), index=part.index), ~is_read

    def _motif_of(self, words: str) -> str | None:
        if words not in self._motifs:
            found = self._search.recognise(words)
            self._motifs[words] = None if found is None else found.id
        return self._motifs[words]


def _coded(codes: dict[str, str], word: str, is_ours: bool) -> str:
    """Our word for theirs. In a foreign column an undeclared number means nothing: 1 is "no" in some hospitals."""
    told = codes.get(word, codes.get(word.removesuffix(".0")))
    if told is not None:
        return told
    return word if is_ours or not word.replace(".", "").isdigit() else f"code {word}"


def _level(name: str, scale: str, word: str) -> str:
    """A word of a level scale in ours; a word the scale does not know stays as it is and will be refused."""
    told = word.upper().removesuffix(".0")
    if scale in FIVE_LEVELS:
        return _FIVE.get(told, word)
    if scale == "gravity":
        return _GRAVITY.get(told, word)
    return (_FRENCH if name == "niveau_french" else _GRAVITY_OF_LEVEL).get(told, word)


def _by_word(column: pd.Series, meaning: Callable[[str], str | None]) -> pd.Series:
    """What each word means, asked once a distinct word; what is missing stays missing."""
    place, words = column.factorize()
    meant = pd.array([*(meaning(str(word)) for word in words), None], dtype="str")
    return pd.Series(meant.take(place), index=column.index)  # place -1 is the None at the end


def _dates(given: pd.Series, form: str) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(given):
        return given
    return pd.to_datetime(given.astype("str").str.strip().str[: _length(form)], format=form, errors="coerce")


def _length(form: str) -> int:
    """How many letters a date of this format has: an hour behind it is left out."""
    return len(pd.Timestamp(2000, 12, 31, 12, 30, 30).strftime(form))
