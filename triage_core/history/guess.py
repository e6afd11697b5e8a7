"""A first mapping, guessed from the header and a few thousand rows; it counts only once somebody confirmed it."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from triage_core.errors import DatasetError
from triage_core.history.mapping import CODED, FIVE_LEVELS, LABELS, AgeFrom, FileForm
from triage_core.history.mapping import Mapping as Declared
from triage_core.history.sniff import sniff
from triage_core.history.source import headers, parts
from triage_core.history.units import FACTORS, suspected_units
from triage_core.levels import FrenchLevel, Gravity
from triage_core.training import raw
from triage_core.training.table import NUMBER_COLUMNS, TABLE_COLUMNS

SAMPLE_ROWS = 5000


@dataclass(frozen=True)
class Guess:
    """A mapping to confirm, the headers nothing of ours was found for, and what should be looked at before."""

    mapping: Declared
    unused: tuple[str, ...]
    remarks: tuple[str, ...]
    is_ours: bool  # the table already has exactly our columns: nothing to confirm


def guess(path: Path) -> Guess:
    """Guess a mapping. Raises ``DatasetError`` for a file that cannot be read or in which nothing is recognised."""
    form = FileForm() if raw.is_parquet(path) else sniff(path)
    found = headers(path, form)
    if set(TABLE_COLUMNS) <= set(found) and form == FileForm(decimal=form.decimal):
        ours = Declared(columns={name: name for name in TABLE_COLUMNS})
        return Guess(ours, tuple(name for name in found if name not in TABLE_COLUMNS), (), True)
    columns = _columns(found)
    if not columns:
        raise DatasetError(f"{path.name}: none of its columns is recognised: {', '.join(found[:30])}")
    sample = next(parts(path, form, list(dict.fromkeys(columns.values())), SAMPLE_ROWS), pd.DataFrame(columns=found))
    missing = tuple(sorted({word for header in sample.columns for word in _missing(sample[header])}))
    return _understood(form.model_copy(update={"missing": missing}), found, columns, sample.mask(sample.isin(missing)))


def _understood(form: FileForm, found: tuple[str, ...], columns: dict[str, str], sample: pd.DataFrame) -> Guess:
    dates = {name: columns.pop(name) for name in ("birth", "visit") if name in columns}
    scales = {name: scale for name in LABELS if name in columns and (scale := _scale(columns[name], sample))}
    if "niveau_french" in columns and scales.get("niveau_french") != "FRENCH" and "gravite" not in columns:
        columns["gravite"] = columns.pop("niveau_french")
        scales = {("gravite" if name == "niveau_french" else name): scale for name, scale in scales.items()}
    has_dates = "age" not in columns and len(dates) == 2
    mapping = Declared(
        file=form,
        columns={name: columns[name] for name in TABLE_COLUMNS if name in columns},
        units={name: unit for name, header in columns.items() if (unit := _unit(name, header))},
        scales=scales,
        codes={name: codes for name in CODED if name in columns and (codes := _codes(name, sample[columns[name]]))},
        age_from=AgeFrom(**dates, format=_date_format(sample[dates["birth"]])) if has_dates else None,
    )
    unused = tuple(name for name in found if name not in mapping.sources)
    return Guess(mapping, unused, tuple(_remarks(mapping, sample)), False)


@cache
def _known() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("headers.toml").read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """Small letters and digits without accents, parted by single spaces."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def _columns(found: Iterable[str]) -> dict[str, str]:
    """Our name (and ``birth``, ``visit``) -> header; of two headers for one name the first stays."""
    known = {word: name for part in ("columns", "dates") for name, words in _known()[part].items() for word in words}
    columns: dict[str, str] = {}
    for header in found:
        name = known.get(plain(header)) or known.get(_without_unit(header)[0])
        if name is not None:
            columns.setdefault(name, header)
    return columns


def _without_unit(header: str) -> tuple[str, str | None]:
    told = plain(header)
    for unit, words in _known()["units"].items():
        for word in words:
            if told.endswith(f" {word}"):
                return told.removesuffix(f" {word}"), unit
    return told, None


def _unit(name: str, header: str) -> str | None:
    """A unit the header itself names, when it is not ours."""
    unit = _without_unit(header)[1]
    is_other = unit in FACTORS.get(name, {}) and FACTORS[name][str(unit)] != (1.0, 0.0)
    return unit if is_other else None


def _words(column: pd.Series) -> list[str]:
    return [str(word).strip().removesuffix(".0") for word in column.dropna().unique()[:200]]


def _missing(column: pd.Series) -> list[str]:
    """Words of a column of texts that stand for nothing measured."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return []
    return [word for word in map(str, column.dropna().unique()) if word.strip().lower() in _known()["missing"]["words"]]


def _scale(header: str, sample: pd.DataFrame) -> Any:
    """The scale of a level column, as far as its header or its words tell; ``None`` when both leave it open."""
    named = [scale for scale in FIVE_LEVELS if scale.lower() in plain(header).split()]
    words = {word.upper() for word in _words(sample[header])}
    if words and words <= {gravity.value for gravity in Gravity}:
        return "gravity"
    if words & {"3A", "3B"} and words <= {level.value for level in FrenchLevel}:
        return "FRENCH"
    return named[0] if named else None


def _codes(name: str, column: pd.Series) -> dict[str, tuple[str, ...]]:
    known = _known()["codes"]["boolean" if "true" in CODED[name] else name]
    meant = {plain(word): ours for ours, words in known.items() for word in words}
    codes: dict[str, list[str]] = {}
    for word in sorted(_words(column)):
        if plain(word) in meant:
            codes.setdefault(meant[plain(word)], []).append(word)
    return {ours: tuple(words) for ours, words in codes.items()}


def _date_format(column: pd.Series) -> str:
    first = next((str(text) for text in column.dropna()[:1]), "")
    return "%d/%m/%Y" if re.match(r"\d{1,2}/\d{1,2}/\d{4}", first) else "%Y-%m-%d"


def _remarks(mapping: Declared, sample: pd.DataFrame) -> Iterable[str]:
    """What somebody should look at: columns that lack, levels without a scale, words without a code, odd units."""
    yield from (f"{name}: no column found, and a table cannot do without" for name in mapping.lacking)
    for name in LABELS:
        if name in mapping.columns and name not in mapping.scales:
            yield f"{name}: declare its scale under [scales]: gravity, FRENCH, CTAS, ESI, KTAS or MTS"
    for name in CODED:
        if name in mapping.columns:
            coded = {word for words in mapping.codes.get(name, {}).values() for word in words}
            count = len(set(_words(sample[mapping.columns[name]])) - coded - set(CODED[name]))
            if count:
                yield f"{name}: {count} code(s) without a meaning; declare them under [codes.{name}]"
    yield from suspicions(mapping, sample)


def suspicions(mapping: Declared, sample: pd.DataFrame) -> Iterable[str]:
    """Columns whose values make sense in another unit only; nothing is converted unless it is declared."""
    for name, header in mapping.columns.items():
        if name in NUMBER_COLUMNS and name not in mapping.units:
            text = sample[header].astype("str").str.replace(mapping.file.decimal, ".")
            values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
            units = suspected_units(name, values)
            if units:
                yield f"{name}: the values look like {' or '.join(units)}; declare it under [units] if so"
