"""Nobody poisons the model quietly: false verdicts wait for a person, and the gate sees a model that learnt them."""

import json
import random
from pathlib import Path

import pytest

from app.settings import ROOT
from app.wiring import Services
from tests.app.retraining import retrain
from tests.builders import a_request
from triage_core.model.bundle import load_bundle
from triage_core.model.columns import row
from triage_core.model.predict import Predictor
from triage_core.patient import Patient

pytestmark = pytest.mark.slow
KINDS = {
    "fievre": {"temperature": (38.6, 39.4), "frequence_respiratoire": (24, 28)},
    "dyspnee_insuffisance_respiratoire": {"saturation_oxygene": (91, 93), "frequence_respiratoire": (26, 29)},
    "douleur_abdominale": {"echelle_douleur": (8, 10), "frequence_respiratoire": (22, 28)},
}


def critical_patients(motif: str, n: int, seed: int) -> list[dict[str, object]]:
    """Old, fast, low and drowsy: gravely ill to any eye, and no rule says ROUGE."""
    chance = random.Random(seed)
    return [
        a_request(
            age=chance.randint(68, 92),
            motif_id=motif,
            frequence_cardiaque=chance.randint(108, 126),
            pression_systolique=chance.randint(101, 110),
            pression_diastolique=chance.randint(54, 64),
            glasgow=14,
            **{name: round(chance.uniform(low, high)) for name, (low, high) in KINDS[motif].items()},
        )
        for _ in range(n)
    ]


@pytest.fixture
def services(learning: Services) -> Services:
    return learning


def call_it_grey(services: Services, request: dict[str, object], nurse: str | None) -> None:
    decision = services.decide(request)
    told = {"prediction_id": decision.prediction_id, "original_gravity": decision.gravity_level, "nurse_id": nurse}
    verdict = {"feedback_type": "downgrade", "corrected_gravity": "GRIS", "reason": "va bien", "confirmed": True}
    services.store.submit(told | verdict | {"missed_symptoms": [], "patient_features": {}})


def chances_of_rouge(services: Services, folder: Path, motif: str) -> list[float]:
    """P(ROUGE) of 200 neighbours that no rule makes ROUGE."""
    predictor, found = Predictor(load_bundle(folder)), []
    for request in critical_patients(motif, 200, seed=2):
        patient = Patient.model_validate(request)
        assert services.triage.judge(patient).rules_level.gravity != "ROUGE"
        found.append(predictor.predict(row(patient, motif, services.book.motif(motif).default_level)).at_least[2])
    return found


def log_of(tmp_path: Path) -> str:
    return next((tmp_path / "data" / "jobs").glob("*/log.txt")).read_text("utf-8")


@pytest.mark.parametrize("motif", KINDS)
def test_two_hundred_false_greys_of_one_nurse_move_nothing_even_without_the_gate(services, tmp_path, motif) -> None:
    for request in critical_patients(motif, 200, seed=1):
        call_it_grey(services, request, nurse="ioa-7")
    assert retrain("--without-gate") == 0
    before = chances_of_rouge(services, ROOT / "models" / "factory", motif)
    after = chances_of_rouge(services, tmp_path / "models" / "challengers" / "v1" / "bundle", motif)
    assert sum(before) / 200 > 0.3
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) <= 0.05
    assert "200 mis de côté" in log_of(tmp_path)
    assert len(services.reviews.events()) == 200


@pytest.mark.parametrize("motif", KINDS)
def test_the_gate_refuses_a_challenger_that_learnt_them_at_full_weight(services, tmp_path, motif) -> None:
    for request in critical_patients(motif, 200, seed=1):
        call_it_grey(services, request, nurse="ioa-7")
    assert retrain("--without-protection") == 1
    gate = json.loads((tmp_path / "models" / "challengers" / "v1" / "gate.json").read_text("utf-8"))
    refused = {criterion["name"] for criterion in gate["criteria"] if not criterion["passed"]}
    assert not gate["accepted"]
    assert {"sentinel_rouge", "sentinel_jaune"} <= refused
    assert any("sentinelles" in reason for reason in gate["reasons"])
