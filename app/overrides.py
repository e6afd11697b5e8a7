"""A person serves a version against the gate: only with a written reason, which is kept for good."""

from collections.abc import Iterable
from dataclasses import dataclass

from feedback_store.journal import Line
from triage_core.errors import PromotionRefused

LEAST_REASON, MOST_REASON = 20, 2_000  # characters


@dataclass(frozen=True)
class Override:
    """Why a version was served against the gate, what the gate had said, when, and by whom (``None``: not told)."""

    version: str
    reason: str
    timestamp: str
    by: str | None = None
    gate_reasons: tuple[str, ...] = ()


def checked_reason(reason: str) -> str:
    """The reason without its margins; ``PromotionRefused`` when it is blank, a mere word, or the same sign repeated."""
    told = " ".join(reason.split())
    if not LEAST_REASON <= len(told) <= MOST_REASON or len(set(told.lower())) < LEAST_REASON // 3:
        raise PromotionRefused(f"an override wants a written reason of {LEAST_REASON} to {MOST_REASON} characters")
    return told


def overrides(lines: Iterable[Line]) -> dict[str, Override]:
    """The last override of each version in the ledger of promotions."""
    found: dict[str, Override] = {}
    for line in lines:
        told = line.record or {}
        version, reason, reasons = told.get("version"), told.get("override"), told.get("gate_reasons")
        if isinstance(version, str) and isinstance(reason, str):
            by = told.get("by")
            found[version] = Override(
                version,
                reason,
                str(told.get("timestamp")),
                by if isinstance(by, str) else None,
                tuple(map(str, reasons)) if isinstance(reasons, list) else (),
            )
    return found
