"""Every rule of the book is told with the values of the patient it fired for, and with its source."""

import pytest

from app.ui import explanation
from tests.builders import a_patient, a_request
from tests.typed import as_typed
from triage_core.decision import Contribution, Decision, FindingOut
from triage_core.levels import FrenchLevel, Gravity
from triage_core.model.served import ServedModel
from triage_core.motifs.search import MotifSearch
from triage_core.patient import Patient
from triage_core.rules.catalog import Example, Rule, load_rulebook
from triage_core.rules.conditions import State
from triage_core.service import TriageService

BOOK = load_rulebook()
RULES = [*BOOK.floor, *(rule for motif in BOOK.motifs for rule in motif.modulators if rule.effect == "set_level")]


def finding(rule_id: str, level: FrenchLevel, label: str = "", source: str = "") -> FindingOut:
    return FindingOut(rule_id=rule_id, label=label, level=level, source=source)


def patient_of(example: Example) -> Patient:
    vitals = dict.fromkeys(a_request()["constantes"])  # type: ignore[call-overload]
    return a_patient(age=example.age, motif_id=None, **vitals | dict(example.values))


def said(finding: FindingOut, patient: Patient) -> str:
    reason = explanation.reason(finding, patient, BOOK)
    return f"{reason.facts} ({reason.source})"


def told(sentence: str) -> str:
    return as_typed(sentence)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_sentence_with_its_level_and_the_values_that_made_it(rule: Rule) -> None:
    fired = [example for example in rule.examples if example.expected is State.FIRED]
    patient = patient_of(fired[0]) if fired else a_patient()
    sentence = told(said(finding(rule.id, rule.level), patient))
    assert sentence.startswith(f"Tri {rule.level.value} : ")
    assert sentence.endswith(")")
    assert "non mesuré" not in sentence
    assert rule.kind == "measured" or "coché" in sentence
    assert rule.condition is None or any(sign.isdigit() for sign in sentence.split(" : ", 1)[1].rsplit(" (", 1)[0])


@pytest.mark.parametrize("motif", BOOK.motifs, ids=lambda motif: motif.id)
def test_the_default_level_of_every_motif_is_told_with_its_name(motif) -> None:
    rule_id = f"{motif.id}__defaut"
    sentence = told(said(finding(rule_id, motif.default_level), a_patient()))
    assert sentence == told(
        f"Tri {motif.default_level.value} : {motif.label} (grille FRENCH, tri par défaut du motif)"
    ).replace("’", "'")


def test_a_low_pressure_is_told_as_a_nurse_would() -> None:
    motif = BOOK.motif("hypotension_arterielle")
    assert motif is not None
    floor = next(rule for rule in BOOK.floor if rule.label.startswith("PAS ≤ 100"))
    patient = a_patient(pression_systolique=92, frequence_cardiaque=118)
    sentence = said(finding(floor.id, floor.level), patient)
    assert told(sentence).startswith("Tri 2 : PAS 92 mmHg avec FC 118 /min (")
    rule = next(rule for rule in motif.modulators if rule.condition is not None)
    assert "(grille FRENCH, Hypotension" in said(finding(rule.id, rule.level), patient)


def test_of_a_rule_with_alternatives_only_what_fired_is_told() -> None:
    rule = next(rule for rule in BOOK.floor if rule.label.startswith("Température ≥ 40"))
    sentence = said(finding(rule.id, rule.level), a_patient(temperature=40.2))
    assert told(sentence).count("T° 40,2 °C") == 1


@pytest.mark.parametrize(
    "step", ["motif_non_reconnu", "motif_a_confirmer", "comorbidite_lourde", "adresse_par_medecin", "pas_de_formule"]
)
def test_a_step_of_the_house_is_told_in_its_own_words(step: str) -> None:
    sentence = said(finding(step, FrenchLevel.L3B, "étape", "règle maison"), a_patient())
    assert told(sentence).startswith("Tri 3B : ")
    assert told(sentence).endswith("(règle maison)")


def test_a_house_rule_says_that_it_waits_for_validation() -> None:
    sentence = said(finding("maison__fr_8", FrenchLevel.L2), a_patient(frequence_respiratoire=7))
    assert told(sentence) == "Tri 2 : FR 7 /min (règle maison à valider, FR ≤ 8/min)"


@pytest.mark.parametrize(
    ("rule_id", "months", "words"),
    [
        ("enfant__fc_haute", 2, "FC haute pour l'âge (> 160/min)"),
        ("enfant__fr_haute", 72, "FR haute pour l'âge (> 30/min)"),
        ("enfant__pas_basse", 132, "PAS basse pour l'âge (< 80 mmHg)"),
        ("enfant__pad_basse", 0.5, "PAD basse pour l'âge (< 30 mmHg)"),
        ("enfant__bradycardie", 13, "FC basse pour l'âge (≤ 60/min)"),
        ("enfant__tachycardie", 11, "FC haute pour l'âge (≥ 180/min)"),
        ("enfant__pas_moins_1_an", 2, "PAS basse pour l'âge (< 65 mmHg)"),
        ("adulte__fc_130", 480, "FC ≥ 130/min"),
    ],
)
def test_of_limits_listed_by_age_only_the_patients_own_is_told(rule_id: str, months: float, words: str) -> None:
    rule = next(rule for rule in BOOK.floor if rule.id == rule_id)
    assert told(explanation.rule_words(rule, months / 12)) == words


def test_a_fast_heart_at_two_months_is_told_with_the_limit_of_two_months() -> None:
    patient = a_patient(age=2 / 12, frequence_cardiaque=170)
    sentence = told(said(finding("enfant__fc_haute", FrenchLevel.L3A), patient))
    assert sentence == "Tri 3A : FC 170 /min à 2 mois (seuil général FRENCH, FC haute pour l'âge (> 160/min))"


def test_the_word_of_the_meter_is_told_in_place_of_a_number() -> None:
    patient = a_patient(glycemie=None, hors_echelle={"glycemie": "LO"})
    sentence = said(finding("maison__glycemie_06", FrenchLevel.L3B), patient)
    assert "Glycémie LO : sous l'échelle" in told(sentence)


def decision(tmp_path, **changes: object) -> Decision:
    service = TriageService(BOOK, MotifSearch(BOOK), ServedModel(tmp_path))
    return service.triage(a_request(motif_id="douleur_thoracique_sca")).model_copy(update=changes)


def test_the_model_is_silent_unless_it_raises_and_then_names_the_values(tmp_path) -> None:
    effects = (("frequence_respiratoire", 24, 0.4), ("glasgow", 15, 0.9), ("age", 65, 0.1), ("temperature", 39, -0.2))
    contributions = tuple(Contribution(feature=name, value=value, effect=effect) for name, value, effect in effects)
    assert explanation.raised(decision(tmp_path, raised_by_model=False), FrenchLevel.L4) is None
    raised = decision(
        tmp_path,
        raised_by_model=True,
        gravity_level=Gravity.JAUNE,
        french_level=FrenchLevel.L3B,
        contributions=contributions,
    )
    said = told(explanation.raised(raised, FrenchLevel.L4) or "")
    assert said == "Relevé de VERT à JAUNE par le modèle : FR 24 /min, 65 ans"
    assert told(explanation.raised(raised.model_copy(update={"contributions": ()}), None) or "").endswith(
        "par le modèle"
    )


def test_what_is_usual_for_a_heart_depends_on_the_age_of_the_patient() -> None:
    fast = Contribution(feature="frequence_cardiaque", value=140, effect=0.4)
    assert explanation.pushing((fast, Contribution(feature="age", value=0.1, effect=-0.1))) == []
    assert explanation.pushing((fast, Contribution(feature="age", value=65.0, effect=-0.1))) == [fast]


def test_a_reason_or_a_sex_that_weighs_is_named_in_words(tmp_path) -> None:
    told_of = (
        Contribution(feature="motif", value="x", effect=0.3),
        Contribution(feature="sexe", value="M", effect=0.2),
    )
    raised = decision(tmp_path, raised_by_model=True, contributions=told_of)
    assert told(explanation.raised(raised, None) or "").endswith("Motif, Sexe M")


@pytest.mark.parametrize(
    ("plausible", "said"),
    [
        ((Gravity.ROUGE, Gravity.JAUNE), "Tris 2 ou 3B possibles"),
        ((Gravity.ROUGE, Gravity.JAUNE, Gravity.VERT, Gravity.GRIS), "Tris 2 ou 3B possibles"),
        ((Gravity.JAUNE, Gravity.VERT, Gravity.GRIS), None),
        ((Gravity.ROUGE,), "Tris 2 ou 3B possibles"),
        ((Gravity.JAUNE,), None),
        ((), None),
    ],
)
def test_uncertainty_is_told_in_levels(tmp_path, plausible: tuple[Gravity, ...], said: str | None) -> None:
    assert explanation.uncertainty(decision(tmp_path, plausible_levels=plausible), FrenchLevel.L3B) == said


@pytest.mark.parametrize(
    ("ours", "shown", "said"),
    [
        (FrenchLevel.L2, FrenchLevel.L2, None),
        (FrenchLevel.L3A, FrenchLevel.L3A, "Tris 2 ou 3A possibles"),
        (FrenchLevel.L4, FrenchLevel.L4, "Tris 2, 3B ou 4 possibles"),
        (FrenchLevel.L3B, FrenchLevel.L1, None),
        (FrenchLevel.L2, FrenchLevel.L4, None),
    ],
)
def test_doubt_never_names_a_level_less_urgent_than_the_shown_one(
    tmp_path, ours: FrenchLevel, shown: FrenchLevel, said: str | None
) -> None:
    made = decision(tmp_path, french_level=ours, gravity_level=ours.gravity, plausible_levels=tuple(Gravity))
    assert explanation.uncertainty(made, shown) == said


def test_a_pressure_that_cannot_be_measured_is_alarming_and_is_not_asked_for_again(tmp_path) -> None:
    answers = {"pression_systolique": "non_mesurable", "pression_diastolique": "non_mesurable", "temperature": "refus"}
    gone = dict.fromkeys(answers)
    patient = a_patient(**gone, saturation_oxygene=None, non_mesures=answers)
    service = TriageService(BOOK, MotifSearch(BOOK), ServedModel(tmp_path))
    made = service.triage(patient)
    assert [told(text) for text in explanation.unmeasured(patient)] == [
        "PA non mesurable : signe d'alarme en soi, ne rassure pas",
        "T° : refus du patient",
    ]
    motif = BOOK.motif(made.motif_id)
    assert explanation.to_measure(made, motif, patient.non_mesures) == ["saturation_oxygene"]
    assert set(answers) <= set(made.missing_features)


def test_a_diastolic_alone_that_cannot_be_measured_is_said_by_itself() -> None:
    patient = a_patient(pression_diastolique=None, non_mesures={"pression_diastolique": "non_mesurable"})
    assert [told(text) for text in explanation.unmeasured(patient)] == ["PAD non mesurable"]


def test_a_provisional_answer_says_what_a_criterion_of_its_motif_could_not_do_without(tmp_path) -> None:
    service = TriageService(BOOK, MotifSearch(BOOK), ServedModel(tmp_path))
    made = service.triage(a_patient(motif_id="deficit_neurologique_avc"))
    assert made.provisional
    assert explanation.to_measure(made, BOOK.motif("deficit_neurologique_avc"), ()) == ["duree_symptomes_h"]
