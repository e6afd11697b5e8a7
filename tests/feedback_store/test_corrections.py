"""What is kept of a decision, what training gets of a verdict, and what leaves as a spreadsheet."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from feedback_store.corrections import corrections_csv
from feedback_store.errors import UnknownSchema
from feedback_store.intake import gather
from feedback_store.labels import CaseLabels
from feedback_store.record import FEATURE_NAMES, DecisionRecord, FeedbackRecord, features_of
from feedback_store.store import FeedbackStore
from feedback_store.upgrade import upgrade
from tests.builders import a_patient
from triage_core.patient import Patient
from triage_core.training.table import TABLE_COLUMNS

Make = Callable[..., object]


def test_a_decision_line_holds_every_feature_with_explicit_nulls_and_its_versions(
    store: FeedbackStore, a_decision: Make, tmp_path: Path
) -> None:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    line = json.loads((tmp_path / "triage" / "decisions.jsonl").read_text(encoding="utf-8"))
    assert set(line["features"]) == set(FEATURE_NAMES) and line["features"]["glasgow"] is None
    assert (line["schema_version"], line["model_version"], line["timestamp"]) == (2, "m-1", "2026-11-23T12:00:00Z")


def test_the_snapshot_of_a_patient_has_every_feature_and_nothing_filled_in() -> None:
    features = features_of(Patient.model_validate({"age": 40, "sexe": "F", "constantes": {"glasgow": 14}}))
    assert tuple(features) == FEATURE_NAMES
    assert (features["age"], features["glasgow"], features["temperature"]) == (40, 14, None)


def test_a_decision_is_found_as_it_was_recorded_by_any_process(
    store: FeedbackStore, a_decision: Make, tmp_path: Path
) -> None:
    first, second = a_decision("p1"), a_decision("p2", level="2", model_version=None)
    store.record_decision(first)  # type: ignore[arg-type]
    assert store.decision("p1") == first
    FeedbackStore(tmp_path).record_decision(second)  # type: ignore[arg-type]
    assert (store.decision("p2"), store.decision("p3")) == (second, None)


def test_a_decision_file_replaced_under_the_index_is_read_afresh(
    store: FeedbackStore, a_decision: Make, tmp_path: Path
) -> None:
    for name in ("p1", "p2"):
        store.record_decision(a_decision(name))  # type: ignore[arg-type]
    assert store.decision("p2") is not None
    path = tmp_path / "triage" / "decisions.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[1])
    assert store.decision("p1") is None
    assert store.decision("p2") == a_decision("p2")


def test_a_decision_damaged_in_place_after_it_was_found_is_unknown(
    store: FeedbackStore, a_decision: Make, tmp_path: Path
) -> None:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    assert store.decision("p1") == a_decision()
    path = tmp_path / "triage" / "decisions.jsonl"
    with path.open("r+b") as file:
        file.write(b"\xff")
    assert store.decision("p1") is None


@pytest.mark.parametrize("features", [None, [], "age", {"age": {"years": 3}}])
def test_features_that_are_no_flat_table_are_refused(a_decision: Make, features: object) -> None:
    with pytest.raises(ValidationError, match="features"):
        a_decision(features=features)


def test_damage_in_a_decision_makes_it_unknown_and_spares_the_others(
    store: FeedbackStore, a_decision: Make, tmp_path: Path
) -> None:
    path = tmp_path / "triage" / "decisions.jsonl"
    path.parent.mkdir()
    path.write_bytes(b'{"schema_version":1,"prediction_id":"bad"}\n{"schema_version":7,"prediction_id":"new"}\n\xff\n')
    store.record_decision(a_decision())  # type: ignore[arg-type]
    assert (store.decision("bad"), store.decision("new")) == (None, None)
    assert store.decision("p1") == a_decision()


@pytest.mark.parametrize(
    ("verdict", "niveau", "gravite"),
    [
        ({"kind": "correct"}, "3A", "JAUNE"),
        ({"kind": "upgrade"}, "2", "ROUGE"),
        ({"kind": "upgrade", "corrected_french_level": "1"}, "1", "ROUGE"),
        ({"kind": "downgrade"}, "4", "VERT"),
        ({"kind": "downgrade", "corrected_gravity": "GRIS"}, "5", "GRIS"),
        ({"kind": "downgrade", "corrected_gravity": "JAUNE", "corrected_french_level": "3B"}, "3B", "JAUNE"),
    ],
)
def test_a_training_row_carries_our_features_and_her_level(
    store: FeedbackStore, a_decision: Make, a_verdict: Make, verdict: dict[str, str], niveau: str, gravite: str
) -> None:
    store.record_decision(a_decision(level="3A"))  # type: ignore[arg-type]
    store.submit(a_verdict(**verdict, patient_features={"age": 1}))
    (row,) = [told.row for told in gather(store).corrections]
    assert tuple(row) == TABLE_COLUMNS
    assert (row["case_id"], row["age"], row["niveau_french"], row["gravite"]) == ("p1", 65, niveau, gravite)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_text_leaves_as_a_formula(store: FeedbackStore, a_decision: Make, a_verdict: Make, start: str) -> None:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    store.submit(a_verdict(nurse_id="n", reason=start, missed_symptoms=[start, "fièvre"]))
    (row,) = csv.DictReader(
        io.StringIO(corrections_csv(store.corrections()).decode("utf-8-sig"), newline=""), delimiter=";"
    )
    assert row["reason"] == "'" + start
    assert row["missed_symptoms"] == f"'{start} | fièvre"
    assert (row["temperature"], row["glasgow"], row["modulateurs"]) == ("37.2", "", "ecg_anormal")


OLD_LINE = {
    "prediction_id": "p1",
    "original_gravity": "VERT",
    "feedback_type": "upgrade",
    "corrected_gravity": "JAUNE",
    "patient_features": {"age": 3},
    "timestamp": "2025-01-02T03:04:05",
}


def test_an_old_line_is_still_read_without_the_features_its_client_sent() -> None:
    record = FeedbackRecord.model_validate(upgrade(OLD_LINE))
    assert record.timestamp.isoformat() == "2025-01-02T03:04:05+00:00"
    assert (record.schema_version, record.rules_version, record.direction) == (2, None, 1)
    assert set(record.features.values()) == {None}
    assert record.feedback_id == FeedbackRecord.model_validate(upgrade(OLD_LINE)).feedback_id


def test_an_old_line_is_counted_and_trains_nothing(store: FeedbackStore, tmp_path: Path) -> None:
    path = tmp_path / "feedback" / "nurse_feedback.jsonl"
    path.parent.mkdir()
    unreadable = OLD_LINE | {"timestamp": "yesterday"}
    path.write_text(f"{json.dumps(OLD_LINE)}\n{json.dumps(unreadable)}\n")
    assert (store.count(), len(store.faults())) == (1, 1)
    assert gather(store).corrections == ()


@pytest.mark.parametrize("number", [3, 99, -1, True, "1", None, 1.0])
def test_a_schema_we_do_not_know_is_refused(number: object) -> None:
    with pytest.raises(UnknownSchema):
        upgrade({"schema_version": number})


def test_a_decision_kept_before_two_models_were_compared_is_the_champions(a_decision: Make) -> None:
    line = a_decision().as_line()
    kept = {name: value for name, value in line.items() if name not in ("arm", "shadow", "supersedes")}
    record = DecisionRecord.model_validate(upgrade(kept | {"schema_version": 1}))
    assert (record.schema_version, record.arm, record.shadow, record.supersedes) == (2, "champion", None, None)


def test_a_current_record_passes_unchanged(a_decision: Make) -> None:
    decision = a_decision()
    assert isinstance(decision, DecisionRecord)
    assert DecisionRecord.model_validate(upgrade(decision.as_line())) == decision


def labels_in(folder: Path) -> CaseLabels:
    return FeedbackStore(folder).labels


def test_the_last_label_of_a_case_counts_and_is_seen_by_other_processes(tmp_path: Path) -> None:
    ours, theirs = labels_in(tmp_path), labels_in(tmp_path)
    assert ours.label("p1") is None
    ours.set_label("p1", "Box 3")
    assert (theirs.label("p1"), theirs.label("p2")) == ("Box 3", None)
    theirs.set_label("p1", "Box 4")
    assert ours.label("p1") == "Box 4"


def test_labels_survive_damage_and_a_removed_file(tmp_path: Path) -> None:
    labels, path = labels_in(tmp_path), tmp_path / "triage" / "case_labels.jsonl"
    path.parent.mkdir()
    path.write_bytes(b'\xff\n{"prediction_id":"p1","label":3}\n')
    labels.set_label("p1", "Box 3")
    assert labels.label("p1") == "Box 3"
    path.unlink()
    assert labels.label("p1") is None


def test_a_label_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2000"):
        labels_in(tmp_path).set_label("p1", "x" * 2001)


def test_the_case_label_never_enters_the_decisions(store: FeedbackStore, a_decision: Make, tmp_path: Path) -> None:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    store.labels.set_label("p1", "Madame Unetelle")
    assert "Unetelle" not in (tmp_path / "triage" / "decisions.jsonl").read_text()
    assert "Unetelle" in (tmp_path / "triage" / "case_labels.jsonl").read_text()


def test_why_a_value_is_missing_and_the_word_of_a_meter_are_recorded_and_no_number_in_their_place() -> None:
    words = {"non_mesures": {"temperature": "refus"}, "hors_echelle": {"glycemie": "LO"}}
    features = features_of(a_patient(temperature=None, glycemie=None, **words))
    assert (features["temperature"], features["glycemie"]) == (None, None)
    assert {name: features[name] for name in words} == words
    assert features_of(a_patient())["non_mesures"] is None


def test_answers_in_words_are_readable_in_the_spreadsheet(store: FeedbackStore, a_decision, a_verdict) -> None:
    store.record_decision(a_decision(features={"age": 65, "non_mesures": {"temperature": "refus", "glasgow": "refus"}}))
    store.submit(a_verdict())
    sheet = io.StringIO(corrections_csv(store.corrections()).decode("utf-8-sig"), newline="")
    (row,) = csv.DictReader(sheet, delimiter=";")
    assert row["non_mesures"] == "temperature : refus | glasgow : refus"
