"""The settings of the synthetic generator, read from the two TOML files beside it and checked."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Quantiles = Annotated[tuple[float, ...], Field(min_length=9, max_length=9)]
Pull = dict[str, float]
ByLevel = dict[str, float]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NurseNoise(_Frozen):
    """Percent of all visits that the nurse places too low or too high; ``two_steps`` is a share of those."""

    under: float
    over: float
    two_steps: float


class ChildBand(_Frozen):
    """Visits and vitals of under-18s from one age to the next (years, upper end excluded)."""

    from_years: int
    to_years: int
    visits: int
    pressure_missing: float
    pain_missing: float
    male: float
    quantiles: dict[str, Quantiles]


class Glycaemia(_Frozen):
    quantiles: Quantiles


class Correlation(_Frozen):
    names: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]


class Latent(_Frozen):
    loading: float
    presented_one_step_off: float
    direction: Pull


class Reading(_Frozen):
    even_breathing: float
    pressure_to_five: float


class VitalsSettings(_Frozen):
    """What ``synthetic_vitals.toml`` holds: aggregates of real vitals, by level and by age."""

    probabilities: Quantiles
    level_shares: ByLevel
    nurse_noise: NurseNoise
    child_share: ByLevel
    child_bands: tuple[ChildBand, ...]
    adults: dict[str, dict[str, Quantiles]]
    glycemie: Glycaemia
    glasgow: dict[str, dict[int, float]]
    correlation: Correlation
    latent: Latent
    child_shift: dict[str, Pull]
    limits: dict[str, tuple[float, float]]
    reading: Reading
    missing_all: ByLevel
    missing_blocks: dict[str, float]
    brought: ByLevel
    male_share: ByLevel


class GridUse(_Frozen):
    """How a motif spreads over the levels around its default."""

    default_share: float
    one_more_urgent: float
    one_less_urgent: float
    referred_3b: float
    other_motif_weight: float
    motif_left_blank: float
    text_left_blank: float


class GlycaemiaAsked(_Frozen):
    motifs: frozenset[str]
    diabetic_share: float


class MeasureSettings(_Frozen):
    motifs: frozenset[str]
    range: tuple[float, float, float]
    measured: float
    step: float


class MotifSettings(_Frozen):
    """What ``synthetic_motifs.toml`` holds: how often each motif comes and what it pulls on."""

    grid: GridUse
    weights: dict[str, float]
    months: dict[str, tuple[float, float]]
    sex: dict[str, str]
    pull: dict[str, Pull]
    glycaemia_asked: GlycaemiaAsked
    measures: dict[str, MeasureSettings]
    comorbidity: ByLevel
    referral: ByLevel


_Settings = TypeVar("_Settings", bound=BaseModel)


def _read(name: str, kind: type[_Settings]) -> _Settings:
    path = Path(__file__).with_name(name)
    return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def vitals_settings() -> VitalsSettings:
    return _read("synthetic_vitals.toml", VitalsSettings)


@cache
def motif_settings() -> MotifSettings:
    return _read("synthetic_motifs.toml", MotifSettings)
