"""Finds numbers that were perhaps typed twice: in two fields, or the previous patient's."""

from collections.abc import Mapping
from dataclasses import replace

from app.ui.numbers import Fault, Reading

_TWINS = ("pression_systolique", "frequence_respiratoire")
_PULSE = "frequence_cardiaque"
ENOUGH = 4  # fewer equal vitals are no wonder between two patients


def mark_repeats(readings: tuple[Reading, ...], previous: Mapping[str, float | None]) -> tuple[Reading, ...]:
    """The same readings, the pulse asked about when it equals the systolic pressure or the breathing rate.

    So it is when every vital equals the previous patient's. A reading that has a fault already keeps it.
    """
    values = {reading.name: reading.value for reading in readings}
    same_as = _repeated(values, previous)
    return tuple(
        replace(reading, fault=Fault.REPEATED, same_as=same_as)
        if same_as is not None and reading.name == _PULSE and reading.fault is None
        else reading
        for reading in readings
    )


def _repeated(values: Mapping[str, float | None], previous: Mapping[str, float | None]) -> str | None:
    pulse = values.get(_PULSE)
    if pulse is None:
        return None
    told = {name: value for name, value in values.items() if value is not None and name in previous}
    if len(told) >= ENOUGH and all(previous[name] == value for name, value in told.items()):
        return "previous"
    return next((name for name in _TWINS if values.get(name) == pulse), None)
