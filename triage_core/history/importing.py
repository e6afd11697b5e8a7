"""One import from beginning to end: read in parts, understand, check, keep what is sound, report the rest."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from triage_core.errors import DatasetError
from triage_core.history.guess import SAMPLE_ROWS, suspicions
from triage_core.history.mapping import LABELS
from triage_core.history.mapping import Mapping as Declared
from triage_core.history.source import headers, parts
from triage_core.history.translate import Translator
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import load_rulebook
from triage_core.training import raw
from triage_core.training.checks import find_faults, typed
from triage_core.training.dataset import case_digests
from triage_core.training.quarantine import Quarantine, set_aside
from triage_core.training.seen import Seen, numbers_of
from triage_core.training.table import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TABLE_COLUMNS

PARQUET_FROM = 50_000  # rows of the file; smaller tables stay CSV, which everybody can read
REPORT_SUFFIX = ".report.json"
PARTIAL = ".partial"
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class ImportReport:
    """What an import did; it holds counts, row numbers and reasons, never a value of a patient.

    ``missing`` is the share of kept rows without each column; ``identical`` how many kept rows say the same as an
    earlier one under another case id; ``suspected`` names columns that look like another unit.
    """

    source: str
    sha256: str
    target: str
    n_rows: int
    n_kept: int
    n_refused: int
    refused_by_reason: Mapping[str, int]
    first_refused: tuple[tuple[int, tuple[str, ...]], ...]
    identical: int
    missing: Mapping[str, float]
    suspected: tuple[str, ...]
    mapping: Mapping[str, object]


@dataclass(frozen=True)
class Imported:
    """Where the kept rows and the report lie, and what was set aside."""

    target: Path
    report: ImportReport
    quarantine: Quarantine


def target_of(source: Path, imports_dir: Path) -> Path:
    """Where the table of a file will lie. Raises ``DatasetError`` when its name is taken: nothing is replaced."""
    taken = [p for p in (imports_dir / f"{source.stem}{end}" for end in (".csv", raw.PARQUET)) if p.exists()]
    if taken:
        raise DatasetError(f"{taken[0].name} was imported already; give the file another name")
    is_long = raw.row_count(source) >= PARQUET_FROM
    return imports_dir / f"{source.stem}{raw.PARQUET if is_long else '.csv'}"


def import_history(source: Path, mapping: Declared, imports_dir: Path, progress: Progress | None = None) -> Imported:
    """Bring a file in; the same file and mapping give the same bytes.

    Raises ``DatasetError`` when the file cannot be read or lacks a declared column, the mapping lacks age, sex or a
    level, no row is usable, or the name is taken.
    """
    _refuse_unusable(source, mapping)
    target = target_of(source, imports_dir)
    imports_dir.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + PARTIAL)
    try:
        tally, quarantine = _copy(source, mapping, draft, progress or (lambda share, step: None))
        if tally.n_kept == 0:
            raise DatasetError(f"{source.name} holds no usable row ({_told(quarantine)})")
        report = _report(source, mapping, target, tally, quarantine)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    beside = target.with_name(target.stem + REPORT_SUFFIX)
    beside.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Imported(target, report, quarantine)


def preview(source: Path, mapping: Declared, rows: int) -> tuple[pd.DataFrame, Quarantine]:
    """The first rows as understood, and what would be refused of them. Raises ``DatasetError``."""
    _refuse_unusable(source, mapping)
    part = next(parts(source, mapping.file, mapping.sources, rows), pd.DataFrame())
    if part.empty:
        raise DatasetError(f"{source.name} holds no row")
    frame, faults = _checked(Translator(mapping, MotifSearch(load_rulebook()), source.stem), part, 0)
    return frame, set_aside(frame["case_id"], faults)[1]


def _refuse_unusable(source: Path, mapping: Declared) -> None:
    if mapping.lacking:
        raise DatasetError(f"the mapping gives no column for {', '.join(mapping.lacking)}")
    absent = set(mapping.sources) - set(headers(source, mapping.file))
    if absent:
        raise DatasetError(f"{source.name} lacks the columns {sorted(absent)} of the mapping")


@dataclass
class _Tally:
    """What is counted while the parts go by."""

    n_rows: int
    n_kept: int
    identical: int
    missing: np.ndarray
    suspected: tuple[str, ...]


def _copy(source: Path, mapping: Declared, draft: Path, progress: Progress) -> tuple[_Tally, Quarantine]:
    expected = max(raw.row_count(source), 1)
    translate = Translator(mapping, MotifSearch(load_rulebook()), source.stem)
    tally, quarantine = _Tally(0, 0, 0, np.zeros(len(TABLE_COLUMNS)), ()), Quarantine()
    cases, rows = Seen(), Seen()
    with _Writer(draft, _columns(mapping)) as writer:
        for part in parts(source, mapping.file, mapping.sources):
            if tally.n_rows == 0:
                tally.suspected = tuple(suspicions(mapping, part.head(SAMPLE_ROWS)))
            frame, faults = _checked(translate, part, tally.n_rows)
            twice = frame["case_id"].notna().to_numpy() & cases.before(
                numbers_of(case_digests(frame["case_id"].fillna("")))
            )
            faults["case_id: stands twice"] = faults["case_id: stands twice"] | twice
            is_faulty, aside = set_aside(frame["case_id"], faults, tally.n_rows)
            quarantine, kept = quarantine.joined(aside), frame[~is_faulty]
            _count(tally, frame, kept, rows)
            writer.write(kept)
            progress(min(tally.n_rows / expected, 1.0), f"{tally.n_rows} lignes lues")
    return tally, quarantine


def _checked(translate: Translator, part: pd.DataFrame, first_row: int) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    told, unread = translate(part, first_row)
    frame, faults = typed(told)
    labels = ("gravite", "niveau_french") if "niveau_french" in told.columns else ("gravite",)
    found = faults | find_faults(frame, labels)
    for reason, where in unread.items():
        found[reason] = found[reason] | where if reason in found else where
    return frame, found


def _count(tally: _Tally, frame: pd.DataFrame, kept: pd.DataFrame, rows: Seen) -> None:
    tally.n_rows += len(frame)
    tally.n_kept += len(kept)
    tally.missing += kept[list(TABLE_COLUMNS)].isna().sum().to_numpy()
    told = pd.util.hash_pandas_object(kept.drop(columns="case_id"), index=False).to_numpy()
    tally.identical += int((rows.before(told) | pd.Series(told).duplicated().to_numpy()).sum())


def _columns(mapping: Declared) -> tuple[str, ...]:
    """The columns of the table: all of ours but the labels the file does not have."""
    has = set(mapping.columns) | {"gravite"}
    return tuple(name for name in TABLE_COLUMNS if name not in LABELS or name in has)


class _Writer:
    """Writes the kept rows, part by part, as CSV or Parquet by the name of the target."""

    def __init__(self, draft: Path, columns: tuple[str, ...]) -> None:
        self._draft, self._columns = draft, columns
        self._parquet: pq.ParquetWriter | None = None

    def __enter__(self) -> "_Writer":
        if self._draft.name.endswith(raw.PARQUET + PARTIAL):
            self._schema = pa.schema([(name, _kind(name)) for name in self._columns])
            self._parquet = pq.ParquetWriter(self._draft, self._schema)
        else:
            self._draft.write_text(",".join(self._columns) + "\n", encoding="utf-8")
        return self

    def write(self, kept: pd.DataFrame) -> None:
        """Append these rows."""
        told = kept[list(self._columns)]
        if self._parquet is None:
            told.to_csv(self._draft, mode="a", header=False, index=False, encoding="utf-8", lineterminator="\n")
        else:
            self._parquet.write_table(pa.Table.from_pandas(told, self._schema, preserve_index=False))

    def __exit__(self, *_: object) -> None:
        if self._parquet is not None:
            self._parquet.close()


def _kind(name: str) -> pa.DataType:
    if name in NUMBER_COLUMNS:
        return pa.float64()
    return pa.bool_() if name in BOOLEAN_COLUMNS else pa.string()


def _report(source: Path, mapping: Declared, target: Path, tally: _Tally, aside: Quarantine) -> ImportReport:
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    shares = tally.missing / tally.n_kept
    by_count = sorted(aside.by_reason.items(), key=lambda found: -found[1])
    return ImportReport(
        source=source.name,
        sha256=digest,
        target=target.name,
        n_rows=tally.n_rows,
        n_kept=tally.n_kept,
        n_refused=aside.count,
        refused_by_reason=dict(by_count),
        first_refused=tuple((row.row + 2, row.reasons) for row in aside.named[:100]),
        identical=tally.identical,
        missing={name: round(float(share), 4) for name, share in zip(TABLE_COLUMNS, shares, strict=True)},
        suspected=tally.suspected,
        mapping=mapping.model_dump(exclude_none=True),
    )


def _told(quarantine: Quarantine) -> str:
    reasons = ", ".join(f"{reason} ({count})" for reason, count in quarantine.by_reason.items())
    return f"{quarantine.count} set aside: {reasons}" if reasons else "none set aside"
