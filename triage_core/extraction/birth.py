"""A value found at its tokens, and the age that a date of birth gives."""

from dataclasses import dataclass
from datetime import date

from triage_core.extraction.note import Note
from triage_core.extraction.tokens import Kind

NEWBORN_DAYS = 60


@dataclass(frozen=True)
class Found:
    """A value and the tokens it stands in."""

    value: float | str
    start: int
    end: int


def age_from_birth(note: Note, start: int, place: int, today: date | None) -> Found | None:
    """The age on ``today`` of someone born on the date at this token; ``None`` for no date, or one to come."""
    if today is None or place >= len(note.tokens) or note.tokens[place].kind is not Kind.DATE:
        return None
    born = _date_of(note.word(place))
    if born is None or born > today:
        return None
    days = (today - born).days
    if days < NEWBORN_DAYS:
        return Found(round(days / 365.25, 4), start, place + 1)
    months = 12 * (today.year - born.year) + today.month - born.month - (today.day < born.day)
    return Found(float(months // 12) if months >= 24 else round(months / 12, 4), start, place + 1)


def _date_of(written: str) -> date | None:
    """A date with all four digits of its year; ``None`` for any other, or one that does not exist."""
    parts = [int(part) for part in written.replace(".", "/").replace("-", "/").split("/")]
    day, month, year = (parts[2], parts[1], parts[0]) if parts[0] > 31 else (parts[0], parts[1], parts[2])
    try:
        return date(year, month, day) if year > 1000 else None
    except ValueError:
        return None
