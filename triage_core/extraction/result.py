"""What an extraction hands back: values with their words, and what was left, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Value = float | int | str | bool | tuple[str, ...]


class Reason(StrEnum):
    """Why words that look like a value gave none."""

    NOT_READ = "not_read"  # nothing the extractor knows
    APPROXIMATE = "approximate"  # « environ », « > », a range
    AMBIGUOUS = "ambiguous"  # more than one reading, a number cut in two, a unit that is not said
    OUT_OF_BOUNDS = "out_of_bounds"
    OLDER = "older"  # a later measure of the same stands
    ELSEWHERE = "elsewhere"  # not measured here and now: « hier », « à domicile »
    FAMILY = "family"  # said of a relative


@dataclass(frozen=True)
class Extracted:
    """One value in its canonical unit and the exact words it came from.

    ``converted_from`` is what was written when the unit was another one; ``detail`` holds what else is known (of a
    reason: the motif and its candidates).
    """

    value: Value
    source: str
    converted_from: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Unparsed:
    """Words that gave no value, and why."""

    text: str
    reason: Reason = Reason.NOT_READ


@dataclass(frozen=True)
class Extraction:
    """All that was understood of a note; ``values`` is keyed by canonical feature names.

    ``answers`` says what stands in place of a value, ``non_mesurable``, ``refus`` or a meter's ``LO`` and ``HI``: no
    value, and the route leaves their words among those left over.
    """

    values: Mapping[str, Extracted]
    unparsed: tuple[Unparsed, ...]
    answers: Mapping[str, Extracted] = field(default_factory=dict)

    def told(self) -> dict[str, object]:
        """The answer of the route and of the command: values and the words left over."""
        return {
            "values": {name: _told(extracted) for name, extracted in self.values.items()},
            "unparsed": [
                *(left.text for left in self.unparsed),
                *dict.fromkeys(answer.source for answer in self.answers.values()),
            ],
        }


def _told(extracted: Extracted) -> dict[str, object]:
    value = list(extracted.value) if isinstance(extracted.value, tuple) else extracted.value
    told: dict[str, object] = {"value": value, "source": extracted.source}
    if extracted.converted_from is not None:
        told["converted_from"] = extracted.converted_from
    return told | dict(extracted.detail)
