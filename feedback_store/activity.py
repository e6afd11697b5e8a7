"""One day at the door in figures, for the head nurse: who came when, how urgent, how long until the physician."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from statistics import median
from typing import Literal

from feedback_store.visits import Visit
from triage_core.levels import FrenchLevel

Untimed = Literal["unconfirmed", "reevaluated", "unknown"]  # why no triage of a day has a length
Outcome = Literal["waiting", "taken_over", "left"]


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
    untimed: Untimed | None  # ``None`` where there is a median
    override_rate: float | None


@dataclass(frozen=True)
class DayVisit:
    """One patient of a day without anything that names her or her nurse. Times are minutes since the arrival.

    ``verdict_min`` is of the verdict that stands, ``None`` without one; ``delay_kept`` is ``None`` while it cannot be
    said; ``waited_min`` runs on while she waits.
    """

    arrived: datetime  # local
    level: FrenchLevel
    provisional: bool
    motif_id: str | None
    n_evaluations: int
    verdict_min: float | None
    waited_min: float
    delay_min: int
    delay_kept: bool | None
    outcome: Outcome


def day_activity(visits: Iterable[Visit], day: date, zone: tzinfo, now: datetime) -> DayActivity:
    """The figures of the visits that arrived on a local day.

    A delay is kept when the physician took over within it; a patient who still waits beyond it, or left beyond it,
    counts as not kept; who still waits within it is not counted yet, nor is level 1, whose care begins before any
    click. Overrides are verdicts that name another level.
    """
    found = _of_day(visits, day, zone)
    hours = [visit.arrived.astimezone(zone).hour for visit in found]
    judged = [visit for visit in found if visit.verdict is not None and visit.decided_level is not None]
    timed = [minutes for visit in found if (minutes := _triage_min(visit)) is not None]
    kept = [is_kept for visit in found if (is_kept := _is_delay_kept(visit, now)) is not None]
    return DayActivity(
        day=day,
        n_visits=len(found),
        n_waiting=sum(visit.ended is None for visit in found),
        n_left=sum(visit.left for visit in found),
        by_hour=tuple(hours.count(hour) for hour in range(24)),
        by_level=tuple(_level_wait(level, found) for level in reversed(FrenchLevel)),
        delays_kept=_share(kept),
        median_triage_min=_median(timed),
        untimed=None if timed else _untimed(found),
        override_rate=_share([visit.level is not visit.decided_level for visit in judged]),
    )


def visits_of(visits: Iterable[Visit], day: date, zone: tzinfo, now: datetime) -> tuple[DayVisit, ...]:
    """The visits that arrived on a local day, in the order of arrival, each by its figures alone."""
    found = sorted(_of_day(visits, day, zone), key=lambda visit: visit.arrived)
    return tuple(_day_visit(visit, zone, now) for visit in found)


def _of_day(visits: Iterable[Visit], day: date, zone: tzinfo) -> list[Visit]:
    return [visit for visit in visits if visit.arrived.astimezone(zone).date() == day]


def _day_visit(visit: Visit, zone: tzinfo, now: datetime) -> DayVisit:
    return DayVisit(
        arrived=visit.arrived.astimezone(zone),
        level=visit.level,
        provisional=visit.provisional,
        motif_id=visit.motif_id,
        n_evaluations=visit.n_evaluations,
        verdict_min=None if visit.verdict is None else visit.waited_min(visit.verdict),
        waited_min=visit.waited_min(visit.ended or now),
        delay_min=visit.level.physician_delay_min,
        delay_kept=_is_delay_kept(visit, now),
        outcome=_outcome(visit),
    )


def _outcome(visit: Visit) -> Outcome:
    if visit.ended is None:
        return "waiting"
    return "left" if visit.left else "taken_over"


def _level_wait(level: FrenchLevel, visits: list[Visit]) -> LevelWait:
    of_level = [visit for visit in visits if visit.level is level]
    waits = [visit.waited_min(visit.ended) for visit in of_level if visit.ended is not None and not visit.left]
    return LevelWait(level, len(of_level), len(waits), _median(waits))


def _is_delay_kept(visit: Visit, now: datetime) -> bool | None:
    """``None`` where it cannot be said: level 1 is at once, or she still waits, or left, within her delay."""
    if visit.level is FrenchLevel.L1:
        return None
    is_late = visit.overdue_min(visit.ended or now) > 0
    if visit.ended is None or visit.left:
        return False if is_late else None
    return not is_late


def _triage_min(visit: Visit) -> float | None:
    """From the first field filled to the verdict on a single decision; ``None`` where one of them is not known."""
    if visit.verdict is None or visit.entry_s is None or visit.n_evaluations > 1:
        return None
    return (visit.entry_s + max(0.0, (visit.verdict - visit.arrived).total_seconds())) / 60


def _untimed(visits: list[Visit]) -> Untimed:
    """Why none of these visits has a length of triage."""
    judged = [visit for visit in visits if visit.verdict is not None]
    if not judged:
        return "unconfirmed"
    return "reevaluated" if all(visit.n_evaluations > 1 for visit in judged) else "unknown"


def _share(told: list[bool]) -> float | None:
    return sum(told) / len(told) if told else None


def _median(minutes: list[float]) -> float | None:
    return float(median(minutes)) if minutes else None
