"""What the journals say of the model in use: rates by period, drift, both models on the same cases, both arms."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from feedback_store.journals import DECISIONS, FEEDBACK
from feedback_store.segments import Segments
from feedback_store.store import FeedbackStore
from feedback_store.tally import Tally
from feedback_store.trials import Trial, TrialLog
from feedback_store.watch_keeper import WATCH_CHECKPOINT, WatchKeeper
from feedback_store.watch_tally import Outcome, WatchTally
from triage_core.levels import Gravity
from triage_core.monitoring.drift import WATCHED, Drift, drift_of
from triage_core.monitoring.paired import PairedShares
from triage_core.monitoring.sequential import ArmErrors

DAILY_UP_TO = 45  # days shown one by one; beyond, by week
Reference = Mapping[str, Mapping[str, int]]  # counts of the training rows by feature and bin


@dataclass(frozen=True)
class Period:
    """Verdicts of one day or week, named by its first day."""

    start: str
    n: int
    errors: int
    under: int
    over: int


@dataclass(frozen=True)
class Activity:
    """Decisions of one day or week; ``latency_ms`` the bound that 95 % of them keep, ``None`` without any."""

    start: str
    n: int
    raised: int
    silent: int
    without_model: int
    latency_ms: int | None


@dataclass(frozen=True)
class Comparison:
    """Champion (first) and challenger (second) on the same judged cases, by what went wrong."""

    under: PairedShares
    over: PairedShares
    error: PairedShares


@dataclass(frozen=True)
class Arm:
    """What nurses said of one arm of an experiment."""

    verdicts: int
    errors: int
    under: int


class Watching:
    """The monitoring's own reading of the journals, beside the statistics of ``store``."""

    def __init__(self, data_dir: Path, store: FeedbackStore, trials: TrialLog) -> None:
        def trial_at(moment: datetime) -> str:
            trial = trials.at(moment)
            return "" if trial is None else trial.trial_id

        journals = Segments(data_dir / DECISIONS), Segments(data_dir / FEEDBACK)
        self.store = store
        self._keeper = WatchKeeper(*journals, data_dir / WATCH_CHECKPOINT, store.decision, trial_at)

    def current(self) -> AbstractContextManager[WatchTally]:
        """The watch tally, held still while you look."""
        return self._keeper.current()

    def is_behind(self) -> bool:
        """Whether a long journal is still to be read: the background look does it, a page does not wait for it."""
        return self._keeper.is_behind()

    def comparison(self, champion: str, challenger: str) -> Comparison:
        """Both versions on every judged case that both answered, whichever was shown."""
        with self.current() as tally:
            chosen = [(o, n) for o, n in tally.outcomes.items() if (o.champion, o.challenger) == (champion, challenger)]
        return Comparison(_paired(chosen, 1), _paired(chosen, -1), _paired(chosen, 0))

    def arms(self, trial: Trial) -> tuple[Arm, Arm]:
        """The champion's and the challenger's arm since the experiment began."""
        with self.current() as tally:
            own = [(outcome, n) for outcome, n in tally.outcomes.items() if outcome.trial == trial.trial_id]
        return _arm(own, "champion"), _arm(own, "challenger")


def errors_by_kind(champion: Arm, challenger: Arm) -> dict[str, ArmErrors]:
    """What the stopping rule watches: under-triage, and corrections of any kind."""
    return {
        "under_triage": ArmErrors(champion.under, challenger.under),
        "error": ArmErrors(champion.errors, challenger.errors),
    }


def day_before(now: datetime, days: int) -> str:
    """The UTC day that lies ``days`` back, as the counters write it."""
    return (now.astimezone(UTC) - timedelta(days=days)).date().isoformat()


def verdict_periods(tally: Tally, days: int, now: datetime) -> tuple[Period, ...]:
    """Verdicts over the last ``days`` days, oldest first; periods without a verdict are left out."""
    counts: dict[str, Counter[str]] = {}
    for bucket, n in tally.buckets.items():
        if bucket.day >= day_before(now, days):
            own = counts.setdefault(_period(bucket.day, days), Counter())
            own["n"] += n
            own["errors"] += n if bucket.direction else 0
            own["under"] += n if bucket.direction > 0 else 0
    return tuple(
        Period(start, c["n"], c["errors"], c["under"], c["errors"] - c["under"]) for start, c in sorted(counts.items())
    )


def overrides(tally: Tally, days: int, now: datetime) -> dict[Gravity, tuple[int, int]]:
    """By shown gravity: how many verdicts changed it, of how many."""
    found = {gravity: (0, 0) for gravity in reversed(Gravity)}
    for bucket, n in tally.buckets.items():
        if bucket.day >= day_before(now, days):
            changed, total = found[bucket.gravity]
            found[bucket.gravity] = changed + (n if bucket.direction else 0), total + n
    return found


def activity(watch: WatchTally, days: int, now: datetime) -> tuple[Activity, ...]:
    """Decisions over the last ``days`` days, oldest first."""
    grouped: dict[str, list[str]] = {}
    for day in sorted(watch.days):
        if day >= day_before(now, days):
            grouped.setdefault(_period(day, days), []).append(day)
    return tuple(_activity(watch, start, own) for start, own in grouped.items())


def drifts(watch: WatchTally, reference: Reference, days: int, now: datetime) -> tuple[Drift, ...]:
    """Each watched feature of the last ``days`` days against the training reference, the furthest first."""
    first = day_before(now, days)
    found = []
    for feature in WATCHED:
        current: Counter[str] = Counter()
        for day, counts in watch.days.items():
            if day >= first:
                current.update(counts.features.get(feature, {}))
        drift = drift_of(feature, reference.get(feature, {}), current)
        if drift is not None:
            found.append(drift)
    return tuple(sorted(found, key=lambda drift: -drift.psi))


def _period(day: str, days: int) -> str:
    if days <= DAILY_UP_TO:
        return day
    known = date.fromisoformat(day)
    return (known - timedelta(days=known.weekday())).isoformat()


def _activity(watch: WatchTally, start: str, days: Iterable[str]) -> Activity:
    own = [watch.days[day] for day in days]
    latency: Counter[int] = sum((day.latency for day in own), Counter())
    return Activity(
        start=start,
        n=sum(day.n for day in own),
        raised=sum(day.raised for day in own),
        silent=sum(day.silent for day in own),
        without_model=sum(day.without_model for day in own),
        latency_ms=_quantile(latency, 0.95),
    )


def _quantile(latency: Counter[int], share: float) -> int | None:
    wanted, seen = share * latency.total(), 0
    for bound in sorted(latency):
        seen += latency[bound]
        if seen >= wanted:
            return bound
    return None


def _paired(chosen: Iterable[tuple[Outcome, int]], side: int) -> PairedShares:
    """Cases by who was wrong: less urgent than the nurse (1), more urgent (-1), either (0)."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for outcome, n in chosen:
        gaps = outcome.champion_gap, outcome.challenger_gap
        first, second = (gap != 0 if side == 0 else gap == side for gap in gaps)
        counts[first, second] += n
    return PairedShares(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _arm(own: Iterable[tuple[Outcome, int]], arm: str) -> Arm:
    chosen = [(outcome, n) for outcome, n in own if outcome.arm == arm]
    errors = sum(n for outcome, n in chosen if outcome.direction)
    under = sum(n for outcome, n in chosen if outcome.direction > 0)
    return Arm(sum(n for _, n in chosen), errors, under)
