"""The table of the design: which verdicts are taken, and which fields are at fault in the others."""

from collections.abc import Callable

import pytest

from feedback_store.errors import InvalidVerdict, UnknownPrediction
from feedback_store.store import FeedbackStore
from triage_core.levels import FrenchLevel, Gravity

GRAVITY_OF = {"1": "ROUGE", "2": "ROUGE", "3A": "JAUNE", "3B": "JAUNE", "4": "VERT", "5": "GRIS"}
ARGUED = {"reason": "erreur de saisie"}
CONFIRMED = ARGUED | {"confirmed": True}

# our level, what she calls it, her gravity, her FRENCH level or None, what else she sent, codes of the faults
TABLE = [
    ("3B", "correct", "JAUNE", None, {}, []),
    ("3B", "correct", "JAUNE", "3B", {}, []),
    ("3B", "correct", "JAUNE", "3A", {}, ["correct_changes_level"]),
    ("3B", "correct", "ROUGE", None, {}, ["correct_changes_level"]),
    ("3B", "disagree", "JAUNE", None, {}, ["disagree_keeps_level"]),
    ("3B", "disagree", "JAUNE", "3B", {}, ["disagree_keeps_level"]),
    ("3B", "disagree", "JAUNE", "3A", {}, []),
    ("3B", "disagree", "VERT", None, {}, ["reason_required"]),
    ("3B", "disagree", "VERT", None, ARGUED, []),
    ("3B", "upgrade", "ROUGE", None, {}, []),
    ("3B", "upgrade", "ROUGE", "1", {}, []),
    ("3B", "upgrade", "JAUNE", "3A", {}, []),
    ("3B", "upgrade", "JAUNE", None, {}, ["upgrade_not_more_urgent"]),
    ("3B", "upgrade", "VERT", None, {}, ["upgrade_not_more_urgent", "reason_required"]),
    ("3A", "downgrade", "JAUNE", "3B", {}, ["reason_required"]),
    ("3A", "downgrade", "JAUNE", "3B", ARGUED, []),
    ("3A", "downgrade", "VERT", None, {"reason": "  \n"}, ["reason_required"]),
    ("3B", "downgrade", "ROUGE", None, ARGUED, ["downgrade_not_less_urgent"]),
    ("3B", "downgrade", "JAUNE", None, ARGUED, ["downgrade_not_less_urgent"]),
    ("2", "downgrade", "JAUNE", None, ARGUED, ["confirmation_required"]),
    ("2", "downgrade", "JAUNE", None, ARGUED | {"confirmed": False}, ["confirmation_required"]),
    ("2", "downgrade", "JAUNE", None, CONFIRMED, []),
    ("1", "downgrade", "ROUGE", "2", {}, ["reason_required", "confirmation_required"]),
    ("1", "downgrade", "ROUGE", "2", CONFIRMED, []),
    ("1", "correct", "ROUGE", "2", CONFIRMED, ["correct_changes_level"]),
    ("2", "upgrade", "ROUGE", "1", {}, []),
    ("3B", "upgrade", "ROUGE", "3A", {}, ["level_does_not_fit"]),
    ("1", "downgrade", "JAUNE", "2", {}, ["level_does_not_fit", "reason_required", "confirmation_required"]),
    ("3B", "downgrade", "VERT", "3A", {}, ["level_does_not_fit"]),
    ("5", "upgrade", "VERT", "4", {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "kind", "gravity", "level", "more", "codes"), TABLE)
def test_a_verdict_is_taken_or_refused_as_the_design_says(
    store: FeedbackStore,
    a_decision: Callable[..., object],
    ours: str,
    kind: str,
    gravity: str,
    level: str | None,
    more: dict[str, object],
    codes: list[str],
) -> None:
    store.record_decision(a_decision(level=ours))  # type: ignore[arg-type]
    told = {"prediction_id": "p1", "original_gravity": GRAVITY_OF[ours], "feedback_type": kind}
    raw = told | {"corrected_gravity": gravity, "corrected_french_level": level} | more
    assert faults_of(store, raw) == codes
    assert store.count() == (0 if codes else 1)


def faults_of(store: FeedbackStore, raw: object) -> list[str]:
    try:
        store.submit(raw)
    except InvalidVerdict as refusal:
        return [error.code for error in refusal.errors]
    return []


@pytest.fixture
def known(store: FeedbackStore, a_decision: Callable[..., object]) -> FeedbackStore:
    store.record_decision(a_decision())  # type: ignore[arg-type]
    return store


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prediction_id": 3}, "prediction_id"),
        ({"prediction_id": ""}, "prediction_id"),
        ({"nurse_id": True}, "nurse_id"),
        ({"nurse_id": "x" * 2001}, "nurse_id"),
        ({"original_gravity": "rouge"}, "original_gravity"),
        ({"original_gravity": "ROUGE"}, "original_gravity"),
        ({"feedback_type": "perhaps"}, "feedback_type"),
        ({"corrected_gravity": None}, "corrected_gravity"),
        ({"corrected_french_level": 4}, "corrected_french_level"),
        ({"corrected_french_level": "3"}, "corrected_french_level"),
        ({"corrected_french_level": ""}, "corrected_french_level"),
        ({"reason": False}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"missed_symptoms": "fièvre"}, "missed_symptoms"),
        ({"missed_symptoms": ["x"] * 51}, "missed_symptoms"),
        ({"missed_symptoms": ["x", 1]}, "missed_symptoms.1"),
        ({"missed_symptoms": ["x" * 2001]}, "missed_symptoms.0"),
        ({"patient_features": []}, "patient_features"),
        ({"confirmed": "true"}, "confirmed"),
        ({"confirmed": 1}, "confirmed"),
        ({"note": "extra"}, "note"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(
    known: FeedbackStore, a_verdict: Callable[..., dict[str, object]], change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidVerdict) as refusal:
        known.submit(a_verdict() | change)
    assert [error.field for error in refusal.value.errors] == [field]


@pytest.mark.parametrize("body", [None, [], "x", 3, True])
def test_a_body_that_is_no_object_is_refused(known: FeedbackStore, body: object) -> None:
    with pytest.raises(InvalidVerdict) as refusal:
        known.submit(body)
    assert refusal.value.errors[0].field == "body"


def test_faults_of_shape_and_of_sense_are_told_at_once(store: FeedbackStore, a_decision: Callable[..., object]) -> None:
    store.record_decision(a_decision(level="2"))  # type: ignore[arg-type]
    raw = {
        "prediction_id": "p1",
        "original_gravity": "VERT",
        "feedback_type": "upgrade",
        "corrected_gravity": "GRIS",
        "confirmed": "yes",
        "extra": 1,
    }
    with pytest.raises(InvalidVerdict) as refusal:
        store.submit(raw)
    fields = {error.field for error in refusal.value.errors}
    assert fields == {"confirmed", "extra", "original_gravity", "feedback_type", "reason"}


def test_no_message_holds_what_was_sent(known: FeedbackStore, a_verdict: Callable[..., dict[str, object]]) -> None:
    with pytest.raises(InvalidVerdict) as refusal:
        known.submit(a_verdict() | {"nurse_id": 7351, "reason": ["Dupont"], "missed_symptoms": "Dupont"})
    told = f"{refusal.value} {refusal.value.errors}"
    assert "7351" not in told and "Dupont" not in told


def test_a_verdict_on_a_prediction_we_never_made_is_unknown(
    known: FeedbackStore, a_verdict: Callable[..., dict[str, object]]
) -> None:
    with pytest.raises(UnknownPrediction):
        known.submit(a_verdict("nobody"))


def test_the_screen_may_pass_our_own_level_names(
    known: FeedbackStore, a_verdict: Callable[..., dict[str, object]]
) -> None:
    raw = a_verdict(original_gravity=Gravity.JAUNE, corrected_french_level=FrenchLevel.L3B)
    assert known.submit(raw).corrected_french_level is FrenchLevel.L3B


def test_the_features_kept_are_ours_and_never_those_sent_back(
    known: FeedbackStore, a_verdict: Callable[..., dict[str, object]]
) -> None:
    record = known.submit(a_verdict(patient_features={"age": 3, "temperature": 41}))
    assert (record.features["age"], record.features["temperature"], record.features["glasgow"]) == (65, 37.2, None)
    assert (record.model_version, record.rules_version) == ("m-1", "french-1.1+00000000")
