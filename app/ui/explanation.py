"""Why this level, in sentences a nurse can check: the patient's own values, then the source. Nothing is drawn here.

Pure functions of a decision, the patient it was made for and the rule book.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from app.ui import texts, understood
from app.ui.badge import gravity_name
from app.ui.glucose import in_form_unit
from app.ui.motif import measures_asked, motif_label
from app.ui.texts import t
from triage_core.decision import Contribution, Decision, FindingOut
from triage_core.features import BY_NAME, MEASURES, OPTIONAL_NAMES, VITALS, reference_interval
from triage_core.levels import RAISED_LEVEL, FrenchLevel, Gravity
from triage_core.patient import Patient
from triage_core.quality import QualityGrade
from triage_core.rules.age_bands import AGES, limit_at
from triage_core.rules.catalog import Motif, Rule, RuleBook
from triage_core.rules.conditions import DERIVED, AnyOf, Atom, Condition, Predicate, Reading, State, read_patient
from triage_core.rules.predicates import PREDICATES

DEFAULT_RULE = "__defaut"  # ends the id of the rule that gives a motif its default level
ALARMING = ("frequence_cardiaque", "pression_systolique", "saturation_oxygene")  # not measurable is itself a sign
SHOWN_REASONS = 3
_UPWARDS = ("au_moins", "plus_de")
SIGNS = {"au_moins": "≥", "plus_de": ">", "au_plus": "≤", "moins_de": "<", "egal": "="}


@dataclass(frozen=True)
class Reason:
    """One rule that fired: its level with the values of this patient that made it, and where it comes from."""

    facts: str
    source: str


def reason(finding: FindingOut, patient: Patient, book: RuleBook) -> Reason:
    """A rule that fired, in the words of the screen; not yet harmless inside Markdown."""
    facts, source = _facts_and_source(finding, patient, book)
    return Reason(t("why.facts", level=finding.level.value, facts=facts), source)


def _facts_and_source(finding: FindingOut, patient: Patient, book: RuleBook) -> tuple[str, str]:
    motif, rule = _rule(finding.rule_id, book)
    if rule is None and motif is not None:
        return motif_label(book, motif.id), t("why.default")
    if rule is None:
        key = f"why.{finding.rule_id}"
        return t(key) if texts.has(key) else texts.of_rule(finding.label), finding.source
    return _facts(rule, patient), _source(rule, motif, patient.age, book)


def _rule(rule_id: str, book: RuleBook) -> tuple[Motif | None, Rule | None]:
    """The rule of this id and its motif; a motif alone for its default level; neither for a step of the house."""
    motif_id, is_default, _ = rule_id.partition(DEFAULT_RULE)
    if is_default:
        return book.motif(motif_id), None
    for motif in book.motifs:
        for rule in motif.modulators:
            if rule.id == rule_id:
                return motif, rule
    return None, next((rule for rule in book.floor if rule.id == rule_id), None)


def _source(rule: Rule, motif: Motif | None, age: float, book: RuleBook) -> str:
    if motif is not None:
        return t("why.grid", motif=motif_label(book, motif.id))
    return t("why.floor" if "FRENCH" in rule.source else "why.house", rule=rule_words(rule, age))


def rule_words(rule: Rule, age: float) -> str:
    """A rule as it concerns a patient of this age: of limits listed by age, only hers; else its label.

    A glucose is told in the unit in which the form asks for it.
    """
    limit = limit_at(rule.condition, age)
    if limit is None:
        return texts.of_rule(in_form_unit(rule.label))
    unit = BY_NAME[limit.measure].unit
    value = f"{texts.number(limit.limit)}{unit}" if unit.startswith("/") else texts.with_unit(limit.limit, unit)
    key = "why.high_for_age" if limit.word in _UPWARDS else "why.low_for_age"
    return t(key, name=understood.short_word(limit.measure), limit=f"{SIGNS[limit.word]} {value}")


def _facts(rule: Rule, patient: Patient) -> str:
    """What was measured; what was ticked; both, for a rule that asks for both."""
    measured = "" if rule.condition is None else _measured(rule.condition, patient)
    if rule.kind == "measured" and measured:
        return measured
    ticked = t("why.ticked", label=texts.of_rule(rule.checkbox or rule.label))
    return f"{ticked}, {measured}" if measured else ticked


def _measured(condition: Condition, patient: Patient) -> str:
    """The values that made a condition true, as a sentence has them; empty without any."""
    names = dict.fromkeys(_names(condition, read_patient(patient)))
    values = [value_of(name, patient) for name in names if name not in AGES]
    if not any(name in AGES for name in names):
        return _spoken(values) if values else ""
    age = understood.age_text(patient.age)
    return t("why.at_age", facts=_spoken(values), age=age) if values else age


def _names(condition: Condition, reading: Reading) -> Iterator[str]:
    """The measurements that made a condition true, in the order of the rule."""
    if isinstance(condition, Atom):
        yield from DERIVED.get(condition.measure, (condition.measure,))
    elif isinstance(condition, Predicate):
        yield from (*PREDICATES[condition.name].needs, "age")
    else:
        fired = [part for part in condition.parts if part.answer(reading).state is State.FIRED]
        for part in fired if isinstance(condition, AnyOf) else condition.parts:
            yield from _names(part, reading)


def _spoken(facts: list[str]) -> str:
    head, *rest = facts
    return t("why.with", first=head, others=_listed(rest, "why.and")) if rest else head


def _listed(words: list[str], last: str) -> str:
    *others, end = words
    return f"{', '.join(others)} {t(last)} {end}" if others else end


def value_of(name: str, patient: Patient) -> str:
    """A measurement of this patient as it is spoken; the word of the meter, or that there is none."""
    word = patient.hors_echelle.get(name)
    if word is not None:
        return f"{understood.short_word(name)} {t(f'answer.{word}')}"
    value = patient.measured(name)
    return t("why.absent", name=understood.short_word(name)) if value is None else understood.short_text(name, value)


def raised(decision: Decision, before: FrenchLevel | None) -> str | None:
    """By which values the model raised the level; ``None`` when it did not: agreeing, it is silent."""
    if not decision.raised_by_model:
        return None
    after = gravity_name(decision.gravity_level)
    if before is None:
        said = t("why.raised_to", after=after)
    else:
        said = t("why.raised", before=gravity_name(before.gravity), after=after)
    values = ", ".join(value_in_words(contribution) for contribution in pushing(decision.contributions))
    return texts.with_colon(said, values) if values else said


def pushing(contributions: tuple[Contribution, ...]) -> list[Contribution]:
    """The few values that push most towards more urgent. A usual value never does: it only seems so beside none."""
    age = next((c.value for c in contributions if c.feature == "age" and isinstance(c.value, int | float)), None)
    told = [c for c in contributions if c.effect > 0 and c.value is not None and not _is_usual(c, age)]
    return sorted(told, key=lambda c: -c.effect)[:SHOWN_REASONS]


def _is_usual(contribution: Contribution, age: float | None) -> bool:
    usual = reference_interval(contribution.feature, age) if contribution.feature in BY_NAME else None
    value = contribution.value
    return usual is not None and isinstance(value, int | float) and usual[0] <= value <= usual[1]


def value_in_words(contribution: Contribution) -> str:
    """A feature and its value as they are spoken."""
    name, value = contribution.feature, contribution.value
    if name in BY_NAME and isinstance(value, int | float):
        return understood.short_text(name, value)
    return t(f"short.{name}") + (f" {t(f'sexe.{value}')}" if name == "sexe" and texts.has(f"sexe.{value}") else "")


def uncertainty(decision: Decision, shown: FrenchLevel) -> str | None:
    """The more urgent levels that the model holds possible beside the shown one; ``None`` when it holds none.

    Never a less urgent one: the model lowers nothing, and its doubt shall not invite to. ``shown`` is the level on the
    card, ours or the nurse's. With too little measured the model abstains, and that is said.
    """
    if decision.prediction_quality is QualityGrade.INSUFFICIENT:
        return t("card.model_silent") if decision.ml_available else None
    least = max(decision.french_level.rank, shown.rank)
    others = {_level(gravity) for gravity in decision.plausible_levels if gravity is not decision.gravity_level}
    possible = sorted((level for level in others if level.rank > least), key=lambda level: -level.rank)
    if not possible:
        return None
    return t("why.possible", levels=_listed([level.value for level in (*possible, shown)], "why.or"))


def _level(gravity: Gravity) -> FrenchLevel:
    return RAISED_LEVEL.get(gravity, FrenchLevel.L5)


def unmeasured(patient: Patient) -> list[str]:
    """What could not be measured or was refused; a pressure, pulse or saturation that cannot be had is alarming."""
    names = [v.name for v in VITALS if v.name in patient.non_mesures and not _said_with_systolic(v.name, patient)]
    return [_unmeasured(name, patient.non_mesures[name]) for name in names]


def _said_with_systolic(name: str, patient: Patient) -> bool:
    same = patient.non_mesures.get(name) == patient.non_mesures.get("pression_systolique")
    return name == "pression_diastolique" and same


def _unmeasured(name: str, why: str) -> str:
    word = t("word.pressure") if name == "pression_systolique" else understood.short_word(name)
    said = t(f"why.{why}", name=word)
    return texts.with_colon(said, t("why.alarming")) if why == "non_mesurable" and name in ALARMING else said


def to_measure(decision: Decision, motif: Motif | None, answered: Container[str]) -> list[str]:
    """The features still missing that can be had, and for a provisional answer what a rule could not say without.

    What was refused or cannot be measured (``answered``) is not asked for again.
    """
    undecided = (name for rule in decision.not_evaluable for name in rule.missing) if decision.provisional else ()
    asked = measures_asked(motif)
    never = {*OPTIONAL_NAMES, *(measure.name for measure in MEASURES if measure.name not in asked)}
    lacking = dict.fromkeys((*decision.missing_features, *(name for name in undecided if name not in never)))
    return [name for name in lacking if name not in answered]
