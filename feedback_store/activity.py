"""One day at the door in figures, for the head nurse: who came when, how urgent, how long until the physician."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from statistics import median

from feedback_store.visits import Visit
from triage_core.levels import FrenchLevel


@dataclass(frozen=True)
class LevelWait:
    """Patients of one level: how many, how many taken over, and their median wait in minutes (``None``: nobody yet)."""

    level: FrenchLevel
    n_visits: int
    n_taken: int
    median_wait_min: float | None


@dataclass(frozen=True)
class DayActivity:
    """A local day. Shares are ``None`` where there is nothing to share; times are minutes."""

    day: date
    n_visits: int
    n_waiting: int
    n_left: int
    by_hour: tuple[int, ...]  # 24 counts of arrivals, by the local hour
    by_level: tuple[LevelWait, ...]  # most urgent first
    delays_kept: float | None
    median_triage_min: float | None
    override_rate: float | None


def day_activity(visits: Iterable[Visit], day: date, zone: tzinfo, now: datetime) -> DayActivity:
    """The figures of the visits that arrived on a local day.

    A delay is kept when the physician took over within it; a patient who still waits beyond it, or left beyond it,
    counts as not kept; who still waits within it is not counted yet. Overrides are verdicts that name another level.
    """
    found = [visit for visit in visits if visit.arrived.astimezone(zone).date() == day]
    hours = [visit.arrived.astimezone(zone).hour for visit in found]
    judged = [visit for visit in found if visit.verdict is not None and visit.decided_level is not None]
    kept = [is_kept for visit in found if (is_kept := _is_delay_kept(visit, now)) is not None]
    return DayActivity(
        day=day,
        n_visits=len(found),
        n_waiting=sum(visit.ended is None for visit in found),
        n_left=sum(visit.left for visit in found),
        by_hour=tuple(hours.count(hour) for hour in range(24)),
        by_level=tuple(_level_wait(level, found) for level in reversed(FrenchLevel)),
        delays_kept=_share(kept),
        median_triage_min=_median([minutes for visit in found if (minutes := _triage_min(visit)) is not None]),
        override_rate=_share([visit.level is not visit.decided_level for visit in judged]),
    )


def _level_wait(level: FrenchLevel, visits: list[Visit]) -> LevelWait:
    of_level = [visit for visit in visits if visit.level is level]
    waits = [visit.waited_min(visit.ended) for visit in of_level if visit.ended is not None and not visit.left]
    return LevelWait(level, len(of_level), len(waits), _median(waits))


def _is_delay_kept(visit: Visit, now: datetime) -> bool | None:
    """``None`` while it cannot be said: she still waits, within her delay, or left within it."""
    is_late = visit.overdue_min(visit.ended or now) > 0
    if visit.ended is None or visit.left:
        return False if is_late else None
    return not is_late


def _triage_min(visit: Visit) -> float | None:
    """From the first field filled to the verdict on a single decision; ``None`` where one of them is not known."""
    if visit.verdict is None or visit.entry_s is None or visit.n_evaluations > 1:
        return None
    return (visit.entry_s + max(0.0, (visit.verdict - visit.arrived).total_seconds())) / 60


def _share(told: list[bool]) -> float | None:
    return sum(told) / len(told) if told else None


def _median(minutes: list[float]) -> float | None:
    return float(median(minutes)) if minutes else None
