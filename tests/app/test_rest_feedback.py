"""The contract's other half: verdicts, statistics, training runs, and their faults."""

from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.jobs import RetrainJobs
from app.rest import JOB_FIELDS
from app.settings import Settings, SettingsError, load_settings
from feedback_store.stats import FeedbackThresholds
from tests.app.serving import Client, a_prediction, a_verdict

# ── verdicts


def test_a_verdict_is_kept_and_counted(client: Client) -> None:
    before = client.get("/feedback/count").body["count"]
    answer = client.post("/feedback/submit", a_verdict(a_prediction(client), nurse_id="n1"))
    assert (answer.status, set(answer.body)) == (201, {"feedback_id"})
    assert client.get("/feedback/count").body == {"count": before + 1}


def test_a_verdict_on_an_unknown_prediction_is_404(client: Client) -> None:
    answer = client.post("/feedback/submit", a_verdict({"prediction_id": "0" * 32, "gravity_level": "VERT"}))
    assert (answer.status, answer.fields) == (404, {"prediction_id"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"original_gravity": "ROUGE"}, "original_gravity"),
        ({"corrected_gravity": "GRIS", "feedback_type": "downgrade"}, "reason"),
        ({"feedback_type": "inconnu"}, "feedback_type"),
        ({"feedback_type": "correct", "corrected_gravity": "ROUGE"}, "feedback_type"),
        ({"feedback_type": "disagree"}, "feedback_type"),
        ({"feedback_type": "downgrade", "corrected_gravity": "ROUGE"}, "feedback_type"),
    ],
)
def test_a_verdict_that_does_not_hold_together_is_422(client: Client, changes: dict[str, Any], field: str) -> None:
    prediction = a_prediction(client, motif_id=None)
    assert prediction["gravity_level"] == "JAUNE"
    answer = client.post("/feedback/submit", a_verdict(prediction, **changes))
    assert answer.status == 422
    assert field in answer.fields


def test_statistics_count_what_was_said(client: Client) -> None:
    client.post("/feedback/submit", a_verdict(a_prediction(client)))
    stats = client.get("/feedback/stats?since_days=1").body
    wanted = "total_predictions total_feedback accuracy_rate upgrade_rate downgrade_rate disagree_rate by_level"
    wanted += " under_triage_rate over_triage_rate period_start period_end retraining_recommended reasons"
    assert set(stats) == set(wanted.split())
    assert stats["total_predictions"] >= stats["total_feedback"] >= 1
    assert client.get("/feedback/stats").status == 200


def test_the_thresholds_of_the_recommendation_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, told in {"MIN_FEEDBACK": "7", "MAX_ERROR_RATE": "0.5", "MIN_SAMPLES": "3"}.items():
        monkeypatch.setenv(f"MEDTRIAGE_{name}", told)
    services = wiring.Services(Settings(_env_file=None, data_dir=tmp_path, models_dir=tmp_path))
    assert services.store.settings == FeedbackThresholds(min_feedback=7, max_error_rate=0.5, min_samples=3)
    assert {
        "MEDTRIAGE_MIN_FEEDBACK": "7",
        "MEDTRIAGE_MAX_ERROR_RATE": "0.5",
    }.items() <= services.settings.environment().items()


@pytest.mark.parametrize(("name", "told"), [("MAX_ERROR_RATE", "nan"), ("MAX_ERROR_RATE", "1.1"), ("MIN_SAMPLES", "0")])
def test_a_threshold_that_makes_no_sense_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    monkeypatch.setenv(f"MEDTRIAGE_{name}", told)
    with pytest.raises(SettingsError, match=f"MEDTRIAGE_{name}"):
        load_settings()


@pytest.mark.parametrize("told", ["0", "-1", "1.5", "abc", "", "999999999999", "%D9%A1", "NaN", "1&since_days=2"])
def test_since_days_is_a_positive_whole_number_or_422(client: Client, told: str) -> None:
    answer = client.get(f"/feedback/stats?since_days={told}")
    assert (answer.status, answer.fields) == (422, {"since_days"})


# ── training


def test_a_training_run_is_started_followed_and_alone(client: Client, slow_jobs: RetrainJobs) -> None:
    started = client.post("/feedback/retrain", {"include_feedback": True, "min_feedback_samples": 50, "run_name": None})
    assert (started.status, set(started.body)) == (202, {"job_id"})
    job_id = started.body["job_id"]
    busy = client.post("/feedback/retrain", {})
    assert (busy.status, busy.fields) == (409, {"job"})
    followed = client.get(f"/feedback/retrain/{job_id}")
    assert (followed.status, tuple(followed.body), followed.body["state"]) == (200, JOB_FIELDS, "running")
    slow_jobs.cancel(job_id)
    assert client.get(f"/feedback/retrain/{job_id}").body["state"] == "cancelled"


def test_too_few_corrections_is_422_and_starts_nothing(client: Client, slow_jobs: RetrainJobs) -> None:
    answer = client.post("/feedback/retrain", {"min_feedback_samples": 61})
    assert (answer.status, answer.fields) == (422, {"min_feedback_samples"})
    assert slow_jobs.latest() is None


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"include_feedback": 1}, {"include_feedback"}),
        ({"min_feedback_samples": 0}, {"min_feedback_samples"}),
        ({"min_feedback_samples": True}, {"min_feedback_samples"}),
        ({"run_name": "a\x00b"}, {"run_name"}),
        ({"run_name": "a\nb"}, {"run_name"}),
        ({"min_feedback_samples": 1.5, "run_name": 3, "n": 1}, {"min_feedback_samples", "run_name", "n"}),
    ],
)
def test_faulty_options_of_a_run_are_named(
    client: Client, slow_jobs: RetrainJobs, body: dict[str, Any], fields: set[str]
) -> None:
    answer = client.post("/feedback/retrain", body)
    assert (answer.status, answer.fields) == (422, fields)
    assert slow_jobs.latest() is None


@pytest.mark.parametrize("job_id", ["unknown", "20260101T000000-00000000", "..%2F..%2Fmodels"])
def test_an_unknown_job_is_404(client: Client, job_id: str) -> None:
    assert client.get(f"/feedback/retrain/{job_id}").status == 404
