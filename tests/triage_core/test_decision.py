"""Each clause of "how a level is decided" (design, section 3) as a table a nurse can read."""

import pytest

from tests.builders import a_patient
from tests.triage_core.deciding import an_opinion
from triage_core.decision import (
    ResolvedMotif,
    RulesDecision,
    confidence,
    decide_by_rules,
    plausible,
    raise_by_model,
)
from triage_core.levels import FrenchLevel, Gravity
from triage_core.quality import Quality, QualityGrade, assess_quality
from triage_core.rules.catalog import load_rulebook
from triage_core.rules.engine import apply_rules

BOOK = load_rulebook()
HIGH = Quality(QualityGrade.HIGH, ())


def decide(motif_id: str | None = "douleur_gorge", *, chosen: bool = True, **changes: object) -> RulesDecision:
    """The rules' decision on a calm adult, but for the changes."""
    patient = a_patient(motif_id=motif_id if chosen else None, **changes)
    motif = None if motif_id is None else BOOK.motif(motif_id)
    return decide_by_rules(
        patient, ResolvedMotif(motif_id, chosen), apply_rules(patient, motif, BOOK), assess_quality(patient)
    )


def ids(decision: RulesDecision) -> list[str]:
    return [finding.rule_id for finding in decision.findings]


# 1. Motif


@pytest.mark.parametrize(
    ("motif", "ticked", "level"),
    [
        ("douleur_thoracique_sca", [], "3B"),  # nothing ticked: the motif's default
        ("douleur_thoracique_sca", [1], "1"),
        ("douleur_thoracique_sca", [6], "4"),  # a modulator may lower
        ("douleur_thoracique_sca", [6, 4], "3A"),  # the most urgent of those ticked replaces the default
        ("douleur_thoracique_sca", [6, 5, 4, 3, 2], "2"),
        ("brulure", [4], "3B"),  # advice only: sets nothing
        ("brulure", [5, 4], "5"),
        ("pathologie_rare_poussee", [1], "3B"),  # the physician's advice was taken and lowers
    ],
)
def test_the_most_urgent_ticked_modulator_replaces_the_default(motif: str, ticked: list[int], level: str) -> None:
    assert decide(motif, modulateurs=[f"{motif}__{n}" for n in ticked]).level.value == level


def test_a_modulator_of_another_motif_counts_for_nothing() -> None:
    assert decide(modulateurs=["douleur_thoracique_sca__1"]).level is FrenchLevel.L5


@pytest.mark.parametrize(
    ("motif", "chosen", "level"),
    [
        ("douleur_gorge", True, "5"),  # her choice is final
        ("douleur_gorge", False, "3B"),  # a guess never takes it below 3B
        ("plaie", False, "3B"),
        ("hematemese", False, "2"),  # but counts when it is more urgent
        ("arret_cardiorespiratoire", False, "1"),
        (None, False, "3B"),  # unrecognised: 3B at least
    ],
)
def test_a_guessed_or_unknown_motif_is_never_below_3b(motif: str | None, chosen: bool, level: str) -> None:
    assert decide(motif, chosen=chosen).level.value == level


def test_the_reason_of_the_3b_is_told() -> None:
    assert "motif_a_confirmer" in ids(decide("douleur_gorge", chosen=False))
    assert ids(decide(None, chosen=False)) == ["motif_non_reconnu"]


# 2. Floor


@pytest.mark.parametrize(
    ("vitals", "level"),
    [
        ({"pression_systolique": 70, "pression_diastolique": 40}, "1"),
        ({"pression_systolique": 70.5, "pression_diastolique": 40}, "2"),
        ({"pression_systolique": 90}, "2"),
        ({"pression_systolique": 90.5}, "5"),
        ({"pression_systolique": 100, "frequence_cardiaque": 100}, "3B"),  # shock index of 1
        ({"pression_systolique": 100, "frequence_cardiaque": 101}, "2"),
        ({"pression_systolique": 101, "frequence_cardiaque": 100}, "5"),
        ({"frequence_cardiaque": 40}, "1"),
        ({"frequence_cardiaque": 40.5}, "5"),
        ({"frequence_cardiaque": 129, "pression_systolique": 130}, "5"),
        ({"frequence_cardiaque": 130, "pression_systolique": 140}, "2"),
        ({"frequence_cardiaque": 179.5}, "2"),
        ({"frequence_cardiaque": 180}, "1"),
        ({"frequence_respiratoire": 8}, "2"),
        ({"frequence_respiratoire": 9}, "5"),
        ({"frequence_respiratoire": 29.5}, "5"),
        ({"frequence_respiratoire": 30}, "2"),
        ({"frequence_respiratoire": 40}, "1"),
        ({"saturation_oxygene": 85.9}, "1"),
        ({"saturation_oxygene": 86}, "2"),
        ({"saturation_oxygene": 90}, "2"),
        ({"saturation_oxygene": 90.5}, "5"),
        ({"glasgow": 8}, "1"),
        ({"glasgow": 9}, "2"),
        ({"glasgow": 13}, "2"),
        ({"glasgow": 14}, "3B"),
        ({"temperature": 32}, "1"),
        ({"temperature": 32.1}, "2"),
        ({"temperature": 35.2}, "2"),
        ({"temperature": 35.3}, "5"),
        ({"temperature": 39.9}, "5"),
        ({"temperature": 40}, "2"),
        ({"glycemie": 0.59}, "3B"),
        ({"glycemie": 0.6}, "5"),
        ({"glycemie": 0.59, "glasgow": 14}, "2"),
        ({"glycemie": 3.61}, "3B"),
        ({"cetonemie_mmol_l": 2}, "5"),
        ({"cetonemie_mmol_l": 2.1}, "2"),
        ({"pression_systolique": 230}, "5"),  # high blood pressure acts through its motif only
        ({"debit_expiratoire_de_pointe": 150}, "5"),  # so does peak flow
    ],
)
def test_the_vitals_of_an_adult_set_a_floor(vitals: dict[str, float], level: str) -> None:
    assert decide(**vitals).level.value == level


@pytest.mark.parametrize(
    ("age", "vitals", "level"),
    [
        (15, {"frequence_cardiaque": 130, "pression_systolique": 140}, "2"),
        (14.99, {"frequence_cardiaque": 130, "pression_systolique": 140}, "3A"),
        (14.99, {"frequence_cardiaque": 160, "pression_systolique": 165}, "2"),
        (10, {"frequence_cardiaque": 55}, "5"),
        (10, {"frequence_cardiaque": 54.9}, "2"),
        (9.99, {"frequence_cardiaque": 60}, "2"),
        (8, {"frequence_cardiaque": 40}, "1"),  # counts at every age
        (8, {"saturation_oxygene": 85}, "1"),
        (8, {"glasgow": 13}, "2"),
        (10, {"pression_systolique": 90}, "2"),
        (10.01, {"pression_systolique": 90}, "2"),
        (10.01, {"pression_systolique": 91}, "5"),
        (3 / 12, {"temperature": 38.0, "frequence_cardiaque": 120}, "2"),
        (4 / 12, {"temperature": 38.0, "frequence_cardiaque": 120}, "5"),
        (1 / 12, {"frequence_cardiaque": 161}, "3A"),
        (0.5 / 12, {"frequence_cardiaque": 161}, "5"),
        (1, {"frequence_cardiaque": 80}, "5"),
        (11 / 12, {"frequence_cardiaque": 80}, "2"),
    ],
)
def test_the_vitals_of_a_child_follow_its_age(age: float, vitals: dict[str, float], level: str) -> None:
    calm = {"frequence_cardiaque": 100, "frequence_respiratoire": 18}
    assert decide(age=age, **(calm | vitals)).level.value == level


@pytest.mark.parametrize(("age", "level"), [(15, "2"), (14.99, "4")])
def test_adult_limits_inside_a_motif_hold_from_15_years(age: float, level: str) -> None:
    told = {"frequence_cardiaque": 100, "frequence_respiratoire": 18, "pression_systolique": 221}
    assert decide("hypertension_arterielle", age=age, **told).level.value == level


# 3. Comorbidity and referral


@pytest.mark.parametrize(
    ("motif", "vitals", "before", "after"),
    [
        ("ictere", {}, "3B", "3A"),
        ("plaie", {}, "4", "4"),
        ("plaie", {"glasgow": 14}, "3B", "3A"),  # whatever made it 3B
        ("hematemese", {}, "2", "2"),
        ("grossesse_t1_t2", {}, "3A", "3A"),
    ],
)
@pytest.mark.parametrize("why", ["comorbidite_lourde_en_rapport", "adresse_par_medecin"])
def test_a_3b_becomes_3a_with_a_comorbidity_or_a_referral(motif, vitals, before, after, why) -> None:
    assert decide(motif, **vitals).level.value == before
    assert decide(motif, **vitals, **{why: True}).level.value == after
    assert decide(motif, **vitals, **{why: False}).level.value == before


def test_a_guessed_motif_with_a_referral_is_3a() -> None:
    assert decide("douleur_gorge", chosen=False, adresse_par_medecin=True).level is FrenchLevel.L3A


def test_what_made_the_level_stands_first() -> None:
    decision = decide("ictere", comorbidite_lourde_en_rapport=True, glasgow=14)
    assert ids(decision) == ["comorbidite_lourde", "ictere__defaut", "tout_age__glasgow_14"]


# 4. Model


@pytest.mark.parametrize(
    ("rules", "vert", "jaune", "rouge", "shown"),
    [
        ("5", 0.89, 0.59, 0.29, "5"),  # below every threshold (0.9, 0.6, 0.3)
        ("5", 0.9, 0.59, 0.29, "4"),  # thresholds are inclusive
        ("5", 0.9, 0.6, 0.29, "3B"),
        ("5", 0.9, 0.6, 0.3, "2"),
        ("4", 0.99, 0.1, 0.1, "4"),
        ("4", 0.99, 0.6, 0.1, "3B"),
        ("3B", 1.0, 1.0, 0.29, "3B"),
        ("3A", 1.0, 1.0, 0.29, "3A"),  # never down to 3B
        ("3A", 1.0, 1.0, 0.3, "2"),
        ("2", 1.0, 1.0, 1.0, "2"),  # level 1 never comes from the model
        ("1", 0.0, 0.0, 0.0, "1"),
        ("2", 0.0, 0.0, 0.0, "2"),  # and it never lowers
    ],
)
def test_the_model_raises_and_never_lowers(rules: str, vert: float, jaune: float, rouge: float, shown: str) -> None:
    assert raise_by_model(FrenchLevel(rules), an_opinion(vert, jaune, rouge), HIGH).value == shown


@pytest.mark.parametrize(("grade", "shown"), [("high", "2"), ("medium", "2"), ("low", "2"), ("insufficient", "5")])
def test_the_model_abstains_only_when_quality_is_insufficient(grade: str, shown: str) -> None:
    quality = Quality(QualityGrade(grade), ())
    assert raise_by_model(FrenchLevel.L5, an_opinion(1, 1, 1), quality).value == shown


def test_without_a_model_the_rules_stand() -> None:
    assert raise_by_model(FrenchLevel.L4, None, HIGH) is FrenchLevel.L4


# 5. Provisional

VITALS_MISSING = {"temperature": None}
MANY_MISSING = {"temperature": None, "saturation_oxygene": None, "frequence_respiratoire": None}


@pytest.mark.parametrize(
    ("why", "motif", "chosen", "changes", "provisional"),
    [
        ("all is known", "douleur_gorge", True, {}, False),
        ("motif unknown", None, False, {}, True),
        ("motif only guessed", "hematemese", False, {}, True),
        ("quality low", "douleur_gorge", True, VITALS_MISSING, True),
        ("quality insufficient", "douleur_gorge", True, MANY_MISSING, True),
        ("quality medium", "douleur_gorge", True, {"echelle_douleur": None}, False),
        ("a more urgent rule of the motif lacks a measure", "asthme_bpco", True, {}, True),
        ("it was measured", "asthme_bpco", True, {"debit_expiratoire_de_pointe": 250}, False),
        ("the same rule is no more urgent", "asthme_bpco", True, {"modulateurs": ["asthme_bpco__3"]}, False),
        ("a rule of the floor, not of the motif", "douleur_gorge", True, {"glasgow": None}, False),
        ("the Glasgow this motif asks for", "ivresse", True, {"glasgow": None}, True),
        ("an optional feature alone", "hyperglycemie", True, {"glycemie": None}, False),
        ("level 1 of the motif", "accouchement", True, MANY_MISSING, False),
        ("level 1 of a guess", "arret_cardiorespiratoire", False, {}, False),
        ("level 1 of the floor", "douleur_gorge", True, VITALS_MISSING | {"glasgow": 8}, False),
    ],
)
def test_a_decision_is_provisional_when(why, motif, chosen, changes, provisional) -> None:
    assert decide(motif, chosen=chosen, **changes).provisional is provisional, why


def test_an_optional_feature_that_is_missing_is_named_without_making_the_answer_provisional() -> None:
    changes = {"modulateurs": ["hyperglycemie__5"], "glycemie": None}
    decision = decide("hyperglycemie", **changes)
    assert {rule.rule_id for rule in decision.not_evaluable} >= {"hyperglycemie__3", "hyperglycemie__5"}
    assert not decision.provisional


# 7. Confidence and plausible levels


@pytest.mark.parametrize(("grade", "shown"), [("high", 0.9), ("medium", 0.8), ("low", 0.5), ("insufficient", 0.0)])
def test_confidence_is_capped_by_quality(grade: str, shown: float) -> None:
    sure = an_opinion(0.1, 0.0, 0.0)
    assert confidence(Gravity.GRIS, sure, Quality(QualityGrade(grade), ())) == pytest.approx(shown)


def test_confidence_is_that_of_the_shown_gravity_and_none_without_a_model() -> None:
    assert confidence(Gravity.VERT, an_opinion(0.7, 0.3, 0.1), HIGH) == pytest.approx(0.4)
    assert confidence(Gravity.VERT, None, HIGH) is None


@pytest.mark.parametrize(
    ("vert", "jaune", "rouge", "shown"),
    [
        (0.95, 0.5, 0.25, ("ROUGE", "JAUNE", "VERT")),
        (0.5, 0.05, 0.0, ("VERT", "GRIS")),
        (1.0, 1.0, 0.125, ("ROUGE", "JAUNE")),
        (1.0, 1.0, 1.0, ("ROUGE",)),
    ],
)
def test_plausible_levels_are_those_of_at_least_one_tenth(vert, jaune, rouge, shown) -> None:
    assert plausible(an_opinion(vert, jaune, rouge)) == shown


def test_nothing_is_plausible_without_a_model() -> None:
    assert plausible(None) == ()
