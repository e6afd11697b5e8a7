"""Reads everything that outlives us and says what is damaged: the lines of all journals and the served model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings
from feedback_store.daily import HeadDigest
from feedback_store.keeper import fault_of
from feedback_store.keeping import FullReport
from feedback_store.ledger import Ledger
from feedback_store.readable import fault_in
from feedback_store.segments import segment_of
from feedback_store.store import keeping_of
from feedback_store.tally import Fault
from triage_core.errors import BundleError
from triage_core.model.bundle import load_served

SHOWN = 50  # findings of one journal that are told one by one
DAMAGED = "damaged: "


@dataclass(frozen=True)
class Report:
    """One line a finding, in order; ``is_sound`` when none is a damage."""

    lines: tuple[str, ...]
    is_sound: bool


def verify(settings: Settings, sheet: HeadDigest | None = None) -> Report:
    """Check all journals line by line, chains and heads, and the served model by its digests.

    Changes nothing.

    ``sheet``: what a printed sheet tells of the decisions' journal.
    """
    journals = verify_journals(settings.data_dir, settings.journal_secret, sheet, settings.models_dir)
    model, is_model_sound = _model_line(settings)
    return Report((*journals.lines, model), journals.is_sound and is_model_sound)


def verify_journals(
    data_dir: Path, key: str | None = None, sheet: HeadDigest | None = None, models_dir: Path | None = None
) -> Report:
    """The journals of one data folder and of the models served with it, whoever's they are."""
    keeping = keeping_of(data_dir, key, models_dir)
    damaged: list[str] = []
    told: list[str] = []
    for ledger, report in zip(keeping.ledgers, keeping.verify(sheet), strict=True):
        found = _all_findings(report, _content_faults(ledger))
        damaged += [f"{DAMAGED}{finding}" for finding in found[:SHOWN]]
        damaged += [f"{DAMAGED}{report.name}: {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        told += _summary(report)
    return Report((*damaged, *told, f"journals: {len(damaged)} damaged line(s)"), not damaged)


def _summary(report: FullReport) -> Iterator[str]:
    if report.lines or report.unchained:
        yield f"{report.name}: {report.lines} line(s) chained, {report.purged} purged"
    if report.unchained:
        yield f"{report.name}: {report.unchained} line(s) not chained, written by an older version"
    if report.note:
        yield f"{report.name}: {report.note}"


def _content_faults(ledger: Ledger) -> Iterator[Fault]:
    """Lines that hold no record today's program can read, whatever their chain says."""
    for line in ledger.read():
        told = fault_in(ledger.path.name, line)
        if told is not None:
            yield fault_of(ledger.file(segment_of(line.offset)).name, line, told)


def _all_findings(report: FullReport, faults: Iterable[Fault]) -> tuple[str, ...]:
    """What the chain says of a line, and what its content does, told once each."""
    reasons = {(fault.file, fault.offset): fault for fault in faults}
    told = []
    for finding in report.findings:
        fault = reasons.pop((finding.file, finding.offset), None) if finding.end else None
        told.append(f"{finding}, {fault.reason}" if fault and str(fault.reason) != str(finding.kind) else str(finding))
    return (*told, *(f"{f.file} bytes {f.offset}-{f.end}: {f.reason}" for f in reasons.values()))


def _model_line(settings: Settings) -> tuple[str, bool]:
    try:
        return f"model: {load_served(settings.models_dir).version} is what its manifest describes", True
    except BundleError as fault:
        return f"{DAMAGED}model: {fault}", False
