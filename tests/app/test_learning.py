"""Proof that it learns: the whole path from the nurses' verdicts to the next model's answers, nothing replaced."""

import json
import random

import pytest

from app.settings import ROOT
from app.wiring import Services
from tests.app.retraining import retrain
from tests.builders import a_request
from triage_core.errors import PromotionRefused, TooFewFeedbacks
from triage_core.model.bundle import load_bundle
from triage_core.model.columns import row
from triage_core.model.predict import Predictor
from triage_core.patient import Patient
from triage_core.training.dataset import is_frozen
from triage_core.training.run import TrainingOptions, run_training


def frail_patients_with_a_fall(n: int, seed: int) -> list[dict[str, object]]:
    """Old people after a fall, a little fast and a little low: the rules say 4, these nurses say 2."""
    chance = random.Random(seed)
    return [
        a_request(
            age=chance.randint(78, 95),
            motif_id="trauma_epaule_membre_distal",
            frequence_cardiaque=chance.randint(102, 115),
            pression_systolique=chance.randint(104, 109),
            echelle_douleur=chance.randint(5, 8),
            temperature=36.8,
        )
        for _ in range(n)
    ]


@pytest.fixture
def services(learning: Services) -> Services:
    return learning


def correct_to_rouge(services: Services, request: dict[str, object], nurse: str) -> None:
    decision = services.decide(request)
    services.store.submit(
        {
            "prediction_id": decision.prediction_id,
            "nurse_id": nurse,
            "original_gravity": decision.gravity_level,
            "feedback_type": "correct" if decision.gravity_level == "ROUGE" else "upgrade",
            "corrected_gravity": "ROUGE",
            "missed_symptoms": [],
            "patient_features": {},
        }
    )


@pytest.mark.slow
def test_sixty_consistent_corrections_bring_held_out_neighbours_closer_to_the_nurses(services, tmp_path) -> None:
    for place, request in enumerate(frail_patients_with_a_fall(60, seed=1)):
        correct_to_rouge(services, request, nurse=f"ioa-{place % 6}")
    assert retrain("--min-feedback", "50") == 0
    assert retrain("--no-feedback") == 0
    taught, untaught = (
        Predictor(load_bundle(tmp_path / "models" / "challengers" / version / "bundle")) for version in ("v1", "v2")
    )
    neighbours = [Patient.model_validate(r) for r in frail_patients_with_a_fall(100, seed=2)]
    rows = [row(p, p.motif_id, services.book.motif(p.motif_id).default_level) for p in neighbours]
    gains = [taught.predict(r).at_least[2] - untaught.predict(r).at_least[2] for r in rows]
    assert sum(gain > 0 for gain in gains) >= 95
    as_the_nurses = [
        sum(max(m.predict(r).probabilities.items(), key=lambda x: x[1])[0] == "ROUGE" for r in rows)
        for m in (taught, untaught)
    ]
    print(sum(gains) / len(gains), as_the_nurses)
    assert as_the_nurses[0] > as_the_nurses[1] + 30


def test_too_few_corrections_are_refused_and_nothing_is_registered(services, tmp_path) -> None:
    options = TrainingOptions(data=ROOT / "data" / "raw" / "patients_synthetic.csv", min_feedback=50)
    with pytest.raises(TooFewFeedbacks, match="50 corrections wanted, 0 usable"):
        run_training(options, [], tmp_path / "models", lambda share, step: None)
    assert not (tmp_path / "models" / "challengers").exists()


@pytest.mark.slow
def test_a_faulty_row_is_named_in_the_log_and_blocks_nothing(services, tmp_path) -> None:
    lines = (ROOT / "data" / "raw" / "patients_synthetic.csv").read_text("utf-8").splitlines()
    faulty = lines[1].split(",")
    faulty[lines[0].split(",").index("temperature")] = "999"
    table = tmp_path / "base.csv"
    table.write_text("\n".join([lines[0], ",".join(faulty), *lines[2:]]), encoding="utf-8")
    assert retrain("--no-feedback", "--data", str(table)) == 0
    log = next((tmp_path / "data" / "jobs").glob("*/log.txt")).read_text("utf-8")
    assert f"écartée : ligne 2, cas {faulty[0]}" in log
    assert "temperature" in log.split("écartée : ligne 2")[1]
    assert "999" not in log


@pytest.mark.slow
def test_a_model_that_calls_everyone_grey_is_refused_with_reasons_and_cannot_be_promoted(services, tmp_path) -> None:
    lines = (ROOT / "data" / "raw" / "patients_synthetic.csv").read_text("utf-8").splitlines()
    place = lines[0].split(",").index("gravite")
    table = tmp_path / "spoiled.csv"
    spoiled = [line.split(",") for line in lines[1:]]
    for cells in spoiled:
        if not is_frozen(cells[0]):
            cells[place], cells[place - 1] = "GRIS", "5"
    table.write_text("\n".join([lines[0], *(",".join(cells) for cells in spoiled)]), encoding="utf-8")
    assert retrain("--no-feedback", "--data", str(table)) == 1
    gate = json.loads((tmp_path / "models" / "challengers" / "v1" / "gate.json").read_text("utf-8"))
    assert not gate["accepted"]
    assert any("rappel ROUGE" in reason for reason in gate["reasons"])
    with pytest.raises(PromotionRefused):
        services.models.promote("v1")
    assert services.triage.triage(a_request()).model_version == "factory-1"
