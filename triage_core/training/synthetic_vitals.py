"""Draws vitals through quantile tables: a Gaussian copula, children by age band, readings as devices give them.

Works in standard normal scores: a score is read through the table of the visit's level (adults) or age band (children).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from triage_core.features import VITALS
from triage_core.levels import FrenchLevel
from triage_core.training.synthetic_settings import VitalsSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
LEVELS: tuple[FrenchLevel, ...] = tuple(FrenchLevel)  # index = rank
VITAL_NAMES: tuple[str, ...] = tuple(vital.name for vital in VITALS)
COLUMN = {name: index for index, name in enumerate(VITAL_NAMES)}
ADULT_BAND = -1
TAIL = 0.6  # standard deviations that values can reach past the 1st and 99th percentile
FIRST_BLOCK = 6  # heart rate, both pressures, breathing, temperature, SpO2: taken together or not at all


@dataclass(frozen=True)
class Visits:
    """Who comes: arrays of one entry a visit. ``band`` is a child band or ``ADULT_BAND``; ``rank`` the true level."""

    rank: Ints
    age: Floats
    is_male: Bools
    band: Ints
    age_score: Floats
    severity: Floats

    def take(self, rows: Ints) -> "Visits":
        return Visits(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def read_through(scores: Floats, tables: Floats, knots: Floats) -> Floats:
    """The value at each standard score in that row's quantile table, linear between knots.

    Beyond the last knots the score flattens out within ``TAIL``: a pulled tail must not pile up at a device's limit.
    ``scores`` (n,), ``tables`` (n, k), ``knots`` (k,) the standard scores of the quantiles.
    """
    beyond = np.maximum(np.abs(scores) - knots[-1], 0.0)
    scores = np.where(beyond > 0, np.sign(scores) * (knots[-1] + TAIL * (1 - np.exp(-beyond / TAIL))), scores)
    left = np.clip(np.searchsorted(knots, scores) - 1, 0, len(knots) - 2)
    rows = np.arange(len(scores))
    low, high = tables[rows, left], tables[rows, left + 1]
    result: Floats = low + (high - low) * (scores - knots[left]) / (knots[left + 1] - knots[left])
    return result


def knots_of(settings: VitalsSettings) -> Floats:
    return np.array([NormalDist().inv_cdf(p) for p in settings.probabilities])


def draw_visits(rng: np.random.Generator, rank: Ints, settings: VitalsSettings) -> Visits:
    """Age, sex and latent severity of visits whose true level is given by rank."""
    count = len(rank)
    child_share = np.array([settings.child_share[level] for level in LEVELS])
    is_child = rng.random(count) < child_share[rank]
    visits_of_band = np.array([band.visits for band in settings.child_bands], dtype=float)
    band_bounds = np.cumsum(visits_of_band) / visits_of_band.sum()
    band = np.where(is_child, np.searchsorted(band_bounds, rng.random(count)), ADULT_BAND)
    age_score = np.where(is_child, 0.0, rng.standard_normal(count))
    age = np.where(is_child, _child_age(rng, band, settings), _adult_age(age_score, rank, settings))
    male_share = np.array([settings.male_share[level] for level in LEVELS])[rank]
    child_male = np.array([band.male for band in settings.child_bands])[band]
    is_male = rng.random(count) < np.where(is_child, child_male, male_share)
    return Visits(rank, age, is_male, band, age_score, rng.standard_normal(count))


def _adult_age(score: Floats, rank: Ints, settings: VitalsSettings) -> Floats:
    tables = np.array([settings.adults[level]["age"] for level in LEVELS])[rank]
    age: Floats = np.clip(np.floor(read_through(score, tables, knots_of(settings))), 18, 104)
    return age


def _child_age(rng: np.random.Generator, band: Ints, settings: VitalsSettings) -> Floats:
    """Whole years, or months as two decimals of a year under two years."""
    bounds = np.array([(b.from_years, b.to_years) for b in settings.child_bands], dtype=float)
    low, high = bounds[band, 0], bounds[band, 1]
    age = low + (high - low) * rng.random(len(band))
    result: Floats = np.where(age < 2, np.round(np.floor(age * 12) / 12, 2), np.floor(age))
    return result


class VitalsDrawer:
    """Draws whole rows of vitals (n, 9), in the order of ``features.VITALS``, for given visits."""

    def __init__(self, settings: VitalsSettings) -> None:
        self._settings = settings
        self._knots = knots_of(settings)
        names = settings.correlation.names
        if names != ("age", *VITAL_NAMES):
            raise ValueError(f"correlation names must be age then the vitals, got {names}")
        self._root = np.linalg.cholesky(np.array(settings.correlation.matrix))
        self._tables = {name: self._tables_of(name) for name in VITAL_NAMES if name != "glasgow"}
        self._direction = np.array([settings.latent.direction.get(name, 0.0) for name in VITAL_NAMES])
        self._child_shift = np.array([pull_row(settings.child_shift[level]) for level in LEVELS])

    def draw(self, rng: np.random.Generator, visits: Visits, pull: Floats) -> Floats:
        """Vitals of each visit, all measured; ``pull`` (n, 9) moves the standard scores of its motif."""
        scores = self._scores(rng, visits) + pull
        group = np.where(visits.band == ADULT_BAND, visits.rank, len(LEVELS) + visits.band)
        values = np.empty_like(scores)
        for name, column in COLUMN.items():
            if name == "glasgow":
                values[:, column] = self._glasgow(scores[:, column], visits.rank)
            else:
                values[:, column] = read_through(scores[:, column], self._tables[name][group], self._knots)
        return self._as_read(rng, values)

    def _scores(self, rng: np.random.Generator, visits: Visits) -> Floats:
        own = rng.standard_normal((len(visits.rank), len(VITAL_NAMES)))
        scores = visits.age_score[:, None] * self._root[1:, 0] + own @ self._root[1:, 1:].T
        loading = self._settings.latent.loading * self._direction
        scores = np.sqrt(1 - loading**2) * scores + loading * visits.severity[:, None]
        result: Floats = scores + np.where((visits.band == ADULT_BAND)[:, None], 0.0, self._child_shift[visits.rank])
        return result

    def _tables_of(self, name: str) -> Floats:
        """One row a group: the six levels of adults by rank, then the child bands."""
        if name == "glycemie":
            return np.tile(self._settings.glycemie.quantiles, (len(LEVELS) + len(self._settings.child_bands), 1))
        adults = [self._settings.adults[level][name] for level in LEVELS]
        return np.array([*adults, *(band.quantiles[name] for band in self._settings.child_bands)])

    def _glasgow(self, scores: Floats, rank: Ints) -> Floats:
        values = np.full(len(scores), 15.0)
        for index, level in enumerate(LEVELS):
            shares = self._settings.glasgow[level]
            totals = np.cumsum([shares[score] for score in sorted(shares)])[:-1]
            bounds = [NormalDist().inv_cdf(float(total)) for total in totals]
            mine = rank == index
            values[mine] = np.array(sorted(shares))[np.searchsorted(bounds, scores[mine])]
        return values

    def _as_read(self, rng: np.random.Generator, values: Floats) -> Floats:
        """Within what a device shows, in its steps, the diastolic pressure below the systolic."""
        reading, count = self._settings.reading, len(values)
        for name, (low, high) in self._settings.limits.items():
            values[:, COLUMN[name]] = np.clip(values[:, COLUMN[name]], low, high)
        for vital in VITALS:
            values[:, COLUMN[vital.name]] = np.round(values[:, COLUMN[vital.name]], vital.decimals)
        breathing = values[:, COLUMN["frequence_respiratoire"]]
        breathing[:] = np.where(rng.random(count) < reading.even_breathing, 2 * np.round(breathing / 2), breathing)
        by_ear = rng.random(count) < reading.pressure_to_five
        systolic, diastolic = (values[:, COLUMN[f"pression_{kind}"]] for kind in ("systolique", "diastolique"))
        for pressure in (systolic, diastolic):
            pressure[:] = np.where(by_ear, 5 * np.round(pressure / 5), pressure)
        diastolic[:] = np.minimum(diastolic, systolic - 10)
        return values


def pull_row(pull: dict[str, float]) -> Floats:
    """A mapping of vital to shift as one row in the order of the vitals."""
    return np.array([pull.get(name, 0.0) for name in VITAL_NAMES])


def hide(
    rng: np.random.Generator, values: Floats, visits: Visits, glycaemia_asked: Bools, settings: VitalsSettings
) -> Floats:
    """Take measurements away by blocks, as they are missing in reality; returns a copy with NaN."""
    hidden, count, blocks = values.copy(), len(values), settings.missing_blocks
    is_child = visits.band != ADULT_BAND
    band_share = np.array([(b.pressure_missing, b.pain_missing) for b in settings.child_bands])[visits.band]
    urgent = visits.rank >= FrenchLevel.L2.rank
    all_missing = np.array([settings.missing_all[level] for level in LEVELS])[visits.rank]
    hidden[rng.random(count) < all_missing, :FIRST_BLOCK] = np.nan
    share: dict[tuple[str, ...], Floats] = {
        ("pression_systolique", "pression_diastolique"): np.where(is_child, band_share[:, 0], blocks["pression"]),
        ("echelle_douleur",): np.where(is_child, band_share[:, 1], blocks["echelle_douleur"]),
        ("glasgow",): np.where(urgent, blocks["glasgow_urgent"], blocks["glasgow"]),
        ("glycemie",): np.where(glycaemia_asked, blocks["glycemie_asked"], blocks["glycemie"]),
    }
    for name in ("saturation_oxygene", "frequence_respiratoire", "temperature"):
        share[(name,)] = np.full(count, blocks[name])
    for names, missing in share.items():
        gone = rng.random(count) < missing
        for name in names:
            hidden[gone, COLUMN[name]] = np.nan
    return hidden
