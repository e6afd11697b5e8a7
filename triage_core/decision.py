"""How a level is decided: pure functions over rules, quality and the model's prediction (design, section 3).

The order is law: rules first, the comorbidity step last of the rules, then the model, which may only raise.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from triage_core.levels import RAISED_LEVEL, FrenchLevel, Gravity, most_urgent
from triage_core.patient import Patient
from triage_core.quality import Quality, QualityGrade
from triage_core.rules.engine import Finding, NotEvaluable, RuleOutcome

UNRECOGNISED_LEVEL = FrenchLevel.L3B  # unknown or only guessed motif: never below 3B (design, 3.1 and 3.5)
MIN_PLAUSIBLE = 0.1
HOUSE_SOURCE = "FRENCH V1, mars 2018, p. 8-9"


class Candidate(BaseModel):
    """One motif the words may mean; ``score`` from 0 to 1."""

    model_config = ConfigDict(frozen=True)
    id: str
    label: str
    score: float


class FindingOut(BaseModel):
    """One rule that fired."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    rule_id: str
    label: str
    level: FrenchLevel
    source: str


class NotEvaluableOut(BaseModel):
    """One rule that cannot say, and the measurements it lacks."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    rule_id: str
    missing: tuple[str, ...]


class Contribution(BaseModel):
    """What one feature adds to the model's opinion; ``effect`` > 0 pushes towards more urgent."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    feature: str
    value: float | str | None
    effect: float


class Decision(BaseModel):
    """What the nurse sees; the body of ``POST /triage/predict`` (design, section 6)."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())
    prediction_id: str
    gravity_level: Gravity
    french_level: FrenchLevel
    confidence_score: float | None
    prediction_quality: QualityGrade
    missing_features: tuple[str, ...]
    ml_available: bool
    ml_error: str | None
    provisional: bool
    motif_id: str | None
    motif_candidates: tuple[Candidate, ...]
    delai_medecin_min: int
    findings: tuple[FindingOut, ...]
    not_evaluable: tuple[NotEvaluableOut, ...]
    probabilities: dict[Gravity, float] | None
    plausible_levels: tuple[Gravity, ...]
    contributions: tuple[Contribution, ...]
    raised_by_model: bool
    model_version: str | None
    rules_version: str
    latency_ms: float


@dataclass(frozen=True)
class ResolvedMotif:
    """The motif that counts and whether the nurse chose it (``False``: guessed from her words)."""

    motif_id: str | None
    is_chosen: bool
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class ModelOpinion:
    """What the model says, or why it says nothing.

    ``at_least`` maps VERT, JAUNE and ROUGE to the calibrated probability of "at least that severe";
    ``thresholds`` are those of the manifest. ``error`` is set when there is no model.
    """

    at_least: Mapping[Gravity, float]
    probabilities: Mapping[Gravity, float]
    thresholds: Mapping[Gravity, float]


@dataclass(frozen=True)
class RulesDecision:
    """The level of the rules alone, with what made it."""

    level: FrenchLevel
    findings: tuple[Finding, ...]
    not_evaluable: tuple[NotEvaluable, ...]
    provisional: bool


def decide_by_rules(patient: Patient, motif: ResolvedMotif, outcome: RuleOutcome, quality: Quality) -> RulesDecision:
    """Steps 1 to 3 and 5 of the design: motif, vitals floor, comorbidity, and whether the answer is provisional."""
    levels = [outcome.level] if outcome.level is not None else []
    findings = list(outcome.findings)
    if not motif.is_chosen:
        levels.append(UNRECOGNISED_LEVEL)
        findings.append(_unrecognised(motif))
    level = most_urgent(levels)
    if level is FrenchLevel.L3B and (step := _comorbidity_finding(patient)) is not None:
        level, findings = step.level, [step, *findings]
    findings.sort(key=lambda finding: -finding.level.rank)
    return RulesDecision(
        level, tuple(findings), outcome.not_evaluable, is_provisional(level, motif, outcome.not_evaluable, quality)
    )


def is_provisional(
    level: FrenchLevel, motif: ResolvedMotif, not_evaluable: tuple[NotEvaluable, ...], quality: Quality
) -> bool:
    """Whether the answer may change once something is measured or chosen; level 1 never is.

    Judged against the level of the rules, not the model's, so that losing a measurement never clears it.
    """
    if level is FrenchLevel.L1:
        return False
    if not motif.is_chosen or quality.grade in (QualityGrade.LOW, QualityGrade.INSUFFICIENT):
        return True
    return any(
        rule.is_motif_rule and rule.level.rank > level.rank and set(rule.missing) - _OPTIONAL for rule in not_evaluable
    )


_OPTIONAL = frozenset({"glycemie"})  # optional features alone never make a decision provisional (design, 3.5)


def _unrecognised(motif: ResolvedMotif) -> Finding:
    if motif.motif_id is None:
        return Finding("motif_non_reconnu", "Motif non reconnu : 3B au moins", UNRECOGNISED_LEVEL, "règle maison")
    return Finding("motif_a_confirmer", "Motif à confirmer : 3B au moins", UNRECOGNISED_LEVEL, "règle maison")


def _comorbidity_finding(patient: Patient) -> Finding | None:
    if patient.comorbidite_lourde_en_rapport:
        return Finding("comorbidite_lourde", "Comorbidité lourde en rapport : 3B → 3A", FrenchLevel.L3A, HOUSE_SOURCE)
    if patient.adresse_par_medecin:
        label = "Adressé ce jour par un médecin : 3B → 3A"
        return Finding("adresse_par_medecin", label, FrenchLevel.L3A, HOUSE_SOURCE)
    return None


def raise_by_model(level: FrenchLevel, opinion: ModelOpinion | None, quality: Quality) -> FrenchLevel:
    """Step 4 of the design: the level after the model, never less urgent than ``level``.

    Without a model, or with ``INSUFFICIENT`` quality, the level of the rules stands.
    """
    if opinion is None or quality.grade is QualityGrade.INSUFFICIENT:
        return level
    raised = [
        RAISED_LEVEL[gravity]
        for gravity, probability in opinion.at_least.items()
        if gravity.rank > level.gravity.rank and probability >= opinion.thresholds[gravity]
    ]
    return most_urgent([level, *raised])


def confidence(gravity: Gravity, opinion: ModelOpinion | None, quality: Quality) -> float | None:
    """Calibrated probability of the shown gravity, capped by quality; ``None`` without a model."""
    if opinion is None:
        return None
    return min(opinion.probabilities[gravity], quality.grade.cap)


def plausible(opinion: ModelOpinion | None) -> tuple[Gravity, ...]:
    """The gravities the calibrated model gives at least 0.1, most urgent first."""
    if opinion is None:
        return ()
    return tuple(g for g in reversed(Gravity) if opinion.probabilities[g] >= MIN_PLAUSIBLE)
