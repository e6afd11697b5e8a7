"""What a suggested criterion would change: the card asks for it only when it would raise the level."""

from tests.builders import a_patient
from triage_core.levels import FrenchLevel
from triage_core.motifs.criteria import Suggestion
from triage_core.patient import Patient
from triage_core.rules.catalog import load_rulebook
from triage_core.unticked import would_raise

BOOK = load_rulebook()
HEAD = "traumatisme_cranien"
DRUG, LUMP = Suggestion(f"{HEAD}__6", "Eliquis"), Suggestion(f"{HEAD}__9", "bosse")


def asked(patient: Patient, level: FrenchLevel, *found: Suggestion, motif: str = HEAD) -> dict[str, str]:
    return {one.rule_id: given.value for one, given in would_raise(found, patient, motif, level, BOOK)}


def test_each_unticked_criterion_says_the_level_it_would_give() -> None:
    assert asked(a_patient(motif_id=HEAD), FrenchLevel.L5, DRUG, LUMP) == {DRUG.rule_id: "2", LUMP.rule_id: "4"}


def test_what_would_not_raise_the_shown_level_is_left_out() -> None:
    assert asked(a_patient(motif_id=HEAD), FrenchLevel.L3B, DRUG, LUMP) == {DRUG.rule_id: "2"}
    assert asked(a_patient(motif_id=HEAD), FrenchLevel.L2, DRUG, LUMP) == {}


def test_what_is_ticked_is_left_out() -> None:
    patient = a_patient(motif_id=HEAD, modulateurs=[LUMP.rule_id])
    assert asked(patient, FrenchLevel.L4, DRUG, LUMP) == {DRUG.rule_id: "2"}


def test_a_guessed_motif_stays_at_3b_at_least() -> None:
    assert asked(a_patient(motif_id=None), FrenchLevel.L3B, DRUG, LUMP) == {DRUG.rule_id: "2"}


def test_a_heavy_comorbidity_counts_in_what_it_would_give() -> None:
    patient = a_patient(motif_id=HEAD, comorbidite_lourde_en_rapport=True)
    assert asked(patient, FrenchLevel.L5, Suggestion(f"{HEAD}__8", "PC")) == {f"{HEAD}__8": "3A"}


def test_a_criterion_that_waits_for_a_measure_is_not_asked_for() -> None:
    pressure = Suggestion("hypertension_arterielle__2", "céphalée")
    motif = "hypertension_arterielle"
    without = a_patient(motif_id=motif, pression_systolique=None, pression_diastolique=None)
    assert asked(without, FrenchLevel.L4, pressure, motif=motif) == {}
    high = a_patient(motif_id=motif, pression_systolique=190, pression_diastolique=100)
    assert asked(high, FrenchLevel.L4, pressure, motif=motif) == {pressure.rule_id: "2"}
