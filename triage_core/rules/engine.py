"""The three-valued engine: what the rules say of a patient, why, and what they could not say.

Pure functions. A motif gives its default level, replaced by the most urgent of its fired modulators; the general
thresholds are a floor under it. A modulator that only advises sets nothing.
"""

from dataclasses import dataclass

from triage_core.levels import FrenchLevel, most_urgent
from triage_core.patient import Patient
from triage_core.rules.catalog import Example, Motif, Rule, RuleBook
from triage_core.rules.conditions import (
    FIRED,
    NOT_FIRED,
    Answer,
    Reading,
    Scope,
    State,
    read_patient,
    read_values,
)


@dataclass(frozen=True)
class Finding:
    """A rule that fired and counts."""

    rule_id: str
    label: str
    level: FrenchLevel
    source: str


@dataclass(frozen=True)
class NotEvaluable:
    """A rule that cannot say, with the features it misses; whether it belongs to the motif or to the floor."""

    rule_id: str
    label: str
    level: FrenchLevel
    missing: tuple[str, ...]
    is_motif_rule: bool


@dataclass(frozen=True)
class RuleOutcome:
    """What all rules say together. ``level`` is ``None`` when there is no motif and nothing fired."""

    level: FrenchLevel | None
    motif_level: FrenchLevel | None
    findings: tuple[Finding, ...]
    not_evaluable: tuple[NotEvaluable, ...]


def evaluate(rule: Rule, reading: Reading) -> Answer:
    """Fired, not fired, or cannot say.

    Out of its age scope a rule does not fire. What must be ticked and is not does not fire; ticked, a mixed rule
    still needs its condition. A measured rule listens to the measurements alone, ticked or not.
    """
    if rule.scope is not Scope.ALL and not rule.scope.covers(reading.age):
        return NOT_FIRED
    if rule.kind != "measured" and rule.id not in reading.ticked:
        return NOT_FIRED
    return FIRED if rule.condition is None else rule.condition.answer(reading)


def answer_example(rule: Rule, example: Example) -> State:
    """What the engine answers to one example of a rule file."""
    values = read_values(dict(example.values), example.age)
    return evaluate(rule, Reading(values, frozenset({rule.id} if example.ticked else ()))).state


def apply_rules(patient: Patient, motif: Motif | None, book: RuleBook) -> RuleOutcome:
    """Apply the motif's rules and the floor to a patient.

    ``motif`` is the one to count (chosen or guessed), not necessarily ``patient.motif_id``; ``None`` leaves the
    floor alone. The findings are those that set the level or would, most urgent first: the motif's default is one
    of them, as ``<motif>__defaut``, unless a modulator replaced it.
    """
    reading = read_patient(patient)
    modulators = motif.modulators if motif is not None else ()
    of_motif, motif_unknown = _sort_out(modulators, reading, is_motif_rule=True)
    of_floor, floor_unknown = _sort_out(book.floor_at(reading.age), reading, is_motif_rule=False)
    if motif is not None and not of_motif:
        of_motif = [_default_finding(motif)]
    motif_level = most_urgent(f.level for f in of_motif) if of_motif else None
    findings = sorted([*of_motif, *of_floor], key=lambda finding: -finding.level.rank)
    level = findings[0].level if findings else None
    return RuleOutcome(level, motif_level, tuple(findings), (*motif_unknown, *floor_unknown))


def _default_finding(motif: Motif) -> Finding:
    return Finding(f"{motif.id}__defaut", motif.label, motif.default_level, motif.source)


def _sort_out(
    rules: tuple[Rule, ...], reading: Reading, *, is_motif_rule: bool
) -> tuple[list[Finding], list[NotEvaluable]]:
    """The level-setting rules that fired, and those that cannot say."""
    fired: list[Finding] = []
    unknown: list[NotEvaluable] = []
    for rule in rules:
        if rule.effect != "set_level":
            continue
        answer = evaluate(rule, reading)
        if answer.state is State.FIRED:
            fired.append(Finding(rule.id, rule.label, rule.level, rule.source))
        elif answer.state is State.UNKNOWN:
            missing = tuple(sorted(answer.missing))
            unknown.append(NotEvaluable(rule.id, rule.label, rule.level, missing, is_motif_rule))
    return fired, unknown
