"""The one table of features: everything a form, a validation, a model column or a dictionary says of them.

Hard and soft bounds: the plausibility table of the project (ranges of OpenEMR, OpenMRS/CIEL and MIMIC-Extract;
children after Fleming, Lancet 2011, transcribed by CTAS); to be signed off by clinicians. Reference intervals:
NEWS2 zero-score bands and common laboratory limits for adults, the FRENCH V1 table (p. 8-9) for children.
They shape hints and model columns; the thresholds that decide live in the rule files.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

ADULT_FROM_YEARS = 15  # the paediatric tables of FRENCH V1 end at 14 years; adult limits hold from here
MMOL_PER_G_GLUCOSE = 5.55  # 1 g/L of glucose in mmol/L

Interval = tuple[float, float]


class Tier(StrEnum):
    """How much a prediction suffers when the feature is missing."""

    REQUIRED = "required"
    IMPORTANT = "important"
    OPTIONAL = "optional"
    MEASURE = "measure"  # asked for by some motifs only


@dataclass(frozen=True)
class Feature:
    """One clinical number: canonical unit, bounds, step and words.

    ``hard`` is refused outside (inclusive), ``soft`` is confirmed outside (adults; children: ``soft_bounds``),
    ``reference`` is the usual interval of an adult (``None``: there is none).
    """

    name: str
    label: str
    label_en: str
    unit: str
    tier: Tier
    hard: Interval
    step: float
    decimals: int = 0
    soft: Interval | None = None
    reference: Interval | None = None
    hint: str = ""

    @property
    def is_integer(self) -> bool:
        """Scores are whole numbers; everything else may carry decimals."""
        return self.name in ("glasgow", "echelle_douleur")


_R, _I, _O, _M = Tier.REQUIRED, Tier.IMPORTANT, Tier.OPTIONAL, Tier.MEASURE

AGE = Feature("age", "Âge", "Age", "ans", _R, (0, 125), 1, 2, (0, 110))
VITALS: tuple[Feature, ...] = (
    Feature(
        "frequence_cardiaque",
        "Fréquence cardiaque",
        "Heart rate",
        "/min",
        _R,
        (0, 350),
        1,
        0,
        (30, 220),
        (60, 100),
        "60-100",
    ),
    Feature(
        "pression_systolique",
        "Pression systolique",
        "Systolic pressure",
        "mmHg",
        _R,
        (20, 350),
        1,
        0,
        (60, 240),
        (110, 140),
        "110-140",
    ),
    Feature(
        "pression_diastolique",
        "Pression diastolique",
        "Diastolic pressure",
        "mmHg",
        _R,
        (10, 250),
        1,
        0,
        (30, 140),
        (60, 90),
        "60-90",
    ),
    Feature(
        "frequence_respiratoire",
        "Fréquence respiratoire",
        "Respiratory rate",
        "/min",
        _R,
        (0, 120),
        1,
        0,
        (6, 60),
        (12, 20),
        "12-20",
    ),
    Feature(
        "temperature",
        "Température",
        "Temperature",
        "°C",
        _R,
        (14, 47),
        0.1,
        1,
        (33, 41.5),
        (36.1, 38.0),
        "36,1-38,0",
    ),
    Feature(
        "saturation_oxygene",
        "Saturation en oxygène",
        "Oxygen saturation",
        "%",
        _R,
        (20, 100),
        1,
        0,
        (70, 100),
        (96, 100),
        "96-100",
    ),
    Feature("echelle_douleur", "Douleur (EVA)", "Pain", "/10", _I, (0, 10), 1, 0, None, (0, 0), "0-10"),
    Feature("glasgow", "Glasgow", "Glasgow coma scale", "/15", _I, (3, 15), 1, 0, (9, 15), (15, 15), "3-15"),
    Feature(
        "glycemie",
        "Glycémie",
        "Blood glucose",
        "g/L",
        _O,
        (0.1, 25),
        0.01,
        2,
        (0.5, 5),
        (0.7, 1.4),
        "0,70-1,40",
    ),
)
MEASURES: tuple[Feature, ...] = (
    Feature("duree_symptomes_h", "Durée des symptômes", "Time since onset", "h", _M, (0, 87_600), 0.5, 1),
    Feature(
        "debit_expiratoire_de_pointe",
        "Débit expiratoire de pointe",
        "Peak expiratory flow",
        "L/min",
        _M,
        (20, 1000),
        10,
    ),
    Feature("perte_de_poids_pct", "Perte de poids", "Weight loss", "% du poids", _M, (0, 60), 0.5, 1),
    Feature("cetonemie_mmol_l", "Cétonémie", "Blood ketones", "mmol/L", _M, (0, 30), 0.1, 1),
)
FEATURES: tuple[Feature, ...] = (AGE, *VITALS, *MEASURES)
BY_NAME = MappingProxyType({feature.name: feature for feature in FEATURES})
SEXES = ("M", "F", "Autre")
ARRIVAL_MODES = ("a_pied", "vehicule_personnel", "ambulance", "pompiers", "smur", "police", "autre")
MAX_TEXT = 2000

# Required by the design beside the numbers above: sexe.
REQUIRED_NAMES: tuple[str, ...] = ("age", "sexe", *(v.name for v in VITALS if v.tier is Tier.REQUIRED))
IMPORTANT_NAMES: tuple[str, ...] = tuple(v.name for v in VITALS if v.tier is Tier.IMPORTANT)
OPTIONAL_NAMES: tuple[str, ...] = tuple(v.name for v in VITALS if v.tier is Tier.OPTIONAL)


@dataclass(frozen=True)
class _ChildBand:
    """Soft bounds from an age on (months): heart rate, breathing, lowest and highest systolic pressure."""

    from_months: float
    frequence_cardiaque: Interval
    frequence_respiratoire: Interval
    pression_systolique: Interval


_SOFT_CHILD: tuple[_ChildBand, ...] = (
    _ChildBand(0, (79, 175), (17, 71), (60, 100)),
    _ChildBand(3, (95, 189), (16, 68), (70, 120)),
    _ChildBand(6, (91, 183), (15, 65), (70, 120)),
    _ChildBand(12, (83, 169), (14, 59), (70, 125)),
    _ChildBand(24, (71, 156), (14, 45), (74, 130)),
    _ChildBand(36, (64, 149), (14, 38), (76, 130)),
    _ChildBand(60, (56, 140), (15, 31), (80, 135)),
    _ChildBand(96, (47, 129), (13, 27), (86, 140)),
    _ChildBand(144, (40, 120), (11, 26), (90, 150)),
)

# FRENCH V1 p. 8-9, normal ranges by age in months: systolic, diastolic, heart rate, breathing. The two gaps
# (under one month, 6-12 months) and the year before adulthood take the stricter neighbour on each side.
_REFERENCE_COLUMNS = ("pression_systolique", "pression_diastolique", "frequence_cardiaque", "frequence_respiratoire")
_REFERENCE_CHILD: tuple[tuple[float, tuple[Interval, Interval, Interval, Interval]], ...] = (
    (0, ((55, 115), (15, 75), (85, 175), (15, 45))),
    (6, ((75, 115), (40, 75), (85, 150), (15, 35))),
    (12, ((75, 125), (40, 90), (70, 150), (15, 35))),
    (24, ((80, 120), (45, 85), (70, 140), (15, 35))),
    (48, ((95, 125), (50, 70), (60, 130), (15, 35))),
    (120, ((100, 130), (50, 70), (55, 115), (15, 25))),
    (168, ((110, 130), (60, 70), (60, 100), (15, 20))),
)


def soft_bounds(name: str, age_years: float | None) -> Interval | None:
    """The interval outside which the nurse confirms a value of this feature (canonical unit).

    An unknown age uses the adult interval; ``None`` when the feature has no soft bounds.
    """
    if age_years is not None and age_years < ADULT_FROM_YEARS:
        band = [b for b in _SOFT_CHILD if b.from_months <= 12 * age_years][-1]
        for_child: Interval | None = getattr(band, name, None)
        if for_child is not None:
            return for_child
    return BY_NAME[name].soft


def reference_interval(name: str, age_years: float | None) -> Interval | None:
    """The usual interval of a vital at this age; adult when the age is unknown, ``None`` without one."""
    if age_years is not None and age_years < ADULT_FROM_YEARS and name in _REFERENCE_COLUMNS:
        band = [table for months, table in _REFERENCE_CHILD if months <= 12 * age_years][-1]
        return band[_REFERENCE_COLUMNS.index(name)]
    return BY_NAME[name].reference


def child_reference(name: str) -> tuple[tuple[float, Interval], ...]:
    """The usual intervals of a vital under 15 years: each with the age in months it holds from, youngest first.

    Empty for a vital whose adult interval holds at every age.
    """
    if name not in _REFERENCE_COLUMNS:
        return ()
    place = _REFERENCE_COLUMNS.index(name)
    return tuple((months, table[place]) for months, table in _REFERENCE_CHILD)


def is_implausible(name: str, value: float, age_years: float | None) -> bool:
    """Whether a value inside the hard bounds asks for the nurse's confirmation."""
    bounds = soft_bounds(name, age_years)
    return bounds is not None and not bounds[0] <= value <= bounds[1]
