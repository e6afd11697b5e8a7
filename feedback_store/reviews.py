"""What administrators decided of doubtful and of contradictory verdicts: appended events, the last one counts."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from feedback_store.errors import ReviewRefused
from feedback_store.ledger import Ledger
from feedback_store.record import UtcTime
from triage_core.features import MAX_TEXT
from triage_core.levels import FrenchLevel, Gravity

LEAST_REASON = 10  # characters: a word is no reason
Kind = Literal["set_aside", "accepted", "rejected", "settled"]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=LEAST_REASON, max_length=MAX_TEXT)]


class ReviewRecord(BaseModel):
    """One event about the verdicts ``verdict_ids`` on one case.

    ``set_aside``: a training left them out, for ``doubts``. ``accepted`` / ``rejected``: a person let them be learnt or
    not. ``settled``: nurses contradicted each other and a person gave the level. The last three bear a ``reason``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    review_id: str
    timestamp: UtcTime
    kind: Kind
    prediction_id: str
    verdict_ids: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    gravity: Gravity | None = None
    french_level: FrenchLevel | None = None
    reason: Reason | None = None
    by: str | None = None  # who decided; None while nobody logs in

    @model_validator(mode="after")
    def _is_whole(self) -> "ReviewRecord":
        if self.kind != "set_aside" and self.reason is None:
            raise ValueError("a decision needs a reason")
        if (self.kind == "settled") is not (self.gravity is not None):
            raise ValueError("a gravity belongs to what is settled, and to nothing else")
        if self.french_level is not None and self.french_level.gravity is not self.gravity:
            raise ValueError("french_level does not fit gravity")
        return self


class Reviews:
    """``data/feedback/reviews.jsonl``; safe for threads and processes like every journal."""

    def __init__(self, journal: Ledger, clock: Callable[[], datetime] | None = None) -> None:
        self._journal = journal
        self._clock = clock or (lambda: datetime.now(UTC))

    def events(self) -> tuple[ReviewRecord, ...]:
        """Every readable event, oldest first; a damaged line stops nothing."""
        return tuple(self._readable())

    def set_aside(self, found: Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> int:
        """Note once what a training left out: ``(prediction_id, verdict_ids, doubts)``; returns how many are new."""
        known = {(event.prediction_id, event.verdict_ids) for event in self._readable() if event.kind == "set_aside"}
        new = [told for told in found if (told[0], told[1]) not in known]
        for prediction_id, verdict_ids, doubts in new:
            self._append("set_aside", prediction_id, verdict_ids, doubts=doubts)
        return len(new)

    def decide(
        self, prediction_id: str, verdict_ids: tuple[str, ...], accept: bool, reason: str, by: str | None = None
    ) -> ReviewRecord:
        """Let doubtful verdicts be learnt, or not; raises ``ReviewRefused`` without a reason of ten characters."""
        return self._append("accepted" if accept else "rejected", prediction_id, verdict_ids, reason=reason, by=by)

    def settle(
        self, prediction_id: str, verdict_ids: tuple[str, ...], level: FrenchLevel, reason: str, by: str | None = None
    ) -> ReviewRecord:
        """Give the level of a case on which nurses contradict each other; raises ``ReviewRefused`` as ``decide``."""
        levels = {"gravity": level.gravity, "french_level": level}
        return self._append("settled", prediction_id, verdict_ids, reason=reason, by=by, **levels)

    def _append(self, kind: Kind, prediction_id: str, verdict_ids: tuple[str, ...], **told: object) -> ReviewRecord:
        named = {"review_id": secrets.token_hex(8), "timestamp": self._clock(), "kind": kind}
        try:
            record = ReviewRecord.model_validate(
                named | {"prediction_id": prediction_id, "verdict_ids": verdict_ids} | told
            )
        except ValidationError as fault:
            raise ReviewRefused(f"a reason of {LEAST_REASON} to {MAX_TEXT} characters is wanted") from fault
        self._journal.append(record.model_dump(mode="json"))
        return record

    def _readable(self) -> Iterator[ReviewRecord]:
        for line in self._journal.read():
            if line.record is not None:
                try:
                    yield ReviewRecord.model_validate(line.record)
                except ValidationError:
                    continue
