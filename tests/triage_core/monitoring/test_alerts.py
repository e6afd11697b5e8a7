"""An alert is raised at one limit, over at another, and told again only when it grew."""

import pytest

from triage_core.monitoring.alerts import AlertKind, Known, Reading, changes


def told(value: float | None, standing: Known | None) -> list[bool]:
    reading = Reading(AlertKind.ERROR_RATE, value, 0.15, 0.12)
    known = {} if standing is None else {reading.key: standing}
    return [change.is_raised for change in changes([reading], known)]


OPEN, SEEN = Known(0.16, False), Known(0.16, True)


@pytest.mark.parametrize(
    ("value", "standing", "expected"),
    [
        (0.149, None, []),
        (0.15, None, [True]),
        (0.13, OPEN, []),  # between the limits nothing changes
        (0.119, OPEN, [False]),
        (0.30, OPEN, []),
        (0.17, SEEN, []),
        (0.20, SEEN, [True]),
        (None, None, []),
        (None, OPEN, []),
    ],
)
def test_the_limits(value: float | None, standing: Known | None, expected: list[bool]) -> None:
    assert told(value, standing) == expected


def test_two_subjects_are_two_alerts() -> None:
    readings = [Reading(AlertKind.FEATURE_DRIFT, 1.0, 0.25, 0.2, name) for name in ("age", "glasgow")]
    known = {readings[0].key: Known(1.0, False)}
    assert [change.reading.subject for change in changes(readings, known)] == ["glasgow"]
