"""What the engine promises beyond the examples of the files: the motif, the floor, what is missing, and the laws."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import a_patient
from triage_core.features import VITALS, Feature, reference_interval
from triage_core.levels import FrenchLevel
from triage_core.patient import Patient
from triage_core.rules.catalog import load_rulebook
from triage_core.rules.conditions import Reading, Scope, features_of, read_values
from triage_core.rules.engine import RuleOutcome, apply_rules
from triage_core.rules.predicates import pas_sous_70_plus_2_age

BOOK = load_rulebook()
LAW = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
UNMEASURED = dict.fromkeys((feature.name for feature in VITALS), None)
AGES = st.sampled_from([0, 0.05, 1 / 12, 0.25, 0.9, 1, 1.5, 2, 5, 9.9, 10, 12, 14.9, 15, 40, 95])


def outcome(motif_id: str | None, *ticked: str, **changes: object) -> RuleOutcome:
    motif = BOOK.motif(motif_id) if motif_id else None
    return apply_rules(a_patient(motif_id=motif_id, modulateurs=list(ticked), **changes), motif, BOOK)


def test_without_motif_and_without_anything_fired_there_is_no_level() -> None:
    assert outcome(None).level is None
    assert outcome(None).findings == ()


def test_a_motif_alone_gives_its_default_level_and_says_so() -> None:
    result = outcome("tachycardie")
    assert (result.level, result.motif_level) == (FrenchLevel.L3B, FrenchLevel.L3B)
    assert [finding.rule_id for finding in result.findings] == ["tachycardie__defaut"]


def test_a_ticked_modulator_may_lower_the_motif() -> None:
    assert outcome("tachycardie", "tachycardie__4").level == FrenchLevel.L4


def test_the_most_urgent_of_ticked_and_measured_modulators_wins() -> None:
    result = outcome("tachycardie", "tachycardie__4", frequence_cardiaque=115)
    assert result.motif_level == FrenchLevel.L3B
    assert [finding.rule_id for finding in result.findings] == ["tachycardie__3", "tachycardie__4"]


def test_the_floor_holds_under_a_lowered_motif() -> None:
    result = outcome("tachycardie", "tachycardie__4", saturation_oxygene=90)
    assert (result.level, result.motif_level) == (FrenchLevel.L2, FrenchLevel.L4)


def test_neutral_and_advice_only_modulators_set_nothing() -> None:
    assert outcome("malaise", "malaise__1").findings[0].rule_id == "malaise__defaut"
    assert outcome("brulure", "brulure__4").findings[0].rule_id == "brulure__defaut"


def test_advice_taken_that_sets_a_level_counts_as_a_tick() -> None:
    assert outcome("pathologie_rare_poussee").level == FrenchLevel.L2
    assert outcome("pathologie_rare_poussee", "pathologie_rare_poussee__1").level == FrenchLevel.L3B


def test_a_mixed_modulator_needs_its_tick_and_its_measure() -> None:
    assert outcome("asthme_bpco", debit_expiratoire_de_pointe=350).level == FrenchLevel.L3B
    assert outcome("asthme_bpco", "asthme_bpco__4", debit_expiratoire_de_pointe=350).level == FrenchLevel.L4
    unknown = outcome("asthme_bpco", "asthme_bpco__4").not_evaluable
    assert ("asthme_bpco__4", ("debit_expiratoire_de_pointe",)) in [(n.rule_id, n.missing) for n in unknown]


def test_what_is_missing_is_named_for_the_motif_and_for_the_floor() -> None:
    unknown = {
        n.rule_id: n for n in outcome("fievre", frequence_cardiaque=None, pression_systolique=None).not_evaluable
    }
    assert unknown["fievre__7"].missing == ("frequence_cardiaque", "pression_systolique")
    assert unknown["fievre__7"].is_motif_rule
    assert unknown["adulte__pas_90"].missing == ("pression_systolique",)
    assert not unknown["adulte__pas_90"].is_motif_rule


def test_a_known_part_decides_even_when_the_other_is_missing() -> None:
    motif = "dyspnee_insuffisance_respiratoire"
    assert f"{motif}__2" in {
        finding.rule_id for finding in outcome(motif, frequence_respiratoire=None, saturation_oxygene=80).findings
    }
    ids = {n.rule_id for n in outcome(None, pression_systolique=101, frequence_cardiaque=None).not_evaluable}
    assert "adulte__pas_100_fc_100" not in ids


@pytest.mark.parametrize(
    ("age", "vitals", "level"),
    [
        (14, {"frequence_cardiaque": 150}, "3A"),
        (15, {"frequence_cardiaque": 150}, "2"),
        (8, {"frequence_cardiaque": 40}, "1"),
        (8, {"saturation_oxygene": 85}, "1"),
        (8, {"glasgow": 14}, "3B"),
        (0.5, {"pression_systolique": 64, "pression_diastolique": 40}, "2"),
        (12, {"pression_systolique": 90}, "2"),
        (12, {"frequence_cardiaque": 54}, "2"),
        (5, {"frequence_cardiaque": 60}, "2"),
        (0.25, {"temperature": 38.0, "frequence_cardiaque": 130}, "2"),
        (40, {"saturation_oxygene": 90.5}, None),
        (40, {"frequence_respiratoire": 8}, "2"),
        (40, {"glycemie": 0.59}, "3B"),
        (40, {"glycemie": 0.59, "glasgow": 14}, "2"),
        (40, {"glycemie": 0.6}, None),
        (40, {"pression_systolique": 230}, None),
    ],
)
def test_the_floor_speaks_for_every_age(age: float, vitals: dict[str, float], level: str | None) -> None:
    found = outcome(None, age=age, **vitals).level
    assert (None if found is None else found.value) == level


def test_a_motif_for_infants_chosen_for_an_adult_still_gives_its_level() -> None:
    assert outcome("bradycardie_pediatrique").level == FrenchLevel.L4


@pytest.mark.parametrize(
    ("age", "systolic", "fires"), [(1, 72, True), (1, 73, False), (10, 90, True), (5, 80.5, False)]
)
def test_the_named_predicate_is_70_plus_twice_the_age(age: float, systolic: float, fires: bool) -> None:
    assert pas_sous_70_plus_2_age(read_values({"pression_systolique": systolic}, age)) is fires


def test_one_twelfth_of_a_year_is_one_month_and_derived_quantities_are_exact() -> None:
    values = read_values({"glycemie": 20 / 5.55, "frequence_cardiaque": 90, "pression_systolique": 90}, 1 / 12)
    assert (values["age_mois"], values["glycemie_mmol_l"], values["index_de_choc"]) == (1, 20, 1)


def test_a_condition_names_the_measurements_it_may_ask_for() -> None:
    asked = {rule.id: features_of(rule.condition) for rule in BOOK.floor if rule.condition is not None}
    assert asked["adulte__index_de_choc_1"] == {"frequence_cardiaque", "pression_systolique"}
    assert asked["tout_age__glycemie_20"] == {"glycemie"}
    assert asked["enfant__pas_1_10_ans"] == {"pression_systolique"}
    assert asked["enfant__fievre_3_mois"] == {"temperature"}


def test_a_reading_without_an_age_is_refused() -> None:
    with pytest.raises(ValueError, match="age"):
        _ = Reading({"age": None}).age
    with pytest.raises(ValueError, match="needs"):
        pas_sous_70_plus_2_age({"pression_systolique": None, "age": 3})


def test_everyone_is_either_a_child_or_an_adult() -> None:
    for age in (0, 14.99, 15, 80):
        assert Scope.ALL.covers(age)
        assert Scope.CHILD.covers(age) is not Scope.ADULT.covers(age)


@st.composite
def patients(draw: st.DrawFn) -> dict[str, object]:
    """A patient of any age and motif, anything measured or not, any box ticked."""
    motif = draw(st.sampled_from((None, *BOOK.motifs)))
    boxes = [rule.id for rule in motif.modulators] if motif is not None else []
    vitals = {feature.name: draw(st.none() | a_value(feature.name)) for feature in VITALS}
    return {
        "age": draw(AGES),
        "motif_id": motif and motif.id,
        "modulateurs": draw(st.lists(st.sampled_from(boxes), unique=True)) if boxes else [],
        "duree_symptomes_h": draw(st.none() | st.integers(0, 60)),
        "debit_expiratoire_de_pointe": draw(st.none() | st.integers(100, 400)),
        **vitals,
    }


def a_value(name: str) -> st.SearchStrategy[float]:
    feature = next(f for f in VITALS if f.name == name)
    low, high = (int(bound / feature.step) for bound in feature.hard)
    decimals = 0 if feature.is_integer else feature.decimals
    return st.integers(low, high).map(lambda n: round(n * feature.step, decimals))


@st.composite
def a_pair_on_one_side(draw: st.DrawFn, feature: Feature, interval: tuple[float, float]) -> tuple[float, float]:
    """Two values outside the interval (or on its edge), on the same side: the nearer first."""
    low, high = feature.hard
    below = high <= interval[1] or (low < interval[0] and draw(st.booleans()))
    edges = (low, interval[0]) if below else (interval[1], high)
    steps = st.integers(round(edges[0] / feature.step), round(edges[1] / feature.step))
    decimals = 0 if feature.is_integer else feature.decimals
    first, second = sorted(round(draw(steps) * feature.step, decimals) for _ in range(2))
    return (second, first) if below else (first, second)


def apply(raw: dict[str, object]) -> RuleOutcome:
    patient: Patient = a_patient(**raw)
    return apply_rules(patient, BOOK.motif(patient.motif_id) if patient.motif_id else None, BOOK)


def rank(result: RuleOutcome) -> int:
    return -1 if result.level is None else result.level.rank


@pytest.mark.slow
@LAW
@given(patients(), st.sampled_from(VITALS), st.data())
def test_a_vital_further_outside_its_interval_is_never_less_urgent(raw, feature, data) -> None:
    interval = reference_interval(feature.name, raw["age"])
    assert interval is not None
    near, far = data.draw(a_pair_on_one_side(feature, interval))
    assert rank(apply(raw | {feature.name: far})) >= rank(apply(raw | {feature.name: near}))


@pytest.mark.slow
@LAW
@given(patients(), st.sampled_from(VITALS))
def test_removing_a_measurement_never_shortens_what_could_not_be_said(raw, feature) -> None:
    before = {n.rule_id: set(n.missing) for n in apply(raw).not_evaluable}
    after = {n.rule_id: set(n.missing) for n in apply(raw | {feature.name: None}).not_evaluable}
    assert all(missing <= after.get(rule_id, set()) for rule_id, missing in before.items())


def test_nothing_measured_leaves_every_measured_floor_rule_of_an_adult_unsaid() -> None:
    unknown = {n.rule_id for n in outcome(None, **UNMEASURED).not_evaluable}
    assert unknown == {rule.id for rule in BOOK.floor if rule.scope.value != "enfant"}
