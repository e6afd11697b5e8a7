"""The one door to a decision, the same object for the pages, the routes and the command line."""

import math
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from triage_core.arms import Answer, Arm, Arms, IsAssigned
from triage_core.decision import (
    Candidate,
    Decision,
    ModelOpinion,
    ResolvedMotif,
    RulesDecision,
    confidence,
    decide_by_rules,
    plausible,
    raise_by_model,
)
from triage_core.errors import FieldError, InvalidPatient
from triage_core.features import MAX_TEXT
from triage_core.guarded import GuardedArms, Silence
from triage_core.levels import FrenchLevel
from triage_core.model.challenger import Challenger
from triage_core.model.served import ServedModel
from triage_core.motifs.search import MotifSearch
from triage_core.patient import Patient, parse_patient
from triage_core.quality import Quality, assess_quality
from triage_core.rules.catalog import Motif, RuleBook
from triage_core.rules.engine import apply_rules

ARREST = "arret_cardiorespiratoire"
STOPPED_HEART = FieldError(
    "constantes.frequence_cardiaque", "0 only together with a cardiorespiratory arrest", "zero_without_arrest"
)


@dataclass(frozen=True)
class Shadow:
    """What the model that did not answer would have decided: the same rules, raised by its own opinion."""

    version: str
    level: FrenchLevel
    opinion: ModelOpinion


@dataclass(frozen=True)
class Judged:
    """A decision with what the journal keeps beside it."""

    decision: Decision
    patient: Patient
    rules_level: FrenchLevel
    arm: Arm = "champion"
    shadow: Shadow | None = None


class TriageService:
    """Rules, words and model together; thread-safe, keeps nothing of a patient."""

    def __init__(
        self,
        book: RuleBook,
        search: MotifSearch,
        model: ServedModel,
        challenger: Challenger | None = None,
        is_assigned: IsAssigned | None = None,
        silence: Silence | None = None,
        limit_s: float = math.inf,
    ) -> None:
        """``challenger`` is asked beside ``model``; it answers the cases that ``is_assigned`` gives it.

        ``silence`` tells why no model may speak at the moment; none is waited for longer than ``limit_s``.
        """
        self.book, self.search, self.model = book, search, model
        self.arms = Arms(model, challenger, is_assigned, limit_s)
        self.guard = GuardedArms(self.arms, silence, limit_s)

    def triage(self, request: Patient | Mapping[str, object]) -> Decision:
        """Decide for one patient; raises ``InvalidPatient`` with every faulty field."""
        return self.judge(request).decision

    def judge(self, request: Patient | Mapping[str, object], case: str | None = None) -> Judged:
        """As ``triage``, with the checked patient, the rules' level and the other model's answer, for the journal.

        ``case`` names the visit, so that an experiment gives all its evaluations to one model; ``None``: each alone.
        """
        started = time.perf_counter()
        prediction_id = secrets.token_hex(16)
        patient = request if isinstance(request, Patient) else self._checked(request)
        motif = self.resolve_motif(patient)
        _refuse_stopped_heart_without_arrest(patient, motif)
        entry = self.book.motif(motif.motif_id) if motif.motif_id is not None else None
        default_level = None if entry is None else entry.default_level
        asked = self.guard.begin(case or prediction_id, patient, motif.motif_id, default_level)
        quality = assess_quality(patient)
        rules = decide_by_rules(patient, motif, apply_rules(patient, entry, self.book), quality)
        answer = asked()
        shadow = _shadow(answer, rules, quality)
        decision = self._assemble(prediction_id, motif, quality, rules, answer, started)
        return Judged(decision, patient, rules.level, answer.arm, shadow)

    def _checked(self, raw: Mapping[str, object]) -> Patient:
        """The patient of a request; a stopped heart is named together with every other fault, not after them."""
        try:
            return parse_patient(raw, self.book)
        except InvalidPatient as invalid:
            if self._has_stopped_heart_without_arrest(raw):
                raise InvalidPatient((*invalid.errors, STOPPED_HEART)) from invalid
            raise

    def _has_stopped_heart_without_arrest(self, raw: Mapping[str, object]) -> bool:
        """Whether a faulty request also tells of a heart rate of 0 and of no arrest, as far as it can be read."""
        constantes = raw.get("constantes") if isinstance(raw, Mapping) else None
        rate = constantes.get("frequence_cardiaque") if isinstance(constantes, Mapping) else None
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or rate != 0:
            return False
        chosen, words = raw.get("motif_id"), raw.get("motif_consultation")
        if chosen is None and isinstance(words, str):
            guessed = self.search.recognise(words[:MAX_TEXT])
            chosen = None if guessed is None else guessed.id
        return chosen != ARREST

    def resolve_motif(self, patient: Patient) -> ResolvedMotif:
        """The nurse's motif, else the one her words mean, else none; candidates only when she chose none."""
        if patient.motif_id is not None:
            return ResolvedMotif(patient.motif_id, True)
        words = patient.motif_consultation or ""
        candidates = self.search.rank(words, age=patient.age) if words else ()
        guessed = self.search.recognise(words, age=patient.age) if words else None
        shown = tuple(Candidate(id=c.id, label=c.label, score=round(c.score, 4)) for c in candidates)
        return ResolvedMotif(guessed.id if guessed is not None else None, False, shown)

    def _assemble(
        self,
        prediction_id: str,
        motif: ResolvedMotif,
        quality: Quality,
        rules: RulesDecision,
        answer: Answer,
        started: float,
    ) -> Decision:
        served, opinion = answer.served, answer.served.opinion
        level = raise_by_model(rules.level, opinion, quality)
        return Decision(
            prediction_id=prediction_id,
            gravity_level=level.gravity,
            french_level=level,
            confidence_score=confidence(level.gravity, opinion, quality),
            prediction_quality=quality.grade,
            missing_features=quality.missing,
            ml_available=opinion is not None,
            ml_error=served.error,
            provisional=rules.provisional,
            motif_id=motif.motif_id,
            motif_candidates=motif.candidates,
            delai_medecin_min=level.physician_delay_min,
            findings=rules.findings,  # type: ignore[arg-type]  # read by their attributes, all at once
            not_evaluable=rules.not_evaluable,  # type: ignore[arg-type]
            probabilities=None if opinion is None else dict(opinion.probabilities),
            plausible_levels=plausible(opinion),
            contributions=served.contributions,  # type: ignore[arg-type]
            raised_by_model=level is not rules.level,
            model_version=served.version,
            rules_version=self.book.version,
            latency_ms=round(1000 * (time.perf_counter() - started), 3),
        )

    def motif_of(self, motif_id: str | None) -> Motif | None:
        """The grid's entry of a motif; ``None`` for none or an unknown one."""
        return None if motif_id is None else self.book.motif(motif_id)


def _shadow(answer: Answer, rules: RulesDecision, quality: Quality) -> Shadow | None:
    hidden = answer.hidden
    if hidden is None:
        return None
    return Shadow(hidden.version, raise_by_model(rules.level, hidden.opinion, quality), hidden.opinion)


def _refuse_stopped_heart_without_arrest(patient: Patient, motif: ResolvedMotif) -> None:
    """A heart rate of 0 is a slip of the hand, except in an arrest (plausibility table)."""
    if patient.constantes.frequence_cardiaque == 0 and motif.motif_id != ARREST:
        raise InvalidPatient((STOPPED_HEART,))
