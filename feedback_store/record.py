"""The shapes of what we keep: one decision, one verdict. Full features, explicit nulls, UTC, versions.

A new shape is a new ``SCHEMA_VERSION`` and a step in ``upgrade.py``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict

from triage_core.features import MEASURES, VITALS
from triage_core.levels import FrenchLevel, Gravity
from triage_core.patient import Patient
from triage_core.quality import QualityGrade

SCHEMA_VERSION: Literal[2] = 2
TOLD_NAMES = (
    "motif_id",
    "motif_consultation",
    "modulateurs",
    "antecedents",
    "comorbidite_lourde_en_rapport",
    "adresse_par_medecin",
    "mode_arrivee",
    "traumatisme",
    "non_mesures",
    "hors_echelle",
)
FEATURE_NAMES = ("age", "sexe", *(f.name for f in VITALS), *(f.name for f in MEASURES), *TOLD_NAMES)

_LISTS = ("modulateurs", "antecedents")
_ANSWERS = ("non_mesures", "hors_echelle")

FeatureValue = bool | int | float | str | tuple[str, ...] | dict[str, str] | None
FeedbackType = Literal["correct", "upgrade", "downgrade", "disagree"]


def features_of(patient: Patient) -> dict[str, FeatureValue]:
    """The flat snapshot of a patient: every name of ``FEATURE_NAMES``, ``None`` where nothing was told."""
    own = {name: getattr(patient, name) for name in ("sexe", *TOLD_NAMES)}
    own |= {name: own[name] or None for name in _ANSWERS}
    return {name: own[name] if name in own else patient.measured(name) for name in FEATURE_NAMES}


def request_of(features: Mapping[str, FeatureValue]) -> dict[str, object]:
    """A recorded snapshot as a request again, to judge it anew or to fill a form with it."""
    told = {name: features.get(name) for name in ("age", "sexe", *TOLD_NAMES)}
    lists = {name: list(value) if isinstance(value, tuple) else [] for name, value in told.items() if name in _LISTS}
    answers = {name: told[name] or {} for name in _ANSWERS}
    return (
        told
        | lists
        | answers
        | {
            "constantes": {vital.name: features.get(vital.name) for vital in VITALS},
            "mesures": {measure.name: features.get(measure.name) for measure in MEASURES},
        }
    )


def _with_explicit_nulls(features: object) -> object:
    if isinstance(features, dict):
        return dict.fromkeys(FEATURE_NAMES) | features
    return features


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


UtcTime = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Features = Annotated[dict[str, FeatureValue], BeforeValidator(_with_explicit_nulls)]


class _Record(BaseModel):
    # "model_" is a clinical-version prefix here, not pydantic's.
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    schema_version: Literal[2] = SCHEMA_VERSION
    prediction_id: str
    timestamp: UtcTime
    model_version: str | None  # None: decided by rules alone
    rules_version: str | None  # None: only in lines older than schema 1
    features: Features

    def as_line(self) -> dict[str, object]:
        """What goes to the journal: JSON types only."""
        return self.model_dump(mode="json")


class ShadowOpinion(BaseModel):
    """What the model that was not served would have answered to the same visit; recorded, never shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    model_version: str
    gravity_level: Gravity
    french_level: FrenchLevel
    probabilities: dict[Gravity, float]


class DecisionRecord(_Record):
    """What was decided, from what, by which versions. Holds no identity.

    ``arm`` says which model answered while two are compared; ``supersedes`` is the decision of the same visit that a
    re-evaluation replaces; ``entry_seconds`` runs from the first field filled to the decision, ``confirmed_values``
    names the values outside the usual range that the nurse confirmed (both of our screens only).
    """

    rules_version: str
    gravity_level: Gravity
    french_level: FrenchLevel
    rules_level: FrenchLevel | None
    prediction_quality: QualityGrade
    provisional: bool
    ml_available: bool
    raised_by_model: bool
    probabilities: dict[Gravity, float] | None = None
    latency_ms: float
    source: Literal["ui", "api"]
    arm: Literal["champion", "challenger"] = "champion"
    shadow: ShadowOpinion | None = None
    supersedes: str | None = None
    entry_seconds: float | None = None
    confirmed_values: tuple[str, ...] = ()


class FeedbackRecord(_Record):
    """What a nurse said of a decision. ``features`` are those **we** recorded, never those sent back."""

    feedback_id: str
    nurse_id: str | None
    original_gravity: Gravity
    original_french_level: FrenchLevel | None
    feedback_type: FeedbackType
    corrected_gravity: Gravity
    corrected_french_level: FrenchLevel | None
    reason: str | None
    missed_symptoms: tuple[str, ...]
    confirmed: bool | None

    @property
    def direction(self) -> int:
        """1 when the nurse says more urgent than we did, -1 less urgent, 0 the same level."""
        return direction(
            self.original_gravity, self.original_french_level, self.corrected_gravity, self.corrected_french_level
        )


class Withdrawal(BaseModel):
    """A nurse takes back the verdict that she had given last on a decision.

    One more line in the verdicts' journal, which keeps the verdict itself; from this line on none of hers stands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[2] = SCHEMA_VERSION
    withdraws: str  # the feedback_id of the verdict taken back
    prediction_id: str
    nurse_id: str | None
    timestamp: UtcTime

    def as_line(self) -> dict[str, object]:
        """What goes to the journal: JSON types only."""
        return self.model_dump(mode="json")


def direction(
    ours: Gravity, our_level: FrenchLevel | None, theirs: Gravity, their_level: FrenchLevel | None
) -> Literal[-1, 0, 1]:
    """Compare by FRENCH level when both sides give one, else by gravity: 1 is more urgent than ours."""
    by_level = our_level is not None and their_level is not None
    gap = their_level.rank - our_level.rank if by_level else theirs.rank - ours.rank  # type: ignore[union-attr]
    return 1 if gap > 0 else -1 if gap < 0 else 0
