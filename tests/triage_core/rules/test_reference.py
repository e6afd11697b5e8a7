"""Agreement with the reference grid: 115 default levels, every measurable modulator at its boundaries, the floor.

The exceptions are named here; nothing else may differ. The reference lies beside the repository, not in it.
"""

import json
import operator
import os
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_patient
from triage_core.features import MMOL_PER_G_GLUCOSE
from triage_core.levels import FrenchLevel, most_urgent
from triage_core.rules.catalog import Rule, load_rulebook
from triage_core.rules.conditions import MEASURED, Reading, State, read_values
from triage_core.rules.engine import apply_rules, evaluate

pytestmark = pytest.mark.reference
REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
BOOK = load_rulebook()
RULES = {rule.id: rule for motif in BOOK.motifs for rule in motif.modulators}
# Named exceptions (design, section 3): both cells would make a worse vital less urgent as printed.
MUST_BE_TICKED = "hypotension_arterielle__3"
NEEDS_MORE_GLUCOSE = "hyperglycemie__5"
EXCEPTIONS = {MUST_BE_TICKED, NEEDS_MORE_GLUCOSE}
COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq}
STEPS = (-1, -0.01, 0, 0.01, 1)


@cache
def reference(name: str) -> Any:
    if not REFERENCE.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the reference folder must be beside the repository in CI")
        pytest.skip("the reference folder is not beside this copy of the repository")
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


def modulators() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for motif in reference("french_grid.json"):
        for modulator in motif["modulators"]:
            yield motif, modulator


def holds(condition: dict[str, Any], values: dict[str, float | None]) -> bool:
    """The reference's own meaning of a condition on complete values."""
    if "all" in condition:
        return all(holds(part, values) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, values) for part in condition["any"])
    value = values[condition["feature"]]
    assert value is not None
    if "value_expr" in condition:
        assert condition["value_expr"] == "70 + 2*age"
        return COMPARE[condition["op"]](value, 70 + 2 * float(values["age"] or 0))
    return COMPARE[condition["op"]](value, condition["value"])


def limits(condition: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for part in condition.get("all", condition.get("any", [])):
        yield from limits(part)
    if "feature" in condition:
        yield condition["feature"], condition.get("value", 80)


def points(condition: dict[str, Any]) -> Iterator[dict[str, float | None]]:
    """Complete values at, just around and beside every limit of a condition, all combined."""
    around: dict[str, set[float]] = {}
    for feature, limit in limits(condition):
        around.setdefault(feature, {limit / 10, limit * 2}).update(limit + step for step in STEPS if limit + step >= 0)
    for choice in product(*around.values()):
        yield complete(dict(zip(around, choice, strict=True)))


def complete(chosen: dict[str, float]) -> dict[str, float | None]:
    age = chosen.get("age", chosen.get("age_mois", 12 * 40.0) / 12 if "age_mois" in chosen else 40.0)
    values = read_values({name: chosen.get(name, 50.0) for name in MEASURED}, age)
    if "glycemie_mmol_l" in chosen:
        values["glycemie"] = chosen["glycemie_mmol_l"] / MMOL_PER_G_GLUCOSE
    return values | {k: v for k, v in chosen.items() if k != "age_mois"}


def fires(rule: Rule, values: dict[str, float | None], *, ticked: bool = True) -> bool:
    answer = evaluate(rule, Reading(values, frozenset({rule.id} if ticked else ())))
    assert answer.state is not State.UNKNOWN
    return answer.state is State.FIRED


def test_every_motif_of_the_reference_has_its_default_level() -> None:
    expected = {motif["id"]: motif["default_level"] for motif in reference("french_grid.json")}
    assert len(expected) == 115
    assert {motif.id: motif.default_level.value for motif in BOOK.motifs} == expected


def test_every_motif_keeps_its_words_and_its_age_restriction() -> None:
    for told in reference("french_grid.json"):
        motif = BOOK.motif(told["id"])
        assert motif is not None
        assert (motif.label, motif.label_en, motif.chapter) == (told["label_fr"], told["label_en"], told["category"])
        assert motif.source == told["source"]
        restriction = told.get("age_restriction")
        assert (motif.age_restriction is None) is (restriction is None)
        for values in points(restriction or {"all": []}):
            if motif.age_restriction is not None:
                fired = motif.age_restriction.answer(Reading(values)).state is State.FIRED
                assert fired is holds(restriction, values)


def test_every_modulator_belongs_to_its_motif_with_its_level_effect_and_direction() -> None:
    told = list(modulators())
    assert len(told) == len(RULES) == 283
    for motif, modulator in told:
        rule = RULES[modulator["id"]]
        assert rule.id in (BOOK.modulator_ids(motif["id"]) or ())
        assert (rule.level.value, rule.effect, rule.direction) == tuple(
            modulator[key] for key in ("level", "effect", "direction")
        )
        assert rule.label == modulator["criterion_fr"]


def test_only_the_named_cell_changes_how_it_is_decided() -> None:
    changed = {m["id"] for _, m in modulators() if RULES[m["id"]].kind != m["kind"]}
    assert changed == {MUST_BE_TICKED}
    assert RULES[MUST_BE_TICKED].kind == "mixed"


def test_a_criterion_without_a_printed_number_sets_nothing_by_measurement() -> None:
    for _, modulator in modulators():
        assert (RULES[modulator["id"]].condition is None) is (modulator["condition"] is None)
        assert (RULES[modulator["id"]].suggestion is None) is (modulator.get("suggested_condition") is None)


def test_every_measurable_modulator_agrees_at_its_boundaries_but_for_the_named_ones() -> None:
    compared, differing = 0, set()
    for _, modulator in modulators():
        if modulator["condition"] is None:
            continue
        compared += 1
        rule = RULES[modulator["id"]]
        if any(fires(rule, v) is not holds(modulator["condition"], v) for v in points(modulator["condition"])):
            differing.add(modulator["id"])
    assert compared == 58
    assert differing == EXCEPTIONS


def test_the_named_cells_are_narrower_than_printed_where_they_must_be() -> None:
    hypotension, glucose = RULES[MUST_BE_TICKED], RULES[NEEDS_MORE_GLUCOSE]
    assert not fires(hypotension, complete({"pression_systolique": 95, "frequence_cardiaque": 80}), ticked=False)
    assert fires(hypotension, complete({"pression_systolique": 95, "frequence_cardiaque": 80}))
    for g_per_l, fired in ((0.69, False), (0.7, True), (3.6, True), (3.61, False)):
        assert fires(glucose, read_values({"glycemie": g_per_l}, 40)) is fired


def general_rules() -> list[dict[str, Any]]:
    adult = reference("french_vitals.json")["adult_vitals"]
    return [*adult["rules"], *(r for r in adult["from_grid_motifs"] if r.get("scope") != "motif_only")]


@pytest.mark.parametrize("age", [15, 40, 90])
def test_the_adult_floor_agrees_with_the_reference_at_every_boundary(age: int) -> None:
    rules = general_rules()
    seen = 0
    for rule in rules:
        for chosen in floor_points(rule["condition"]):
            told = [r for r in rules if holds(r["condition"], floor_values(chosen, age))]
            expected = most_urgent(FrenchLevel(r["level"]) for r in told) if told else None
            outcome = apply_rules(a_patient(age=age, motif_id=None, pression_diastolique=None, **chosen), None, BOOK)
            assert outcome.level == expected, chosen
            seen += 1
    assert seen > 50


def floor_points(condition: dict[str, Any]) -> Iterator[dict[str, float]]:
    """Whole-number neighbours of every limit; a derived quantity through what it is made of."""
    around: dict[str, set[float]] = {}
    for feature, limit in limits(condition):
        if feature == "index_de_choc":
            around |= {"frequence_cardiaque": {104, 105, 106}, "pression_systolique": {105}}
        elif feature == "glycemie_mmol_l":
            around["glycemie"] = {3.6, 3.61}  # 19.98 and 20.04 mmol/L: « > 20 » and « >= 20 » agree on both
        else:
            step = 0.1 if feature == "temperature" else 1
            around.setdefault(feature, set()).update(round(limit + d * step, 1) for d in (-1, 0, 1))
    for choice in product(*around.values()):
        chosen = dict(zip(around, choice, strict=True))
        if 3 <= chosen.get("glasgow", 3) <= 15:
            yield chosen


def floor_values(chosen: dict[str, float], age: float) -> dict[str, float | None]:
    patient = a_patient(age=age, **{"cetonemie_mmol_l": 0, **chosen}, pression_diastolique=None)
    return read_values({name: patient.measured(name) for name in MEASURED}, age)


@pytest.mark.parametrize("months", [0, 0.5, 1, 6, 11, 12, 13, 23, 24, 25, 60, 119, 120, 121, 179])
def test_the_child_floor_is_never_less_urgent_than_the_reference(months: float) -> None:
    told = reference("french_vitals.json")["paediatric_vitals"]["levels_from_motifs"]
    for rule in told:
        for chosen in floor_points(rule["condition"]):
            chosen = {k: v for k, v in chosen.items() if k not in ("age", "age_mois")}
            values = floor_values(chosen, months / 12)
            if holds(rule["condition"], values):
                patient = a_patient(age=months / 12, motif_id=None, pression_diastolique=None, **chosen)
                level = apply_rules(patient, None, BOOK).level
                assert level is not None
                assert level.rank >= FrenchLevel(rule["level"]).rank


def test_the_abnormal_definitions_of_page_9_give_3a_at_least() -> None:
    names = {
        "systolic_bp_low": ("pression_systolique", -1),
        "diastolic_bp_low": ("pression_diastolique", -1),
        "heart_rate_high": ("frequence_cardiaque", 1),
        "respiratory_rate_high": ("frequence_respiratoire", 1),
    }
    ages = {"< 1 mois": (0, 0.9), "1 mois": (1, 23.9), "2 ans": (24, 119.9), "10 ans": (120, 179)}
    for definition in reference("french_vitals.json")["paediatric_vitals"]["abnormal_definitions"]:
        for key, (feature, beyond) in names.items():
            for months in ages[definition["age_anchor"]]:
                limit = definition[key]
                assert (f"enfant__{_short(feature)}") not in _fired(months, feature, limit)
                assert (f"enfant__{_short(feature)}") in _fired(months, feature, limit + beyond)


def _short(feature: str) -> str:
    return {
        "pression_systolique": "pas_basse",
        "pression_diastolique": "pad_basse",
        "frequence_cardiaque": "fc_haute",
        "frequence_respiratoire": "fr_haute",
    }[feature]


def _fired(months: float, feature: str, value: float) -> set[str]:
    patient = a_patient(age=months / 12, motif_id=None, **{feature: value})
    return {finding.rule_id for finding in apply_rules(patient, None, BOOK).findings}
