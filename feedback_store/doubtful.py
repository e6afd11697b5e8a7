"""Which verdicts wait for an administrator, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from feedback_store.intake import Gathered
from feedback_store.reviews import ReviewRecord
from triage_core.training.correction import BELOW_RULES, Correction


@dataclass(frozen=True)
class Doubtful:
    """One correction that no model has learnt, and the doubts about it."""

    correction: Correction
    doubts: tuple[str, ...]


def doubtful(gathered: Gathered, events: Iterable[ReviewRecord]) -> tuple[Doubtful, ...]:
    """The corrections without an answer that are below the rules or that a training set aside, oldest first."""
    noted = {name: event.doubts for event in events if event.kind == "set_aside" for name in event.verdict_ids}
    found = []
    for told in gathered.corrections:
        doubts = next((noted[name] for name in told.verdict_ids if name in noted), ())
        doubts = doubts or ((BELOW_RULES,) if told.is_below_rules else ())
        if doubts and told.review is None and not told.is_settled:
            found.append(Doubtful(told, doubts))
    return tuple(found)
