"""What a hospital declares of its table: which column is what, in which unit, with which codes and scale. A TOML file.

Nothing is converted that is not declared here.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from triage_core.errors import DatasetError
from triage_core.features import ARRIVAL_MODES, SEXES
from triage_core.history.units import FACTORS
from triage_core.training.table import BOOLEAN_COLUMNS, TABLE_COLUMNS

LABELS = ("niveau_french", "gravite", "gravite_ioa")
FIVE_LEVELS = ("CTAS", "ESI", "KTAS", "MTS")  # 1 the most urgent, 5 the least
SCALES = ("gravity", "FRENCH", *FIVE_LEVELS)
CODED = {"sexe": SEXES, "mode_arrivee": ARRIVAL_MODES} | {name: ("true", "false") for name in BOOLEAN_COLUMNS}
MAX_BYTES = 1 << 16  # of a mapping file

Text = Annotated[str, Field(max_length=200)]
Column = Annotated[str, Field(min_length=1, max_length=200)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileForm(_Frozen):
    """How a CSV file is written; Parquet asks for none of it."""

    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"] = "utf-8"
    decimal: Literal[".", ","] = "."
    missing: tuple[Text, ...] = ()  # words that stand for "not measured", beside nothing at all


class AgeFrom(_Frozen):
    """An age that is not written but follows from two dates; ``format`` as ``strptime`` reads it."""

    birth: Column
    visit: Column
    format: Text = "%Y-%m-%d"


class Mapping(_Frozen):
    """The whole declaration. ``columns``: our name -> the file's header; ``codes``: our name -> our word -> theirs.

    ``units``: our name -> the unit of the file, when it is not ours; ``scales``: of the labels (default: our words).
    """

    file: FileForm = FileForm()
    columns: dict[str, Column]
    units: dict[str, Text] = {}
    scales: dict[str, Literal["gravity", "FRENCH", "CTAS", "ESI", "KTAS", "MTS"]] = {}
    codes: dict[str, dict[str, tuple[Text, ...]]] = {}
    age_from: AgeFrom | None = None

    @model_validator(mode="after")
    def _known(self) -> "Mapping":
        """Refuse a name, a unit or a code word that is not ours; all of them at once."""
        faults = [f"columns.{name}: not a column of ours" for name in self.columns if name not in TABLE_COLUMNS]
        faults += [f"scales.{name}: not a label" for name in self.scales if name not in LABELS]
        for name, unit in self.units.items():
            known = FACTORS.get(name, {})
            if unit not in known:
                faults.append(f"units.{name}: {unit!r} is not one of {sorted(known)}")
        for name, words in self.codes.items():
            faults += [f"codes.{name}.{word}: not a word of ours" for word in words if word not in CODED.get(name, ())]
        if "age" in self.columns and self.age_from is not None:
            faults.append("age_from: the age is a column already")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Every header of the file that is read, each once."""
        dates = () if self.age_from is None else (self.age_from.birth, self.age_from.visit)
        return tuple(dict.fromkeys((*self.columns.values(), *dates)))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What a table cannot do without and this mapping does not give: age, sex, a true level."""
        has_age = "age" in self.columns or self.age_from is not None
        has_level = "gravite" in self.columns or "niveau_french" in self.columns
        told = {"age": has_age, "sexe": "sexe" in self.columns, "gravite": has_level}
        return tuple(name for name, is_there in told.items() if not is_there)


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises ``DatasetError`` with every fault and its place."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DatasetError(f"{path.name}: a mapping is at most {MAX_BYTES} bytes")
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise DatasetError(f"{path.name} is not a TOML file that can be read: {fault}") from fault
    return parse_mapping(told, path.name)


def parse_mapping(told: object, name: str) -> Mapping:
    """A mapping from plain data; ``name`` stands in the messages. Raises ``DatasetError``."""
    try:
        return Mapping.model_validate(told)
    except ValidationError as fault:
        lines = [_line(error["loc"], error["msg"]) for error in fault.errors(include_input=False, include_url=False)]
        raise DatasetError(f"{name}: {'; '.join(lines)}") from fault


def _line(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in place)
    return f"{where}: {message}" if where else message.removeprefix("Value error, ")


def to_toml(mapping: Mapping) -> str:
    """The mapping as the file that ``read_mapping`` reads back."""
    told = mapping.model_dump(exclude_none=True)
    lines = ["# Which column of the file is what. Correct it, save it, and pass it with --mapping."]
    for section in ("file", "columns", "units", "scales", "age_from"):
        if told.get(section):
            lines += [
                "",
                f"[{section}]",
                *(f"{key} = {_written(value)}" for key, value in told[section].items() if value),
            ]
    for name, words in mapping.codes.items():
        lines += ["", f"[codes.{name}]"]
        lines += [f"{word} = {_written(theirs)}" for word, theirs in words.items()]
    return "\n".join(lines) + "\n"


def _written(value: str | tuple[str, ...]) -> str:
    return _quoted(value) if isinstance(value, str) else f"[{', '.join(map(_quoted, value))}]"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'
